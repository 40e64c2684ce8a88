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
  const front = findFollowedInFront();
  const edits = front?.head.forkedFrom?.edits ?? [];
  const isEdited = edits.some((edit) => (edit.type === 'answer' || edit.type === 'result') && edit.frame === reusedFrom?.frame);
  return (
    <>
      {reusedFrom !== undefined && (
        <Badge tone={isEdited ? 'accent' : 'succeeded'}>
          {isEdited ? 'edited' : 'reused'} from #{toShortId(reusedFrom.runId)}
        </Badge>
      )}
      {front !== undefined && isEditable(call) && (
        <Button size="small" icon={<GitFork size={13} />} disabled={!isOnline} onClick={() => openForkHere(call)}>
          Edit and fork…
        </Button>
      )}
    </>
  );
}
