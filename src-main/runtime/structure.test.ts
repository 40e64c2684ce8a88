import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { createRunWorld, type FakeTool } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const input = (...names: string[]) => ({
  kind: 'input' as const,
  config: { fields: names.map((name) => ({ name, type: 'any' as const })) },
});

/** Calls the tool `work` with its only input and gives what came of it. */
const part = toDocument(
  {
    given: input('x'),
    work: { kind: 'tool', config: { tool: 'work', arguments: { x: '{{ given.x }}' } } },
    result: { kind: 'output', config: { name: 'y' } },
  },
  ['given.x->work.in', 'work.result->result.value'],
);

const subworkflows = { 'part.heddle.json': part };

function mapping(config: JsonObject, policy = {}) {
  return toDocument(
    {
      list: input('items'),
      each: { kind: 'map', config: { workflow: 'part.heddle.json', ...config }, policy },
      result: { kind: 'output', config: { name: 'results' } },
      failures: { kind: 'output', config: { name: 'failures' } },
    },
    ['list.items->each.items', 'each.results->result.value', 'each.failures->failures.value'],
  );
}

const double: FakeTool = { effect: 'neither', run: ({ x }) => Number(x) * 2 };
const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a map', () => {
  it('runs its workflow for each item and gives the results in the order of the items', async () => {
    const world = createRunWorld({ tools: { work: double } });
    const state = await world.settled(await world.start(mapping({ parallel: 3 }), { inputs: { items: oneTo(7) }, subworkflows }));
    expect(state.outputs).toEqual({ results: [2, 4, 6, 8, 10, 12, 14], failures: [] });
    expect(foldRun(world.events(state.runId))).toEqual(state);
    expect([state.activeNodes, state.blockedNodes, state.atWork, state.unsettledNodes]).toEqual([0, 0, 0, 0]);
    expect(state.usage.toolCalls).toBe(7);
    expect(findNodeState(state, 'each')).toMatchObject({ usage: { toolCalls: 7 } });
    expect(findNodeState(state, 'each#1/i6/work')).toMatchObject({ status: 'succeeded', outputs: { result: 14 } });
  });

  it('has no more items at work than it may', async () => {
    let atWork = 0;
    let most = 0;
    const work: FakeTool = {
      run: async ({ x }) => {
        most = Math.max(most, ++atWork);
        await Promise.resolve();
        atWork -= 1;
        return x ?? null;
      },
    };
    const world = createRunWorld({ tools: { work } });
    await world.settled(await world.start(mapping({ parallel: 4 }), { inputs: { items: oneTo(50) }, subworkflows }));
    expect(most).toBe(4);
  });

  it('keeps what failed beside what succeeded', async () => {
    const work: FakeTool = {
      run: ({ x }) => {
        if (x === 2) throw new HeddleError('tool.failed', 'Two is bad');
        return x ?? null;
      },
    };
    const world = createRunWorld({ tools: { work } });
    const state = await world.settled(await world.start(mapping({}), { inputs: { items: [1, 2, 3] }, subworkflows }));
    expect(state.status).toBe('succeeded');
    expect(state.outputs).toMatchObject({ results: [1, 3], failures: [{ index: 1, item: 2, error: { code: 'tool.failed' } }] });
  });

  it('runs only the items again that failed when it is tried again', async () => {
    let isBroken = true;
    const work: FakeTool = {
      effect: 'neither',
      run: ({ x }) => {
        if (x === 2 && isBroken) {
          isBroken = false;
          throw new HeddleError('tool.failed', 'Two is bad today');
        }
        return x ?? null;
      },
    };
    const world = createRunWorld({ tools: { work } });
    const document = mapping({ onItemFailure: 'fail', parallel: 1 }, { maxAttempts: 2, backoffMs: 10 });
    const runId = await world.start(document, { inputs: { items: [1, 2, 3] }, subworkflows });
    await world.clock.waitForTimers(1);
    await world.clock.advance(10);
    const state = await world.settled(runId);
    expect(state.outputs).toEqual({ results: [1, 2, 3], failures: [] });
    expect(world.ledger.map(({ args }) => args.x)).toEqual([1, 2, 2, 3]);
  });

  it('stops the others when the first results are enough', async () => {
    const world = createRunWorld({ tools: { work: double } });
    const document = mapping({ parallel: 2, aggregation: 'first', count: 3 });
    const state = await world.settled(await world.start(document, { inputs: { items: oneTo(100) }, subworkflows }));
    expect(state.outputs).toMatchObject({ results: [2, 4, 6] });
    expect(world.ledger.length).toBeLessThan(6);
    expect([state.activeNodes, state.atWork]).toEqual([0, 0]);
  });

  it('takes the result that enough items agree on, joins records, and reduces by an expression', async () => {
    const run = async (config: JsonObject, items: number[]) => {
      const world = createRunWorld({ tools: { work: { run: ({ x }) => Number(x) % 3 } } });
      return (await world.settled(await world.start(mapping(config), { inputs: { items }, subworkflows }))).outputs?.results;
    };
    expect(await run({ aggregation: 'quorum', count: 3, parallel: 1 }, [1, 2, 4, 5, 7, 3])).toBe(1);
    expect(await run({ aggregation: 'reduce', reduce: 'total == null ? result : total + result' }, [1, 2, 3, 4])).toBe(4);
    expect(await run({ aggregation: 'merge' }, [1, 2])).toEqual({ y: 2 });
  });

  it('over an empty list is done at once, and over no list says what it got', async () => {
    const world = createRunWorld({ tools: { work: double } });
    expect((await world.settled(await world.start(mapping({}), { inputs: { items: [] }, subworkflows }))).outputs).toEqual({
      results: [],
      failures: [],
    });
    const failed = await world.settled(await world.start(mapping({}), { inputs: { items: 'abc' }, subworkflows }));
    expect(failed.error?.message).toContain('gives a string');
  });

  it('is cancelled with everything in it, and nothing in it starts afterwards', async () => {
    const { promise: never } = Promise.withResolvers<null>();
    const world = createRunWorld({ tools: { work: { effect: 'idempotent', run: () => never } } });
    const runId = await world.start(mapping({ parallel: 5 }), { inputs: { items: oneTo(20) }, subworkflows });
    await world.clock.advance(1);
    await world.runs.cancel(runId, 'enough');
    const state = await world.settled(runId);
    expect(state.status).toBe('cancelled');
    const cancelled = world.events(runId).filter(({ type }) => type === 'scope.cancelled');
    expect(cancelled).toHaveLength(5);
    expect([state.activeNodes, state.blockedNodes, state.atWork]).toEqual([0, 0, 0]);
    expect(foldRun(world.events(runId))).toEqual(state);
  });

  it('that takes longer than it may is stopped in order, and fails', async () => {
    const { promise: never } = Promise.withResolvers<null>();
    const { promise: bothAtWork, resolve } = Promise.withResolvers<void>();
    const work: FakeTool = {
      effect: 'idempotent',
      run: ({ x }) => {
        if (x === 2) resolve();
        return never;
      },
    };
    const world = createRunWorld({ tools: { work } });
    const runId = await world.start(mapping({}, { timeoutMs: 500, maxAttempts: 1 }), { inputs: { items: [1, 2] }, subworkflows });
    await bothAtWork;
    await world.clock.advance(600);
    const state = await world.settled(runId);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'node.timedOut' }, activeNodes: 0, atWork: 0 });
    expect(world.events(runId).filter(({ type }) => type === 'scope.cancelled')).toHaveLength(2);
  });
});

