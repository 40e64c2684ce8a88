import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { RunState } from '#shared/run/state.ts';
import { toOutcome } from '#shared/run/summary.ts';
import { type Drive, type MortalHost, startMortalHost } from './mortal-host.ts';
import type { MortalOrders } from './mortal-orders.ts';
import type { Planted, Plot, TrialGround } from './trial-ground.ts';

/** How hosts die in a trial, and what their writes promise. */
export type Manner = Pick<MortalOrders, 'death' | 'writesAre'>;

/** The run that nothing disturbed: what every other one is measured by. */
export interface Calm {
  readonly hash: string;
  readonly events: readonly RunEvent[];
  readonly effects: readonly string[];
  /** What each call came to, by tool and arguments. */
  readonly results: ReadonlyMap<string, JsonValue>;
}

/** One trial with everything in its place: hosts may be started on it one after the other. */
export interface Trial {
  readonly plot: Plot;
  readonly events: RunEvent[];
  /** A host on this plot that dies after so many events of its own life, or lives. */
  startHost(dieAfterEvents: number | null): Promise<MortalHost>;
  /** What the person at the window does. */
  readonly drive: Drive;
}

/** Opens a plot; its person knows from the calm run what a call that happened had answered. */
export function openTrial(ground: TrialGround, planted: Planted, manner: Manner, results: Calm['results'] = new Map()): Trial {
  const plot = ground.open(planted);
  const events: RunEvent[] = [];
  return {
    plot,
    events,
    startHost: (dieAfterEvents) => startMortalHost({ ...plot.orders, ...manner, dieAfterEvents }, plot.home, ground.hostProgram),
    drive: {
      start: (api) => api.run.start({ source: { type: 'file', path: planted.workflowPath }, inputs: planted.inputs, startedBy: 'test' }),
      answer: (approval) => toAnswer(approval, plot, results),
      onEvent: (event) => {
        // Every host tells the whole story from its beginning.
        if (event.seq === 1) events.length = 0;
        events.push(event);
      },
    },
  };
}

/** Runs a planted workflow without disturbing it. */
export async function runCalmly(ground: TrialGround, planted: Planted, manner: Manner): Promise<Calm> {
  const { plot, events, startHost, drive } = openTrial(ground, planted, manner);
  const host = await startHost(null);
  const state = await host.driveToEnd(drive);
  await host.kill();
  expect(state?.status).toBe('succeeded');
  const effects = toEffects(plot);
  expect(effects.length).toBeGreaterThan(0);
  plot.remove();
  return { hash: toHash(state), events, effects, results: toResults(events) };
}

/** The run is over: it came to what the calm one came to, inside and outside. */
export function expectCalmEnd({ plot, events }: Trial, state: RunState | undefined, calm: Calm, where: string): void {
  expect(toHash(state), `${where}: ${state?.status} after ${events.length} events, ${state?.error?.message ?? 'no error'}`).toBe(calm.hash);
  expect(toEffects(plot), where).toEqual(calm.effects);
}

/** How often nobody knew whether a call had taken effect. */
export function countUnknown({ events }: Trial): number {
  return events.filter(({ type }) => type === 'toolCall.outcomeUnknown').length;
}

/** An attentive person: grants, and looks into the ledger before saying what became of a call. */
function toAnswer({ subject }: OpenApproval, plot: Plot, results: Calm['results']): ApprovalAnswer {
  if (subject.type !== 'outcomeUnknown') return { type: 'grant' };
  const about = createHash('sha256').update(JSON.stringify(subject.arguments)).digest('hex');
  const happened = plot.entries().some((entry) => entry.type === 'call' && entry.about === about);
  if (!happened) return { type: 'resolve', decision: { type: 'retry' } };
  const result = results.get(toCallName(subject.tool, subject.arguments));
  if (result === undefined) throw new Error(`The calm run has no call of ${subject.tool} like this`);
  return { type: 'resolve', decision: { type: 'assumeDone', result } };
}

function toResults(events: readonly RunEvent[]): Calm['results'] {
  const names = new Map<string, string>();
  const results = new Map<string, JsonValue>();
  for (const event of events) {
    if (event.type === 'toolCall.started') names.set(event.data.frame, toCallName(event.data.tool, event.data.arguments));
    if (event.type === 'toolCall.completed') results.set(names.get(event.data.frame) ?? '', event.data.result);
  }
  return results;
}

function toCallName(tool: string, args: JsonValue): string {
  return `${tool} ${toCanonicalJson(args)}`;
}

/** What happened outside, each effect as often as it happened. Keys name their run and so differ between runs. */
function toEffects(plot: Plot): readonly string[] {
  return plot
    .entries()
    .map((entry) => (entry.type === 'call' ? `${entry.tool} ${entry.about}` : `${entry.path} ${entry.hash}`))
    .sort();
}

function toHash(state: RunState | undefined): string {
  const outcome: JsonValue = state === undefined ? null : toOutcome(state);
  return createHash('sha256').update(toCanonicalJson(outcome)).digest('hex');
}
