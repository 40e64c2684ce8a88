import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { createRunWorld, type FakeTool, type RunWorld } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const paying = (policy: { maxAttempts?: number; timeoutMs?: number } = {}) =>
  toDocument(
    {
      payment: { kind: 'tool', config: { tool: 'pay', arguments: { amount: 1 } }, policy },
      result: { kind: 'output', config: { name: 'text' } },
    },
    ['payment.result->result.value'],
  );

const turns = () => new Promise((resolve) => setImmediate(resolve));

async function isAsked(world: RunWorld): Promise<string> {
  while (world.runs.openApprovals().length === 0) await turns();
  return world.runs.openApprovals()[0]?.approvalId ?? '';
}

const timesOut: FakeTool = {
  effect: 'neither',
  run: () => {
    throw new HeddleError('tool.timedOut', 'Too slow');
  },
};

describe('a call whose outcome is unknown', () => {
  it('is asked about again when it was tried again and got lost again, though the host died before it could ask', async () => {
    const lost = async (dieAfterEvents: number) => {
      const world = createRunWorld({ tools: { pay: timesOut }, dieAfterEvents });
      const runId = await world.start(paying());
      await world.runs.decide(runId, await isAsked(world), { type: 'resolve', decision: { type: 'retry' } }, 'me').catch(() => undefined);
      return { world, runId };
    };
    const calm = await lost(1000);
    // The question may be open a moment before the doubt is on disk.
    const listDoubts = () =>
      calm.world.events(calm.runId).flatMap(({ type }, index) => (type === 'toolCall.outcomeUnknown' ? [index] : []));
    while (listDoubts().length < 2) await turns();
    const secondDoubt = (listDoubts()[1] as number) + 1;

    const { world, runId } = await lost(secondDoubt);
    await world.died;
    await world.reopen();
    await world.runs.recover();
    expect(await isAsked(world)).toBe('a2');
    expect((await world.settled(runId)).status).toBe('waiting');
    expect(world.ledger).toHaveLength(2);
  });

  it('stays in doubt when the run is cancelled before a person has answered', async () => {
    const world = createRunWorld({ tools: { pay: timesOut } });
    const runId = await world.start(paying());
    await isAsked(world);
    await world.runs.cancel(runId, 'enough');
    expect((await world.settled(runId)).status).toBe('cancelled');
    expect(world.events(runId).find((event) => event.type === 'toolCall.failed')).toMatchObject({
      data: { error: { code: 'tool.outcomeUnknown' } },
    });
  });

  it('is asked about, not tried again by its node, when the tool ended in a bug', async () => {
    const world = createRunWorld({
      tools: {
        pay: {
          effect: 'neither',
          run: () => {
            throw new TypeError('undefined is not a payment');
          },
        },
      },
    });
    const state = await world.settled(await world.start(paying({ maxAttempts: 3 })));
    expect(state).toMatchObject({ status: 'waiting', approvals: { a1: { subject: { type: 'outcomeUnknown' } } } });
    expect(world.ledger).toHaveLength(1);
  });
});

describe('a call that its node stops', () => {
  const stuck: FakeTool = { effect: 'neither', run: () => new Promise(() => undefined) };

  it('is not made again by a retry when it was at work and may have taken effect', async () => {
    const world = createRunWorld({ tools: { pay: stuck } });
    const runId = await world.start(paying({ maxAttempts: 3, timeoutMs: 1000 }));
    while (world.ledger.length === 0) await turns();
    await world.clock.advance(1000);
    expect(await world.settled(runId)).toMatchObject({ status: 'failed', error: { code: 'node.timedOut' } });
    expect(world.ledger).toHaveLength(1);
  });

  it('leaves its doubt in the journal when the host dies over it', async () => {
    const world = createRunWorld({ tools: { pay: stuck }, dieAfterEvents: 5 });
    const runId = await world.start(paying({ maxAttempts: 3, timeoutMs: 1000 }));
    while (world.ledger.length === 0) await turns();
    await world.clock.advance(1000);
    await world.died;
    await world.reopen();
    expect(world.events(runId).at(-1)?.type).toBe('toolCall.failed');
    await world.runs.recover();
    expect(await world.settled(runId)).toMatchObject({ status: 'failed', error: { code: 'tool.outcomeUnknown' } });
    expect(world.ledger).toHaveLength(1);
  });
});

describe('a call that waits for its turn', () => {
  it('leaves no doubt when its node runs out of time before it began', async () => {
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const world = createRunWorld({
      maxParallelCalls: 1,
      tools: {
        hold: {
          run: () => {
            enter();
            return new Promise(() => undefined);
          },
        },
        pay: { effect: 'neither', run: () => 'paid' },
      },
    });
    const document = toDocument(
      {
        holder: { kind: 'tool', config: { tool: 'hold' }, priority: 1, policy: { timeoutMs: 1500, maxAttempts: 1, onFailure: 'skip' } },
        payment: { kind: 'tool', config: { tool: 'pay' }, policy: { timeoutMs: 1000, maxAttempts: 2, backoffMs: 1000 } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['payment.result->result.value'],
    );
    const runId = await world.start(document);
    await entered;
    await turns();
    await world.clock.advance(3000);
    expect(await world.settled(runId)).toMatchObject({ status: 'succeeded', outputs: { text: 'paid' } });
    expect(world.ledger.map((entry) => entry.tool)).toEqual(['hold', 'pay']);
  });
});