describe('a loop', () => {
  const looping = (config: JsonObject) =>
    toDocument(
      {
        given: input('x'),
        again: {
          kind: 'loop',
          config: { workflow: 'part.heddle.json', inputs: { x: '{{ last == null ? inputs.in : last.y }}' }, ...config },
        },
        result: { kind: 'output', config: { name: 'last' } },
        rounds: { kind: 'output', config: { name: 'rounds' } },
      },
      ['given.x->again.in', 'again.last->result.value', 'again.rounds->rounds.value'],
    );

  it('goes round with what the round before gave, until its condition holds', async () => {
    const world = createRunWorld({ tools: { work: double } });
    const runId = await world.start(looping({ until: 'last.y >= 40' }), { inputs: { x: 3 }, subworkflows });
    expect((await world.settled(runId)).outputs).toEqual({ last: { y: 48 }, rounds: 4 });
  });

  it('fails with words when it has used up its rounds', async () => {
    const world = createRunWorld({ tools: { work: double } });
    const state = await world.settled(await world.start(looping({ until: 'false', maxRounds: 3 }), { inputs: { x: 1 }, subworkflows }));
    expect(state.error).toMatchObject({ code: 'node.failed', message: expect.stringContaining('3 rounds') });
    expect(world.ledger).toHaveLength(3);
  });
});

describe('a subflow', () => {
  const calling = (workflow: string) =>
    toDocument(
      {
        given: input('x'),
        inner: { kind: 'subflow', config: { workflow, inputs: { x: '{{ given.x }}' } } },
        result: { kind: 'output', config: { name: 'y' } },
      },
      ['given.x->inner.in', 'inner.outputs->result.value'],
    );

  it('runs at any depth, with each workflow read once', async () => {
    const world = createRunWorld({ tools: { work: double } });
    const nested = { ...subworkflows, 'a.heddle.json': calling('b.heddle.json'), 'b.heddle.json': calling('part.heddle.json') };
    const state = await world.settled(await world.start(calling('a.heddle.json'), { inputs: { x: 4 }, subworkflows: nested }));
    expect(state.outputs).toEqual({ y: { y: { y: { y: 8 } } } });
    expect(findNodeState(state, 'inner#1/i0/inner#1/i0/inner#1/i0/work')).toMatchObject({ status: 'succeeded' });
  });

  it('fails its node with the error of what failed inside', async () => {
    const world = createRunWorld({
      tools: {
        work: {
          run: () => {
            throw new HeddleError('tool.failed', 'It broke');
          },
        },
      },
    });
    const state = await world.settled(await world.start(calling('part.heddle.json'), { inputs: { x: 4 }, subworkflows }));
    expect(state).toMatchObject({ status: 'failed', error: { code: 'tool.failed', message: 'It broke' }, failedNode: 'inner' });
  });
});

