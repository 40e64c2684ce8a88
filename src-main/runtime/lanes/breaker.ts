import type { BreakerFigures } from '#shared/run/lane-figures.ts';
import type { BreakerSettings } from '#shared/run/lane-settings.ts';

/** What the end of a call says about the other side's health; `unknown` when it says nothing, as when we hung up ourselves. */
export type Verdict =
  | { readonly type: 'healthy' }
  | { readonly type: 'unknown' }
  | { readonly type: 'failing'; readonly message: string; readonly retryAfterMs: number | undefined };

type Admitted = { readonly type: 'call' | 'probe'; readonly era: number } | { readonly type: 'refused'; readonly retryAfterMs: number };

/**
 * A circuit breaker without a clock of its own: closed until too much fails, then open for a while, then half-open, where a single call
 * may try and decides. Calls that began before the state last changed have no say in it any more.
 */
export interface Breaker {
  state(): BreakerFigures['state'];
  /** The words of the last failure; '' before there was one. */
  lastFailure(): string;
  /** How long a call that came now would be sent away; 0 when it would be let in. */
  refusedForMs(settings: BreakerSettings, nowMs: number): number;
  admit(settings: BreakerSettings, nowMs: number): Admitted;
  report(call: Exclude<Admitted, { type: 'refused' }>, verdict: Verdict, settings: BreakerSettings, nowMs: number): void;
  figures(settings: BreakerSettings, nowMs: number): Omit<BreakerFigures, 'key'>;
}

/** A Retry-After of days must not keep a provider shut out for days: someone may have paid meanwhile. */
const longestOpenMs = 5 * 60_000;

type State =
  | { readonly type: 'closed' }
  | { readonly type: 'open'; readonly untilMs: number }
  | { readonly type: 'halfOpen'; readonly isProbing: boolean };

export function createBreaker(): Breaker {
  let state: State = { type: 'closed' };
  /** Counts changes of state. */
  let era = 0;
  let failuresInRow = 0;
  let lastFailure = '';
  let opened = 0;
  let recent = createOutcomeWindow();

  function turn(next: State): void {
    if (next.type !== state.type) era += 1;
    state = next;
  }

  function open(verdict: Extract<Verdict, { type: 'failing' }>, settings: BreakerSettings, nowMs: number): void {
    opened += 1;
    turn({ type: 'open', untilMs: nowMs + Math.min(verdict.retryAfterMs ?? settings.openMs, longestOpenMs) });
  }

  function close(): void {
    failuresInRow = 0;
    recent = createOutcomeWindow();
    turn({ type: 'closed' });
  }

  /** What a call that began in the closed state says. */
  function count(verdict: Verdict, settings: BreakerSettings, nowMs: number): void {
    if (verdict.type === 'unknown') return;
    recent.add(verdict.type === 'failing', settings.windowMs, nowMs);
    failuresInRow = verdict.type === 'failing' ? failuresInRow + 1 : 0;
    if (verdict.type !== 'failing') return;
    const { calls, failed } = recent.sum(settings.windowMs, nowMs);
    const isTooOften = calls >= settings.minCalls && failed / calls >= settings.failureShare;
    if (failuresInRow >= settings.failuresInRow || isTooOften) open(verdict, settings, nowMs);
  }

  function settleProbe(verdict: Verdict, settings: BreakerSettings, nowMs: number): void {
    switch (verdict.type) {
      case 'healthy':
        close();
        return;
      case 'failing':
        failuresInRow += 1;
        open(verdict, settings, nowMs);
        return;
      case 'unknown':
        // It learned nothing: the next call is the probe.
        turn({ type: 'halfOpen', isProbing: false });
    }
  }

  function refusedForMs(settings: BreakerSettings, nowMs: number): number {
    switch (state.type) {
      case 'closed':
        return 0;
      case 'open':
        return Math.max(0, state.untilMs - nowMs);
      case 'halfOpen':
        // If the one that tries fails, it will be that long.
        return state.isProbing ? settings.openMs : 0;
    }
  }

  return {
    state: () => state.type,
    lastFailure: () => lastFailure,
    refusedForMs,
    admit(settings, nowMs) {
      if (state.type === 'closed') return { type: 'call', era };
      const retryAfterMs = refusedForMs(settings, nowMs);
      if (retryAfterMs > 0) return { type: 'refused', retryAfterMs };
      turn({ type: 'halfOpen', isProbing: true });
      return { type: 'probe', era };
    },
    report(call, verdict, settings, nowMs) {
      if (verdict.type === 'failing') lastFailure = verdict.message;
      if (call.era !== era) return;
      if (call.type === 'probe') settleProbe(verdict, settings, nowMs);
      else count(verdict, settings, nowMs);
    },
    figures: (settings, nowMs) => ({
      state: state.type,
      failuresInRow,
      ...recent.sum(settings.windowMs, nowMs),
      retryAfterMs: state.type === 'open' ? Math.max(0, state.untilMs - nowMs) : 0,
      lastFailure: lastFailure === '' ? null : lastFailure,
      opened,
    }),
  };
}

/** The window moves on in so many steps. */
const windowSteps = 10;

/** Calls and failures of a sliding window, in fixed space. */
function createOutcomeWindow() {
  const slots = Array.from({ length: windowSteps }, () => ({ step: -1, calls: 0, failed: 0 }));
  const stepOf = (windowMs: number, nowMs: number) => Math.floor((nowMs * windowSteps) / windowMs);
  return {
    add(hasFailed: boolean, windowMs: number, nowMs: number): void {
      const step = stepOf(windowMs, nowMs);
      const index = step % windowSteps;
      const known = slots[index];
      const slot = known?.step === step ? known : { step, calls: 0, failed: 0 };
      slots[index] = slot;
      slot.calls += 1;
      if (hasFailed) slot.failed += 1;
    },
    sum(windowMs: number, nowMs: number): { calls: number; failed: number } {
      const oldest = stepOf(windowMs, nowMs) - windowSteps;
      const recent = slots.filter(({ step }) => step > oldest);
      return { calls: recent.reduce((sum, { calls }) => sum + calls, 0), failed: recent.reduce((sum, { failed }) => sum + failed, 0) };
    },
  };
}
