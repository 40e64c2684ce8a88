import { describe, expect, it } from 'vitest';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toOutcome } from '#shared/run/summary.ts';
import { createRunWorld } from '../support/run-world.ts';
import { type Decide, driveToEnd } from './attentive-person.ts';
import { expectEachPaidOnce, expectOneEnd, runCalmly, runDying } from './deaths.ts';
import { scenarios } from './scenarios.ts';

describe.each(scenarios)('$name', (scenario) => {
  it.each(['ask', 'all', 'none'] as const)(
    'comes to the same end, with no effect lost or doubled, however often the host dies after any event (approvals: %s)',
    async (approvalMode) => {
      const calm = await runCalmly(scenario, approvalMode);
      expect(calm.total).toBeGreaterThan(10);
      expect(calm.keys.size).toBe(calm.calls);
      for (let deadAfter = 1; deadAfter < calm.total; deadAfter += 1) {
        const when = `after event ${deadAfter}`;
        const { world, runId, end } = await runDying(scenario, [deadAfter], approvalMode);
        expect(toOutcome(end), when).toEqual(calm.outcome);
        expect(foldRun(world.events(runId)), when).toEqual(end);
        expectEachPaidOnce(world, when);
        expect(new Set(world.ledger.map((entry) => entry.key)), when).toEqual(calm.keys);
      }
    },
  );

  it('comes to the same end when the host dies again while it recovers, and a third time', async () => {
    const calm = await runCalmly(scenario);
    for (let deadAfter = 1; deadAfter < calm.total; deadAfter += 1) {
      for (const again of [[1], [2], [3], [4], [1, 2], [2, 1]]) {
        const when = `after event ${deadAfter}, then after ${again.join(' and ')} more`;
        const { world, runId, end } = await runDying(scenario, [deadAfter, ...again]);
        expect(toOutcome(end), when).toEqual(calm.outcome);
        expect(foldRun(world.events(runId)), when).toEqual(end);
        expectEachPaidOnce(world, when);
      }
    }
  });

  it('ends once when it is cancelled after any event, and stays cancelled when the host dies over it', async () => {
    const calm = await runCalmly(scenario);
    for (let cancelAfter = 1; cancelAfter <= calm.total; cancelAfter += 1) {
      for (const diesIn of [undefined, 1, 2]) {
        const when = `cancelled after event ${cancelAfter}, dead ${diesIn ?? 'never'} later`;
        const world = createRunWorld({
          ...scenario.world(),
          ...(diesIn === undefined ? {} : { dieAfterEvents: cancelAfter + diesIn }),
        });
        world.store.onCommitted((events) => {
          if (events.some(({ seq }) => seq === cancelAfter))
            queueMicrotask(() => void world.runs.cancel('run-1', 'enough').catch(() => undefined));
        });
        const runId = await world.start(scenario.document);
        const dying = driveToEnd(world, runId);
        await Promise.race([world.died, dying]);
        dying.catch(() => undefined);
        const isRequested = () => world.events(runId).some(({ type }) => type === 'run.cancelRequested');
        let end: RunState;
        if (diesIn === undefined) end = await dying;
        else {
          await world.reopen();
          await world.runs.recover();
          end = await driveToEnd(world, runId);
        }
        if (isRequested()) expect(end.status, when).toBe('cancelled');
        else expect(toOutcome(end), when).toEqual(calm.outcome);
        expectEachPaidOnce(world, when);
        await expectOneEnd(world, runId, end, when);
      }
    }
  });

  it.each(['the same answer', 'a denial'])('takes one of two decisions about each question when %s comes with the first', async (other) => {
    const calm = await runCalmly(scenario);
    const world = createRunWorld(scenario.world());
    const runId = await world.start(scenario.document);
    const twice: Decide = async (runs, approval, answer) => {
      const denial = approval.subject.type === 'outcomeUnknown' ? answer : ({ type: 'deny', reason: 'no' } as const);
      const decisions = await Promise.allSettled([
        runs.decide(runId, approval.approvalId, answer, 'me'),
        runs.decide(runId, approval.approvalId, other === 'a denial' ? denial : answer, 'you'),
      ]);
      expect(decisions.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const refusal = decisions.find((decision) => decision.status === 'rejected');
      expect(refusal?.reason).toMatchObject({ code: 'approval.alreadyDecided' });
      const counted = decisions[0]?.status === 'fulfilled' ? 'me' : 'you';
      expect(runs.state(runId).approvals[approval.approvalId]?.decision).toMatchObject({ by: counted });
    };
    const end = await driveToEnd(world, runId, twice);
    if (other === 'the same answer') expect(toOutcome(end)).toEqual(calm.outcome);
    await expectOneEnd(world, runId, end, other);
  });

  it.each(['approve, cancel', 'cancel, approve'])(
    'ends once, cancelled, when at any question two people %s at the same moment',
    async (order) => {
      for (let question = 1; question <= 3; question += 1) {
        const world = createRunWorld(scenario.world());
        const runId = await world.start(scenario.document);
        let asked = 0;
        const both: Decide = async (runs, { approvalId }, answer) => {
          asked += 1;
          const approve = () => runs.decide(runId, approvalId, answer, 'me');
          const cancel = () => runs.cancel(runId, 'enough');
          const acts = asked !== question ? [approve] : order === 'approve, cancel' ? [approve, cancel] : [cancel, approve];
          await Promise.allSettled(acts.map((act) => act()));
        };
        const paid = () => world.ledger.filter(({ tool }) => tool === 'pay' || tool === 'send').length;
        const end = await driveToEnd(world, runId, both);
        if (asked >= question) expect(end.status).toBe('cancelled');
        expect(paid()).toBeLessThanOrEqual(3);
        await expectOneEnd(world, runId, end, `${order} at question ${question}`);
      }
    },
  );
});
