import { CirclePause, CirclePlay, SlidersHorizontal, Undo2 } from 'lucide-react';
import { isFinal } from '#shared/run/plan-next.ts';
import { keysOf, runCommand } from '../../app/commands.ts';
import { useIsOnline } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { canInterrupt, isBudgetSpent, isHeld, useIsStopped, useNewestState } from './run-in-front.ts';
import { listUndoable } from './undoable.ts';

/** The buttons in a run's header, as far as the run is at a point where they mean something. */
export function ControlButtons({ runKey }: { readonly runKey: string }) {
  const isOnline = useIsOnline();
  const runId = runKey.startsWith('run:') ? runKey.slice('run:'.length) : '';
  const state = useNewestState(runId);
  const isStopped = useIsStopped(runId);
  if (state === undefined || isFinal(state.status) || isStopped) return null;
  const isEnding = state.status === 'cancelling' || state.status === 'compensating';
  return (
    <>
      {canInterrupt(state) && (
        <Menu
          label="Interrupt"
          trigger={
            <Button size="small" icon={<CirclePause size={13} />} disabled={!isOnline}>
              <Words>Interrupt</Words>
            </Button>
          }
          items={[
            { label: 'Let its calls finish', keys: keysOf('run.interrupt'), onSelect: () => runCommand('run.interrupt') },
            {
              label: 'At once, dropping its calls',
              keys: keysOf('run.interruptAtOnce'),
              onSelect: () => runCommand('run.interruptAtOnce'),
            },
          ]}
        />
      )}
      {isHeld(state) && !isBudgetSpent(state) && (
        <Button size="small" tone="primary" icon={<CirclePlay size={13} />} disabled={!isOnline} onClick={() => runCommand('run.continue')}>
          <Words>Continue</Words>
        </Button>
      )}
      {!isEnding && (
        <Button size="small" icon={<SlidersHorizontal size={13} />} disabled={!isOnline} onClick={() => runCommand('run.steer')}>
          <Words>Steer…</Words>
        </Button>
      )}
      {!isEnding && listUndoable(state).length > 0 && (
        <Button size="small" icon={<Undo2 size={13} />} disabled={!isOnline} onClick={() => runCommand('run.undo')}>
          <Words>Undo…</Words>
        </Button>
      )}
    </>
  );
}

/** In a narrow header only the icon is seen; the words stay for screen readers. */
function Words({ children }: { readonly children: string }) {
  return <span className="@max-3xl:sr-only">{children}</span>;
}
