import type { BreakerFigures } from '#shared/run/lane-figures.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { formatCount } from '../../ui/format.ts';
import { BreakerState } from './breaker-state.tsx';
import { sortBreakers, toBreakerName } from './lane-words.ts';

export interface BreakerCardsProps {
  readonly breakers: readonly BreakerFigures[];
  readonly receivedAtMs: number;
}

/** The circuit breakers of providers and tools, what is wrong first. */
export function BreakerCards({ breakers, receivedAtMs }: BreakerCardsProps) {
  return (
    <section aria-label="Circuit breakers" className="flex flex-col gap-1.5">
      <h3 className="section-label">Circuit breakers</h3>
      {breakers.length === 0 ? (
        <p className="text-12 text-ink-2">None yet. Each provider and tool gets one with its first call.</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {sortBreakers(breakers).map((breaker) => (
            <BreakerCard key={breaker.key} breaker={breaker} receivedAtMs={receivedAtMs} />
          ))}
        </ul>
      )}
    </section>
  );
}

function BreakerCard({ breaker, receivedAtMs }: { readonly breaker: BreakerFigures; readonly receivedAtMs: number }) {
  const { key, state, calls, failed, retryAfterMs, lastFailure, opened } = breaker;
  return (
    <li className="flex flex-col gap-0.5 rounded-md border border-line bg-surface-1 px-2.5 py-1.5 text-12">
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium" title={toBreakerName(key)}>
          {toBreakerName(key)}
        </span>
        <BreakerState state={state} />
      </span>
      <span className="tabular flex flex-wrap gap-x-2 text-11 text-ink-2">
        <span>
          {calls === 0
            ? 'no call lately'
            : failed === 0
              ? `${formatCount(calls, 'call')}, none failed`
              : `${failed} of ${calls} calls failed`}
        </span>
        {opened > 0 && <span>opened {formatCount(opened, 'time')}</span>}
        {state === 'open' && (
          <Countdown dueAtMs={receivedAtMs + retryAfterMs} prefix="one call tries in" over="one call may try now" className="text-failed" />
        )}
      </span>
      {lastFailure !== null && state !== 'closed' && (
        <span className="line-clamp-3 text-11 break-words text-ink-2" title={lastFailure}>
          {lastFailure}
        </span>
      )}
    </li>
  );
}
