import { expect } from 'vitest';
import type { ApprovalMode } from '#shared/run/events.ts';
import { listActive } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toOutcome } from '#shared/run/summary.ts';
import { createRunWorld, type RunWorld } from '../support/run-world.ts';
import { driveToEnd } from './attentive-person.ts';
import type { Scenario } from './scenarios.ts';

/** A run that nothing disturbs: what every disturbed one is compared with. */
export async function runCalmly({ document, subworkflows = {}, part, world: options }: Scenario, approvalMode: ApprovalMode = 'ask') {
  const world = createRunWorld(options());
  const runId = await world.start(document, { approvalMode, subworkflows, part: part ?? null });
  const outcome = toOutcome(await driveToEnd(world, runId));
  // A node that is tried again makes the same call: the same key, which is what a tool dedupes by.
  const calls =
    world.ledger.length -
    world.events(runId).filter((event) => event.type === 'node.failed' && event.data.consequence.type === 'retry').length;
  return { outcome, total: world.events(runId).length, calls, keys: new Set(world.ledger.map((entry) => entry.key)) };
}

/** The host dies after the first count of events, its successor after the second, and so on; the last one lives. */
export async function runDying(
  { document, subworkflows = {}, part, world: options }: Scenario,
  deaths: readonly number[],
  approvalMode: ApprovalMode = 'ask',
) {
  const [first = 0, ...more] = deaths;
  const world = createRunWorld({ ...options(), dieAfterEvents: first });
  const runId = await world.start(document, { approvalMode, subworkflows, part: part ?? null });
  let ending = driveToEnd(world, runId);
  for (const next of [...more, undefined]) {
    const { died } = world;
    const isDead = await Promise.race([died.then(() => true), ending.then(() => false)]);
    ending.catch(() => undefined);
    if (!isDead) break;
    await world.reopen(next);
    expect((await world.runs.recover()).resumed).toEqual([runId]);
    ending = driveToEnd(world, runId);
  }
  return { world, runId, end: await ending };
}

/** Nobody was paid the same twice. */
export function expectEachPaidOnce(world: RunWorld, when: string): void {
  const payments = world.ledger.filter((entry) => entry.tool === 'pay').map((entry) => JSON.stringify(entry.args));
  expect(payments.toSorted(), when).toEqual([...new Set(payments)].toSorted());
}

/** The run has one end, which is its last event; the journal says what was held live; and no host would take it up again. */
export async function expectOneEnd(world: RunWorld, runId: string, end: RunState, when: string): Promise<void> {
  const events = world.events(runId);
  const ends = events.filter(({ type }) => type === 'run.succeeded' || type === 'run.failed' || type === 'run.cancelled');
  expect(ends, when).toEqual([events.at(-1)]);
  expect(foldRun(events), when).toEqual(end);
  expect(end.openApprovals, when).toBe(0);
  expect([listActive(end).map(([address]) => address), end.atWork, end.activeNodes, end.blockedNodes], when).toEqual([[], 0, 0, 0]);
  await world.reopen();
  expect(await world.runs.recover(), when).toEqual({ resumed: [], refused: [] });
  expect(world.runs.summary(runId).status, when).toBe(end.status);
}
