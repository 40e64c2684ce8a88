import { describe, expect, it } from 'vitest';
import type { Runs } from '#main/runtime/runs.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { toOutcome } from '#shared/run/summary.ts';
import { createRunWorld } from '../support/run-world.ts';
import { driveToEnd } from './attentive-person.ts';
import { expectEachPaidOnce, expectOneEnd, runCalmly, runDying } from './deaths.ts';
import { referenceWorkflows } from './reference-workflows.ts';

let boundaries = 0;

/** How many events after the first death the second and third come. */
const laterDeaths = [[], [1], [2], [3], [5], [1, 1], [2, 3], [1, 2, 1]] as const;

describe.each(referenceWorkflows)('$name', (scenario) => {
  it('comes to the same end after kills at every event, and during recovery up to three deep', async () => {
    const calm = await runCalmly(scenario);
    expect(calm.keys.size).toBe(calm.calls);
    for (let deadAfter = 1; deadAfter < calm.total; deadAfter += 1) {
      for (const again of laterDeaths) {
        const when = `after event ${deadAfter}${again.map((count) => `, then after ${count} more`).join('')}`;
        const { world, runId, end } = await runDying(scenario, [deadAfter, ...again]);
        boundaries += 1;
        expect(toOutcome(end), when).toEqual(calm.outcome);
        expect(foldRun(world.events(runId)), when).toEqual(end);
        expectEachPaidOnce(world, when);
        expect(new Set(world.ledger.map((entry) => entry.key)), when).toEqual(calm.keys);
      }
    }
  });

  const commands: readonly (readonly [string, (runs: Runs, runId: string) => Promise<unknown>, 'same' | 'cancelled'])[] = [
    ['cancelled', (runs, runId) => runs.cancel(runId, 'enough'), 'cancelled'],
    ['undone', (runs, runId) => runs.compensate(runId, 'enough', 'me'), 'cancelled'],
    ['interrupted, and told to go on', (runs, runId) => interruptAndGoOn(runs, runId, 'finish'), 'same'],
    ['interrupted at once, and told to go on', (runs, runId) => interruptAndGoOn(runs, runId, 'abandon'), 'same'],
    ['steered to another budget', (runs, runId) => runs.steer(runId, [{ type: 'budget', budgetUsd: 100 }], 'test'), 'same'],
    [
      'cancelled and interrupted at once',
      (runs, runId) => Promise.allSettled([runs.interrupt(runId, 'abandon', 'both', 'test'), runs.cancel(runId, 'enough')]),
      'cancelled',
    ],
  ];

  it.each(commands)('has exactly one end when it is %s after any event', async (_name, command, expected) => {
    const calm = await runCalmly(scenario);
    for (let commandAfter = 1; commandAfter < calm.total; commandAfter += scenario.name.includes('50') ? 7 : 1) {
      const when = `after event ${commandAfter}`;
      const world = createRunWorld(scenario.world());
      let commanded: Promise<unknown> | undefined;
      world.store.onCommitted((events) => {
        if (commanded === undefined && events.some(({ seq }) => seq >= commandAfter))
          commanded = Promise.resolve().then(() => command(world.runs, 'run-1').catch(() => undefined));
      });
      const runId = await world.start(scenario.document, { subworkflows: scenario.subworkflows ?? {}, part: scenario.part ?? null });
      const end = await driveToEnd(world, runId);
      await commanded;
      const isCancelled = world.events(runId).some(({ type }) => type === 'run.cancelRequested' || type === 'run.compensationRequested');
      if (expected === 'cancelled' && isCancelled) expect(end.status, when).toBe('cancelled');
      else expect(toOutcome(end), when).toEqual(calm.outcome);
      expectEachPaidOnce(world, when);
      await expectOneEnd(world, runId, end, when);
    }
  });
});

it('the matrix has at least 3,000 boundary points', () => {
  console.info(`crash matrix: ${boundaries} boundary points over ${referenceWorkflows.length} workflows`);
  expect(referenceWorkflows.length).toBeGreaterThanOrEqual(12);
  expect(boundaries).toBeGreaterThanOrEqual(3_000);
});

async function interruptAndGoOn(runs: Runs, runId: string, mode: 'finish' | 'abandon'): Promise<void> {
  await runs.interrupt(runId, mode, 'a look', 'test');
  await runs.continue(runId, 'test');
}
