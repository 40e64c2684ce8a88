import type { LaneFigures } from '#shared/run/lane-figures.ts';
import type { LaneSettings } from '#shared/run/lane-settings.ts';
import { createGate, type Gate } from './admission.ts';
import { type HeapItem, LazyHeap } from './lazy-heap.ts';
import { createRateLimit } from './rate-limit.ts';
import { createWindowFigures, type WindowFigures } from './window-figures.ts';

/** What decides who is sent away first. */
interface Sheddable extends HeapItem {
  readonly priority: number;
  readonly seq: number;
}

/** One lane at work: its gates, who waits in it, and its figures. */
export interface Lane<Entry extends Sheddable> {
  readonly settings: LaneSettings;
  readonly quotaGate: Gate;
  readonly rateGate: Gate | null;
  /** Whom a full lane sheds first on top; kept only by lanes that shed. */
  readonly sheddable: LazyHeap<Entry>;
  readonly window: WindowFigures;
  readonly counts: { waiting: number; atWork: number; paused: number; rejected: number; shed: number; timedOut: number };
}

/** A lane for these settings. What the lane of this name has counted before goes on; so does its bucket when the rate is the same. */
export function createLane<Entry extends Sheddable>(settings: LaneSettings, before: Lane<Entry> | undefined): Lane<Entry> {
  const { rate } = settings;
  const bucketBefore = before?.rateGate?.rate;
  const isSameRate = JSON.stringify(bucketBefore?.settings) === JSON.stringify(rate ?? undefined);
  const counts = before?.counts ?? { rejected: 0, shed: 0, timedOut: 0 };
  return {
    settings,
    quotaGate: createGate(`lane ${settings.name}`, settings.quota ?? Number.POSITIVE_INFINITY),
    rateGate:
      rate === null ? null : createGate(`rate ${settings.name}`, 0, isSameRate && bucketBefore ? bucketBefore : createRateLimit(rate)),
    sheddable: new LazyHeap<Entry>((one, other) => (one.priority === other.priority ? one.seq > other.seq : one.priority < other.priority)),
    window: before?.window ?? createWindowFigures(),
    counts: { ...counts, waiting: 0, atWork: 0, paused: 0 },
  };
}

/** Most that may wait here: a leaky bucket is a queue of its own depth. */
export function maxDepthOf({ maxDepth, rate }: LaneSettings): number {
  const bucketDepth = rate?.type === 'leakyBucket' ? rate.depth : Number.POSITIVE_INFINITY;
  return Math.min(maxDepth ?? Number.POSITIVE_INFINITY, bucketDepth);
}

/** The lane as a panel shows it. */
export function toLaneFigures(lane: Omit<Lane<never>, 'sheddable'>, nowMs: number): LaneFigures {
  const { settings, counts, window } = lane;
  const most = maxDepthOf(settings);
  const depth = Math.min(counts.waiting, most);
  return {
    name: settings.name,
    priority: settings.priority,
    quota: settings.quota,
    maxDepth: Number.isFinite(most) ? most : null,
    whenFull: settings.whenFull,
    depth,
    outside: counts.waiting - depth,
    atWork: counts.atWork,
    paused: counts.paused,
    waitP50Ms: window.waitQuantileMs(0.5, nowMs),
    waitP95Ms: window.waitQuantileMs(0.95, nowMs),
    perSecond: window.perSecond(nowMs),
    rejected: counts.rejected,
    shed: counts.shed,
    timedOut: counts.timedOut,
  };
}
