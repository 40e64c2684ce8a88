import { z } from 'zod';
import { type Settings, settingsSchema } from '#shared/contract/settings.ts';
import { defaultLaneName, type LaneSettings, listLanes, schedulingSettingsSchema } from '#shared/run/lane-settings.ts';

/** A lane as it is typed; empty means that there is no limit. */
export interface LaneDraft {
  readonly name: string;
  readonly priority: string;
  readonly quota: string;
  readonly maxDepth: string;
  readonly whenFull: LaneSettings['whenFull'];
  readonly rate: 'none' | 'tokenBucket' | 'leakyBucket';
  readonly perSecond: string;
  /** The burst of a token bucket, the depth of a leaky one. */
  readonly size: string;
}

/** A limit of one thing, or (without a name) of each of its sort. */
export interface LimitDraft {
  readonly sort: string;
  readonly name: string;
  readonly limit: string;
}

/** Everything about lanes as it is typed, times in seconds and shares in percent. */
export interface SchedulingDraft {
  readonly lanes: readonly LaneDraft[];
  readonly workers: { readonly min: string; readonly max: string; readonly calmMs: string };
  readonly limits: readonly LimitDraft[];
  readonly breaker: {
    readonly isOn: boolean;
    readonly failuresInRow: string;
    readonly failureShare: string;
    readonly minCalls: string;
    readonly windowMs: string;
    readonly openMs: string;
  };
  readonly maxParallelNodes: string;
}

/** What a draft comes to: settings, or what is wrong by the place of each field (`lanes.0.quota`). */
export type DraftReading =
  | { readonly type: 'valid'; readonly settings: Pick<Settings, 'scheduling' | 'maxParallelNodes'> }
  | { readonly type: 'invalid'; readonly problems: Readonly<Record<string, string>> };

/** The settings as they are typed. */
export function toDraft({ scheduling, maxParallelNodes }: Pick<Settings, 'scheduling' | 'maxParallelNodes'>): SchedulingDraft {
  const { workers, limits, breaker } = scheduling;
  return {
    lanes: listLanes(scheduling).map(toLaneDraft),
    workers: { min: String(workers.min), max: String(workers.max), calmMs: toSeconds(workers.calmMs) },
    limits: Object.entries(limits).flatMap(([sort, { each, byName }]) => [
      ...(each === null ? [] : [{ sort, name: '', limit: String(each) }]),
      ...Object.entries(byName).map(([name, limit]) => ({ sort, name, limit: String(limit) })),
    ]),
    breaker: {
      isOn: breaker.isOn,
      failuresInRow: String(breaker.failuresInRow),
      failureShare: String(Math.round(breaker.failureShare * 1_000) / 10),
      minCalls: String(breaker.minCalls),
      windowMs: toSeconds(breaker.windowMs),
      openMs: toSeconds(breaker.openMs),
    },
    maxParallelNodes: String(maxParallelNodes),
  };
}

/** Reads what was typed by the rules of the settings themselves. */
export function readDraft(draft: SchedulingDraft): DraftReading {
  const problems: Record<string, string> = {};
  const { limits, placeOf } = readLimits(draft.limits, problems);
  const { breaker, workers } = draft;
  const input = {
    scheduling: {
      lanes: draft.lanes.map(readLane),
      workers: { min: toNumber(workers.min), max: toNumber(workers.max), calmMs: toMs(workers.calmMs) },
      limits,
      breaker: {
        isOn: breaker.isOn,
        failuresInRow: toNumber(breaker.failuresInRow),
        failureShare: toNumber(breaker.failureShare) / 100,
        minCalls: toNumber(breaker.minCalls),
        windowMs: toMs(breaker.windowMs),
        openMs: toMs(breaker.openMs),
      },
    },
    maxParallelNodes: toNumber(draft.maxParallelNodes),
  };
  draft.lanes.forEach(({ name }, index) => {
    if (draft.lanes.findIndex((lane) => lane.name === name) < index) problems[`lanes.${index}.name`] = 'Another lane has this name.';
  });
  const parsed = draftSchema.safeParse(input);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path.filter((part) => part !== 'scheduling').join('.');
      // That two lanes have one name is said at the second of them.
      if (path !== 'lanes') problems[placeOf[path] ?? path] ??= toWords(issue, path);
    }
  }
  return parsed.success && Object.keys(problems).length === 0 ? { type: 'valid', settings: parsed.data } : { type: 'invalid', problems };
}

