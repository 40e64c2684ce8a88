import type { Clock } from '#shared/base/clock.ts';
import type { BreakerFigures, LanesSnapshot } from '#shared/run/lane-figures.ts';
import { type BreakerSettings, defaultLaneName, laneSettingsSchema, type SchedulingSettings } from '#shared/run/lane-settings.ts';
import { orAborted } from './abortable.ts';
import { type BreakerKey, createBreakers } from './lanes/breakers.ts';
import { createLanes, type LanesSettings } from './lanes/lanes.ts';

/** Who calls whom. */
export interface OutsideCall {
  readonly type: 'model' | 'tool';
  /** The provider's id, or the tool's name: limits and circuit breakers are by these. */
  readonly name: string;
  /** Calls are fair between runs. */
  readonly run: string;
  /** Among the calls of its run the highest goes first; 0 when absent. */
  readonly rank?: number | undefined;
  readonly signal: AbortSignal;
}

/** How many calls may be at work, of all and of each provider and tool, and when one of those is left alone. */
export interface OutsideCallSettings {
  readonly maxCalls: number;
  readonly limits: SchedulingSettings['limits'];
  readonly breaker: BreakerSettings;
}

/** The way to models and tools: every call waits here for its turn, and is refused while the other side is taken for down. */
export interface OutsideCalls {
  /**
   * Waits for a slot, does the work and gives the slot back however it ends. Rejects with the signal's reason as soon as that aborts, waiting
   * or at work: a call that does not listen must not keep its slot from others. Rejects with `model.circuitOpen` or `tool.circuitOpen`
   * before the work has begun.
   */
  use<Result>(call: OutsideCall, work: () => Promise<Result>): Promise<Result>;
  /** Takes new settings at once, also for those who wait. */
  configure(settings: OutsideCallSettings): void;
  figures(): { readonly calls: LanesSnapshot; readonly breakers: readonly BreakerFigures[] };
  /** Called when a breaker changes its state, and at most once in 100 ms when calls begin, wait or end. */
  onChange(listener: () => void): () => void;
}

export function createOutsideCalls(clock: Clock, initial: OutsideCallSettings): OutsideCalls {
  let settings = initial;
  const lanes = createLanes(clock, toLanesSettings(initial));
  const breakers = createBreakers(clock, () => settings.breaker);

  return {
    async use({ type, name, run, rank, signal }, work) {
      const key: BreakerKey = `${type}:${name}`;
      // Asked twice: nobody waits in line for what is down, and what goes down meanwhile is not asked by all who stood in line.
      breakers.check(key);
      const request = { lane: defaultLaneName, keys: { run, [type === 'model' ? 'provider' : 'tool']: name }, rank, signal };
      const ticket = lanes.tryEnter(request) ?? (await lanes.enter(request));
      try {
        signal.throwIfAborted();
        return await breakers.use(key, () => orAborted(signal, work()));
      } finally {
        ticket.leave();
      }
    },
    configure(next) {
      settings = next;
      lanes.configure(toLanesSettings(next));
    },
    figures: () => ({ calls: lanes.snapshot(), breakers: breakers.snapshot() }),
    onChange(listener) {
      const stops = [lanes.onChange(listener), breakers.onChange(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

const onlyLane = laneSettingsSchema.parse({ name: defaultLaneName });

/** Calls stand in one line: which node goes first was decided when it started. */
function toLanesSettings({ maxCalls, limits }: OutsideCallSettings): LanesSettings {
  return { lanes: [onlyLane], workers: { min: maxCalls, max: maxCalls, calmMs: 1000 }, limits };
}
