import { z } from 'zod';

/** A lane at one moment. Waits and throughput are of a sliding window. */
export const laneFiguresSchema = z.strictObject({
  name: z.string(),
  priority: z.int(),
  quota: z.int().nullable(),
  maxDepth: z.int().nullable(),
  whenFull: z.enum(['block', 'reject', 'shed']),
  /** How many wait in the queue, and how many more stand outside because it is full. */
  depth: z.int(),
  outside: z.int(),
  atWork: z.int(),
  /** Who gave the slot back while a person is asked. */
  paused: z.int(),
  /** Milliseconds between coming and beginning, of those who began lately; null when nobody did. */
  waitP50Ms: z.number().nullable(),
  waitP95Ms: z.number().nullable(),
  /** How many ended per second lately. */
  perSecond: z.number(),
  /** Since the host started. */
  rejected: z.int(),
  shed: z.int(),
  timedOut: z.int(),
});
export type LaneFigures = z.infer<typeof laneFiguresSchema>;

/** All lanes at one moment, with what they share. */
export const lanesSnapshotSchema = z.strictObject({
  lanes: z.array(laneFiguresSchema),
  workers: z.strictObject({ now: z.int(), busy: z.int(), min: z.int(), max: z.int() }),
  /** Limits by name that somebody uses now: `sort` is `provider`, `agent`, `tool` or another. */
  limits: z.array(z.strictObject({ sort: z.string(), name: z.string(), limit: z.int(), atWork: z.int() })),
});
export type LanesSnapshot = z.infer<typeof lanesSnapshotSchema>;

/** One who waits in a lane. */
export const laneWaiterSchema = z.strictObject({
  ticketId: z.string(),
  lane: z.string(),
  run: z.string(),
  priority: z.int(),
  waitingMs: z.number(),
});
export type LaneWaiter = z.infer<typeof laneWaiterSchema>;

/** A circuit breaker at one moment. `key` is `model:<provider>` or `tool:<name>`. */
export const breakerFiguresSchema = z.strictObject({
  key: z.string(),
  state: z.enum(['closed', 'open', 'halfOpen']),
  failuresInRow: z.int(),
  /** Calls of the window that spoke of health, and how many of them failed. */
  calls: z.int(),
  failed: z.int(),
  /** Until one call may try; 0 unless open. */
  retryAfterMs: z.number(),
  /** Why it opened last: the words of the last failure. */
  lastFailure: z.string().nullable(),
  /** How often it has opened since the host started. */
  opened: z.int(),
});
export type BreakerFigures = z.infer<typeof breakerFiguresSchema>;