/** A lane that nobody has, with nothing limited. */
export function addLane(lanes: readonly LaneDraft[]): readonly LaneDraft[] {
  const taken = new Set(lanes.map(({ name }) => name));
  let number = 1;
  while (taken.has(toNewName(number))) number += 1;
  return [
    ...lanes,
    { name: toNewName(number), priority: '0', quota: '', maxDepth: '', whenFull: 'block', rate: 'none', perSecond: '', size: '' },
  ];
}

/** True for the one lane that is always there. */
export function isDefaultLane({ name }: Pick<LaneDraft, 'name'>): boolean {
  return name === defaultLaneName;
}

const draftSchema = z.object({
  scheduling: schedulingSettingsSchema,
  maxParallelNodes: settingsSchema.shape.maxParallelNodes,
});

function toLaneDraft({ name, priority, quota, maxDepth, whenFull, rate }: LaneSettings): LaneDraft {
  return {
    name,
    priority: String(priority),
    quota: quota === null ? '' : String(quota),
    maxDepth: maxDepth === null ? '' : String(maxDepth),
    whenFull,
    rate: rate?.type ?? 'none',
    perSecond: rate === null ? '' : String(rate.perSecond),
    size: rate === null ? '' : String(rate.type === 'tokenBucket' ? rate.burst : rate.depth),
  };
}

function readLane({ name, priority, quota, maxDepth, whenFull, rate, perSecond, size }: LaneDraft) {
  return {
    name: name.trim(),
    priority: priority.trim() === '' ? 0 : toNumber(priority),
    quota: quota.trim() === '' ? null : toNumber(quota),
    maxDepth: maxDepth.trim() === '' ? null : toNumber(maxDepth),
    whenFull,
    rate:
      rate === 'none'
        ? null
        : rate === 'tokenBucket'
          ? { type: rate, perSecond: toNumber(perSecond), burst: toNumber(size) }
          : { type: rate, perSecond: toNumber(perSecond), depth: toNumber(size) },
  };
}

interface NamedLimits {
  each: number | null;
  byName: Record<string, number>;
}

/** The limits by sort, and for the path of each in the settings the place of its row. */
function readLimits(rows: readonly LimitDraft[], problems: Record<string, string>) {
  const limits: Record<string, NamedLimits> = {};
  const placeOf: Record<string, string> = {};
  rows.forEach(({ sort, name, limit }, index) => {
    const place = `limits.${index}.limit`;
    limits[sort] ??= { each: null, byName: {} };
    const ofSort = limits[sort];
    const trimmed = name.trim();
    const isTaken = trimmed === '' ? ofSort.each !== null : Object.hasOwn(ofSort.byName, trimmed);
    if (isTaken) problems[`limits.${index}.name`] = 'There is a limit for this already.';
    else if (trimmed === '') ofSort.each = toNumber(limit);
    else ofSort.byName[trimmed] = toNumber(limit);
    placeOf[trimmed === '' ? `limits.${sort}.each` : `limits.${sort}.byName.${trimmed}`] ??= place;
  });
  return { limits, placeOf };
}

function toNewName(number: number): string {
  return number === 1 ? 'lane' : `lane-${number}`;
}

/** NaN for nothing and for what is no number; the schema refuses it. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
}

function toMs(seconds: string): number {
  return Math.round(toNumber(seconds) * 1_000);
}

function toSeconds(ms: number): string {
  return String(ms / 1_000);
}

/** A refusal of the schema in the units of the field. */
function toWords(issue: z.core.$ZodIssue, path: string): string {
  const scale = path.endsWith('Ms') ? 0.001 : path.endsWith('failureShare') ? 100 : 1;
  switch (issue.code) {
    case 'too_small':
      return issue.inclusive === false ? `More than ${Number(issue.minimum) * scale}.` : `At least ${Number(issue.minimum) * scale}.`;
    case 'too_big':
      return `At most ${(Number(issue.maximum) * scale).toLocaleString()}.`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'A whole number.' : 'A number.';
    case 'invalid_format':
      return 'Lower-case letters, digits and -, at most 32.';
    case 'custom':
      return path === 'workers.max' ? 'Not below the fewest.' : issue.message;
    default:
      return issue.message;
  }
}