describe('waiting', () => {
  const pausing = toDocument(
    { given: input('x'), pause: { kind: 'delay', config: { seconds: '90' } }, result: { kind: 'output', config: { name: 'y' } } },
    ['given.x->pause.in', 'pause.value->result.value'],
  );

  it('for a time goes on counting while the host is away', async () => {
    const world = createRunWorld();
    const runId = await world.start(pausing, { inputs: { x: 1 } });
    await world.clock.waitForTimers(1);
    await world.clock.advance(60_000);
    await world.reopen();
    await world.clock.advance(20_000);
    await world.runs.recover();
    await world.clock.waitForTimers(1);
    await world.clock.advance(9_000);
    expect(world.runs.state(runId).status).toBe('running');
    await world.clock.advance(1_000);
    expect((await world.settled(runId)).outputs).toEqual({ y: 1 });
    expect(world.events(runId).filter(({ type }) => type === 'timer.started')).toHaveLength(1);
  });

  const signalled = (timeoutSeconds: number | null) =>
    toDocument(
      {
        ask: { kind: 'signal', config: { name: 'go', timeoutSeconds } },
        result: { kind: 'output', config: { name: 'got' } },
        late: { kind: 'output', config: { name: 'late' } },
      },
      ['ask.payload->result.value', 'ask.timedOut->late.value'],
    );

  it('for a signal says that it waits, also across a restart, and takes what comes', async () => {
    const world = createRunWorld();
    const runId = await world.start(signalled(null));
    expect((await world.settled(runId)).status).toBe('waiting');
    await world.reopen();
    await world.runs.recover();
    await world.runs.signal(runId, 'other', 1, 'test');
    await world.runs.signal(runId, 'go', { ok: true }, 'test');
    const state = await world.settled(runId);
    expect(state.outputs).toEqual({ got: { ok: true }, late: null });
    expect(state.keptSignals).toMatchObject([{ name: 'other' }]);
  });

  it('for a signal takes one that came before', async () => {
    const world = createRunWorld();
    const document = toDocument(
      {
        pause: { kind: 'delay', config: { seconds: '5' } },
        given: input('x'),
        ask: { kind: 'signal', config: { name: 'go' } },
        result: { kind: 'output', config: { name: 'got' } },
      },
      ['given.x->pause.in', 'pause.value->ask.in', 'ask.payload->result.value'],
    );
    const runId = await world.start(document, { inputs: { x: 1 } });
    await world.runs.signal(runId, 'go', 'early', 'test');
    await world.clock.advance(5_000);
    expect((await world.settled(runId)).outputs).toEqual({ got: 'early' });
  });

  it('for a signal ends when nothing comes in time', async () => {
    const world = createRunWorld();
    const runId = await world.start(signalled(30));
    await world.clock.advance(30_000);
    expect((await world.settled(runId)).outputs).toEqual({ got: null, late: null });
  });

  it('for a form refuses what does not fit, and goes on with what does', async () => {
    const world = createRunWorld();
    const document = toDocument(
      {
        form: { kind: 'form', config: { fields: [{ name: 'age', type: 'integer', required: true }] } },
        result: { kind: 'output', config: { name: 'values' } },
      },
      ['form.values->result.value'],
    );
    const runId = await world.start(document);
    await world.settled(runId);
    const [question] = world.runs.openApprovals();
    if (question === undefined) throw new Error('Nobody is asked');
    const answer = (value: JsonObject) => world.runs.decide(runId, question.approvalId, { type: 'grant', value }, 'user');
    await expect(answer({ age: 'old' })).rejects.toMatchObject({ code: 'approval.editInvalid' });
    await answer({ age: 44 });
    expect((await world.settled(runId)).outputs).toEqual({ values: { age: 44 } });
  });

  it.each([
    ['approve', { approved: 5 }],
    ['deny', { denied: 5 }],
  ] as const)('for an approval that nobody gives does %s in time', async (onTimeout, outputs) => {
    const world = createRunWorld();
    const document = toDocument(
      {
        given: input('x'),
        ask: { kind: 'approval', config: { timeoutSeconds: 60, onTimeout } },
        approved: { kind: 'output', config: { name: 'approved' } },
        denied: { kind: 'output', config: { name: 'denied' } },
      },
      ['given.x->ask.in', 'ask.approved->approved.value', 'ask.denied->denied.value'],
    );
    const runId = await world.start(document, { inputs: { x: 5 } });
    await world.settled(runId);
    await world.reopen();
    await world.runs.recover();
    await world.clock.waitForTimers(1);
    await world.clock.advance(60_000);
    const state = await world.settled(runId);
    expect(state.outputs).toEqual({ approved: null, denied: null, ...outputs });
  });
});
