import { CirclePause } from 'lucide-react';
import { runCommand } from '../../app/commands.ts';
import { useIsOnline } from '../../state/connection.ts';
import { Button } from '../../ui/button.tsx';
import { isBudgetSpent, isHeld, useNewestState } from './run-in-front.ts';

/** Above a run that is held: why, what it still waits for, and how to give it a larger budget; the header lets it go on. */
export function InterruptBanner({ runKey }: { readonly runKey: string }) {
  const isOnline = useIsOnline();
  const state = useNewestState(runKey.startsWith('run:') ? runKey.slice('run:'.length) : '');
  if (state === undefined || !isHeld(state) || state.interrupt === null) return null;
  const { interrupt } = state;
  const isSpent = isBudgetSpent(state);
  return (
    <section aria-label="Interrupted" className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-1.5 text-12 tint-accent">
      <CirclePause size={14} aria-hidden className="shrink-0 text-accent" />
      <p className="min-w-0 flex-1">
        <strong>{interrupt.isReached ? 'Interrupted' : 'Interrupting: what is at work comes to its end'}</strong>
        {` · ${interrupt.reason}`}
        {isSpent && ' · It goes on when it is given a larger budget.'}
      </p>
      {isSpent && (
        <Button size="small" disabled={!isOnline} onClick={() => runCommand('run.steer')}>
          Raise the budget…
        </Button>
      )}
    </section>
  );
}
