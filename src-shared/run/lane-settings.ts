import { z } from 'zod';

/** How often work of a lane may begin: in bursts (token bucket), or evenly spaced with at most `depth` waiting (leaky bucket). */
export const rateSettingsSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('tokenBucket'), perSecond: z.number().positive().max(100_000), burst: z.int().min(1).max(100_000) }),
  z.strictObject({ type: z.literal('leakyBucket'), perSecond: z.number().positive().max(100_000), depth: z.int().min(0).max(1_000_000) }),
]);
export type RateSettings = z.infer<typeof rateSettingsSchema>;

/** The lane of whoever names none, and of whoever names one that is not there. */
export const defaultLaneName = 'default';

export const laneNameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and -');

/** One lane: a queue with a name. */
export const laneSettingsSchema = z.strictObject({
  name: laneNameSchema,
  /** Lanes with a higher number go first wherever several wait for the same thing; quotas below the pool's size keep room for the others. */
  priority: z.int().min(-100).max(100).default(0),
  /** Most at work at once; null leaves it to the other limits. */
  quota: z.int().min(1).max(100_000).nullable().default(null),
  /** Most that wait; null for as many as come. */
  maxDepth: z.int().min(0).max(1_000_000).nullable().default(null),
  /**
   * What happens beyond `maxDepth`. `block`: whoever comes waits all the same and is counted apart. `reject`: whoever comes is refused.
   * `shed`: of all who wait and who comes, the one with the lowest priority, the last of those, is refused.
   */
  whenFull: z.enum(['block', 'reject', 'shed']).default('block'),
  rate: rateSettingsSchema.nullable().default(null),
});
export type LaneSettings = z.infer<typeof laneSettingsSchema>;

/** Limits of one sort of thing: `each` for every one of them, `byName` for those it names, which wins. */
const namedLimitsSchema = z.strictObject({
  each: z.int().min(1).max(100_000).nullable().default(null),
  byName: z.record(z.string(), z.int().min(1).max(100_000)).default({}),
});

/**
 * The workers that all lanes share. One is added whenever all are busy and more has come, up to `max`; one is let go, down to `min`, after
 * every `calmMs` in which not all were needed.
 */
export const workerSettingsSchema = z
  .strictObject({
    min: z.int().min(1).max(10_000).default(4),
    max: z.int().min(1).max(10_000).default(64),
    calmMs: z.int().min(100).max(3_600_000).default(10_000),
  })
  .refine(({ min, max }) => min <= max, { path: ['max'], message: 'must not be below min' });
export type WorkerSettings = z.infer<typeof workerSettingsSchema>;

/** When a provider or tool is taken for down, and for how long it is then left alone. */
export const breakerSettingsSchema = z.strictObject({
  isOn: z.boolean().default(true),
  /** Opens after this many failures in a row. */
  failuresInRow: z.int().min(1).max(1000).default(5),
  /** Opens when this share of the calls of the last `windowMs` failed, once there were `minCalls` of them. */
  failureShare: z.number().positive().max(1).default(0.5),
  minCalls: z.int().min(1).max(100_000).default(20),
  windowMs: z.int().min(1000).max(3_600_000).default(60_000),
  /** How long it stays open before one call may try, unless the other side said when. */
  openMs: z.int().min(100).max(3_600_000).default(10_000),
});
export type BreakerSettings = z.infer<typeof breakerSettingsSchema>;

/** What comes with Heddle: work of people who wait goes first, work that nobody waits for goes last and leaves room. */
const presetLanes: readonly z.input<typeof laneSettingsSchema>[] = [
  { name: defaultLaneName },
  { name: 'interactive', priority: 10 },
  { name: 'background', priority: -10, quota: 16 },
];

/** Everything that decides when work may begin. */
export const schedulingSettingsSchema = z.strictObject({
  lanes: z
    .array(laneSettingsSchema)
    .refine((lanes) => new Set(lanes.map(({ name }) => name)).size === lanes.length, 'two lanes have the same name')
    .prefault([...presetLanes]),
  workers: workerSettingsSchema.prefault({}),
  /** By sort: `provider`, `agent`, `tool`, or any other that nodes name. */
  limits: z.record(z.string(), namedLimitsSchema).default({}),
  breaker: breakerSettingsSchema.prefault({}),
});
export type SchedulingSettings = z.infer<typeof schedulingSettingsSchema>;

/** The lanes of these settings; the default lane is among them even when they leave it out. */
export function listLanes(settings: Pick<SchedulingSettings, 'lanes'>): readonly LaneSettings[] {
  const { lanes } = settings;
  if (lanes.some(({ name }) => name === defaultLaneName)) return lanes;
  return [laneSettingsSchema.parse({ name: defaultLaneName }), ...lanes];
}
