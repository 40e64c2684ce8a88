import type { JsonObject } from '#shared/base/json.ts';
import type { ApprovalMode } from '#shared/run/events.ts';
import type { ForkReuse } from '#shared/run/fork-origin.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { commands } from './commands.ts';
import { createDice, type Dice } from './dice.ts';
import type { DiskFault } from './simulated-disk.ts';
import { type Mood, moods } from './simulated-tools.ts';
import { generateWorkflow } from './workflow-generator.ts';

/**
 * `crashes`: hosts die, the rest goes by content alone, and every run must come to the end that it comes to undisturbed.
 * `chaos`: time limits, races, cancels, full disks and careless people besides; only the invariants hold.
 */
export type Profile = 'crashes' | 'chaos';

export interface PlannedRun {
  readonly startAtMs: number;
  readonly document: WorkflowDocument;
  readonly subworkflows: Readonly<Record<string, WorkflowDocument>>;
  readonly inputs: JsonObject;
  readonly approvalMode: ApprovalMode;
  readonly budgetUsd: number | null;
}

/** Something that goes wrong, or that people do, when a host has been at work for so many steps since the last one. */
export type Disturbance = { readonly afterSteps: number } & (
  | { readonly type: 'crash' }
  /** The host stops in order and comes back. */
  | { readonly type: 'restart' }
  | { readonly type: 'disk'; readonly fault: DiskFault }
  | { readonly type: 'command'; readonly command: string; readonly run: number }
);

/** All of a simulation as data: the same plan goes the same way. Chance that no one planned comes from the seed by name. */
export interface SimulationPlan {
  readonly seed: number;
  readonly profile: Profile;
  readonly maxParallelCalls: number;
  /** Plans from before there were lanes in them have those of a fresh installation. */
  readonly scheduling?: Scheduling;
  readonly runs: readonly PlannedRun[];
  readonly forks?: readonly PlannedFork[];
  readonly disturbances: readonly Disturbance[];
}

/** What of the lanes a plan decides: how many workers there are, and what the lane does that most nodes are in when it is full. */
export interface Scheduling {
  readonly workers: number;
  readonly quota: number | null;
  readonly maxDepth: number | null;
  readonly whenFull: 'block' | 'reject' | 'shed';
}

/** A run that is forked when it has ended, at a share of its events. */
export interface PlannedFork {
  readonly run: number;
  readonly share: number;
  readonly reuse: ForkReuse;
}

/** The plan of a seed before anything disturbs it. */
export function toCalmPlan(seed: number): SimulationPlan {
  const dice = createDice(seed, 'plan');
  const profile: Profile = dice.holds(0.5) ? 'crashes' : 'chaos';
  const runs = Array.from({ length: dice.holds(0.7) ? 1 : dice.int(2, 3) }, (_, index) => toPlannedRun(seed, index, profile));
  const maxParallelCalls = dice.pick([1, 2, 3, 16]);
  const scheduling = dice.holds(0.4) ? toScheduling(dice, profile) : undefined;
  const forks = runs.flatMap((_, run): PlannedFork[] =>
    dice.holds(0.4) ? [{ run, share: dice.pick([0, 0.3, 0.7, 1]), reuse: dice.pick(['unaffected', 'before']) }] : [],
  );
  return { seed, profile, maxParallelCalls, ...(scheduling === undefined ? {} : { scheduling }), runs, forks, disturbances: [] };
}

/** Where a run must come to the same end whatever happens, nobody is sent away. */
function toScheduling(dice: Dice, profile: Profile): Scheduling {
  const whenFull = profile === 'crashes' ? 'block' : dice.pick(['block', 'block', 'reject', 'shed'] as const);
  return { workers: dice.pick([1, 1, 2, 4]), quota: dice.pick([null, 1, 2]), maxDepth: dice.pick([null, 0, 1, 3]), whenFull };
}

/** The same with disturbances, which fall into the `steps` that it took undisturbed. Every variant has others. */
export function toDisturbedPlan(calm: SimulationPlan, steps: number, variant: number): SimulationPlan {
  const dice = createDice(calm.seed, `disturbances ${variant}`);
  const disturbances = calm.profile === 'crashes' ? toDeaths(dice, steps) : toTroubles(dice, steps, calm.runs.length);
  return { ...calm, disturbances };
}

/** What tools may do in a profile: where only hosts may die, nothing may work at the second try that did not at the first. */
const moodsOf: Readonly<Record<Profile, readonly Mood[]>> = { crashes: ['well', 'fails', 'lost'], chaos: moods };

/** The moods that models put into the calls that they ask for. */
export function toModelMoods({ profile }: SimulationPlan): readonly Mood[] {
  return moodsOf[profile];
}

function toPlannedRun(seed: number, index: number, profile: Profile): PlannedRun {
  const dice = createDice(seed, `run ${index}`);
  const mayRace = profile === 'chaos';
  // Tool nodes may be flaky in both: they are tried until they work.
  const style = { mostNodes: dice.pick([4, 8, 14]), mayRace, moods: mayRace ? moods : [...moodsOf.crashes, 'flaky' as const] };
  const { document, subworkflows } = generateWorkflow(seed, String(index), style);
  return {
    startAtMs: dice.holds(0.5) ? 0 : dice.int(0, 5000),
    document,
    subworkflows,
    inputs: {},
    approvalMode: dice.pick(['ask', 'ask', 'ask', 'all', 'none']),
    budgetUsd: mayRace && dice.holds(0.15) ? dice.int(0, 200) / 1000 : null,
  };
}

/** Mostly one death somewhere; after some the next host dies while it recovers, and the one after it. */
function toDeaths(dice: Dice, steps: number): readonly Disturbance[] {
  const deaths: Disturbance[] = [];
  for (let left = dice.pick([1, 1, 2]); left > 0; left -= 1) {
    deaths.push({ type: dice.holds(0.85) ? 'crash' : 'restart', afterSteps: dice.int(1, steps) });
    for (let depth = dice.pick([0, 0, 1, 2]); depth > 0; depth -= 1) deaths.push({ type: 'crash', afterSteps: dice.int(0, 6) });
  }
  return deaths;
}

function toTroubles(dice: Dice, steps: number, runs: number): readonly Disturbance[] {
  const names = Object.keys(commands);
  return Array.from({ length: dice.int(1, 5) }, (): Disturbance => {
    const afterSteps = dice.int(0, Math.max(1, Math.floor(steps / 2)));
    const chance = dice.next();
    if (chance < 0.3) return { type: 'crash', afterSteps };
    if (chance < 0.37) return { type: 'restart', afterSteps };
    if (chance < 0.5) return { type: 'disk', afterSteps, fault: dice.holds(0.7) ? 'full' : 'io' };
    return { type: 'command', afterSteps, command: dice.pick(names), run: dice.int(0, runs - 1) };
  });
}
