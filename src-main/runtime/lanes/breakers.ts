import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { BreakerFigures } from '#shared/run/lane-figures.ts';
import type { BreakerSettings } from '#shared/run/lane-settings.ts';
import { createBreaker, type Verdict } from './breaker.ts';
import { healthOf } from './health.ts';

/** What can be taken for down: a provider of models, or a tool. */
export type BreakerKey = `model:${string}` | `tool:${string}`;

/** A circuit breaker for every provider and tool, made with its first use. */
export interface Breakers {
  /**
   * Does the work and learns from how it ends. Refuses at once with `model.circuitOpen` or `tool.circuitOpen`, which say when to try
   * again, while the other side is taken for down. Only what says something about the other side's health counts.
   */
  use<Result>(key: BreakerKey, work: () => Promise<Result>): Promise<Result>;
  /** Throws the refusal that `use` would meet now, without being the call that may try. */
  check(key: BreakerKey): void;
  snapshot(): readonly BreakerFigures[];
  /** Called with each breaker whose state changes. */
  onChange(listener: (figures: BreakerFigures) => void): () => void;
}

/** Settings are read anew for every call. */
export function createBreakers(clock: Clock, settings: () => BreakerSettings): Breakers {
  const breakers = new Map<BreakerKey, ReturnType<typeof createBreaker>>();
  const listeners = new Set<(figures: BreakerFigures) => void>();

  function breakerOf(key: BreakerKey) {
    let breaker = breakers.get(key);
    if (breaker === undefined) {
      breaker = createBreaker();
      breakers.set(key, breaker);
    }
    return breaker;
  }

  const toFigures = (key: BreakerKey, breaker: ReturnType<typeof createBreaker>): BreakerFigures => ({
    key,
    ...breaker.figures(settings(), clock.monotonicMs()),
  });

  return {
    async use(key, work) {
      if (!settings().isOn) return work();
      const breaker = breakerOf(key);
      /** Does something to the breaker, and tells whoever listens when that changed its state. */
      const telling = <Outcome>(act: () => Outcome): Outcome => {
        const before = breaker.state();
        const outcome = act();
        if (breaker.state() !== before) for (const listener of listeners) listener(toFigures(key, breaker));
        return outcome;
      };
      const admitted = telling(() => breaker.admit(settings(), clock.monotonicMs()));
      if (admitted.type === 'refused') throw refusal(key, admitted.retryAfterMs, breaker.lastFailure());
      const report = (verdict: Verdict) => telling(() => breaker.report(admitted, verdict, settings(), clock.monotonicMs()));
      try {
        const result = await work();
        report({ type: 'healthy' });
        return result;
      } catch (thrown) {
        report(healthOf(thrown));
        throw thrown;
      }
    },
    check(key) {
      const breaker = breakers.get(key);
      if (breaker === undefined || !settings().isOn) return;
      const retryAfterMs = breaker.refusedForMs(settings(), clock.monotonicMs());
      if (retryAfterMs > 0) throw refusal(key, retryAfterMs, breaker.lastFailure());
    },
    snapshot: () => [...breakers].map(([key, breaker]) => toFigures(key, breaker)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function refusal(key: BreakerKey, retryAfterMs: number, lastFailure: string): HeddleError {
  const [sort, ...rest] = key.split(':');
  const name = rest.join(':');
  return new HeddleError(
    sort === 'model' ? 'model.circuitOpen' : 'tool.circuitOpen',
    `${name} failed too often and is left alone for another ${Math.ceil(retryAfterMs / 1000)} s; then one call may try. The last failure was: ${lastFailure}`,
    { details: sort === 'model' ? { provider: name } : { tool: name }, isRetryable: true, retryAfterMs: Math.ceil(retryAfterMs) },
  );
}
