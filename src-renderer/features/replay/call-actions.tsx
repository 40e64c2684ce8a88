import { GitFork } from 'lucide-react';
import type { CallState } from '#shared/run/state.ts';
import { useIsOnline } from '../../state/connection.ts';
import { toShortId } from '../../state/runs.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { isEditable } from './fork-form.ts';
import { findFollowedInFront, openForkHere } from './replay-dialogs.ts';

/** Beside a call: whether it was taken over from another run, and the way to change it and go on from there. */
export function CallActions({ call }: { readonly call: CallState }) {
  const isOnline = useIsOnline();
  const reusedFrom = call.outcome.type === 'completed' ? call.outcome.reusedFrom : undefined;
  const isLiveTab = findFollowedInFront() !== undefined;
  return (
    <>
      {reusedFrom !== undefined && <Badge>reused from #{toShortId(reusedFrom.runId)}</Badge>}
      {isLiveTab && isEditable(call) && (
        <Button size="small" icon={<GitFork size={13} />} disabled={!isOnline} onClick={() => openForkHere(call)}>
          Edit and fork…
        </Button>
      )}
    </>
  );
}
