import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { schedulingSettingsSchema } from '#shared/run/lane-settings.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { HookDeclaration, WorkflowDocument } from '#shared/workflow/document.ts';
import { createRunWorld, type FakeTool, type RunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const tool = (name: string, more = {}) => ({ kind: 'tool' as const, config: { tool: name, arguments: { from: name } }, ...more });
const given: FakeTool = { run: () => 'given' };
const failing: FakeTool = {
  run: () => {
    throw new HeddleError('tool.failed', 'It broke');
  },
};
const typesOf = (world: RunWorld, runId: string) => world.events(runId).map(({ type }) => type);
const countOf = (world: RunWorld, runId: string, type: string) => typesOf(world, runId).filter((other) => other === type).length;

/** A tool whose calls wait until they are let through, and which tells when the first has come. */
function createSlowTool(value: unknown = 'given') {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const run = async () => {
    reach();
    await opened;
    return value;
  };
  return { open, reached, tool: { effect: 'idempotent', run } as unknown as FakeTool };
}

function withHook(document: WorkflowDocument, hook: Pick<HookDeclaration, 'point'> & Partial<HookDeclaration>): WorkflowDocument {
  return { ...document, hooks: [{ id: 'guard', action: { type: 'code', source: 'return null;' }, ...hook }] };
}

describe('a run that is steered', () => {
  it('does not queue a node again that waits in its lane', async () => {
    const slow = createSlowTool();
    const scheduling = schedulingSettingsSchema.parse({ workers: { min: 1, max: 1 } });
    const world = createRunWorld({ tools: { work: slow.tool }, scheduling });
    const runId = await world.start(toDocument({ first: tool('work'), second: tool('work') }, []));
    await slow.reached;
    await world.runs.steer(runId, [{ type: 'budget', budgetUsd: 5 }], 'test');
    slow.open();
    const state = await world.settled(runId);
    expect(state.status).toBe('succeeded');
    expect([countOf(world, runId, 'node.queued'), countOf(world, runId, 'node.started'), world.ledger.length]).toEqual([1, 2, 2]);
  });

  it('does not try a node twice that waits for its next attempt', async () => {
    const world = createRunWorld({ tools: { work: failing } });
    const runId = await world.start(toDocument({ a: tool('work', { policy: { maxAttempts: 2, backoffMs: 1000 } }) }, []));
    await world.clock.waitForTimers(1);
    await world.runs.steer(runId, [{ type: 'budget', budgetUsd: 5 }], 'test');
    expect(world.clock.pendingTimers).toBe(1);
    await world.clock.advance(1000);
    expect((await world.settled(runId)).status).toBe('failed');
    expect(world.ledger).toHaveLength(2);
  });

  it('while a node waits for its next attempt is forked with that attempt steered too', async () => {
    const work: FakeTool = {
      effect: 'neither',
      run: ({ from }) => {
        if (from === 'work') throw new HeddleError('tool.failed', 'Not like this');
        return `from ${String(from)}`;
      },
    };
    const world = createRunWorld({ tools: { work } });
    const document = toDocument(
      {
        a: tool('work', { policy: { maxAttempts: 2, backoffMs: 1000 } }),
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['a.result->result.value'],
    );
    const origin = await world.start(document);
    await world.clock.waitForTimers(1);
    const config = { tool: 'work', arguments: { from: 'elsewhere' } };
    await world.runs.steer(origin, [{ type: 'config', workflow: null, node: 'a', config }], 'test');
    await world.clock.advance(1000);
    expect((await world.settled(origin)).outputs).toEqual({ text: 'from elsewhere' });
    const done = world.ledger.length;
    const { lastSeq } = world.runs.summary(origin);
    const { runId } = await world.runs.fork({ runId: origin, atSeq: lastSeq, edits: [], reuse: 'unaffected', startedBy: 'test' });
    await world.clock.waitForTimers(1);
    await world.clock.advance(1000);
    expect((await world.settled(runId)).outputs).toEqual({ text: 'from elsewhere' });
    // What had failed is tried again; what held in the end is taken over.
    expect(world.ledger.slice(done).map(({ args }) => args.from)).toEqual(['work']);
    const steerings = world.events(runId).filter(({ type }) => type === 'run.steered');
    expect(steerings.map(({ data }) => data)).toMatchObject([{ by: 'fork', changes: [{ type: 'config', node: 'a' }] }]);
  });
});

describe('a run that has cost its budget', () => {
  it('is held before the next call of an agent, and goes on with more', async () => {
    const world = createRunWorld({
      model: ({ messages }) => {
        const seen = messages.findLast(({ role }) => role === 'tool');
        return seen === undefined ? toAnswer('', [{ name: 'look', arguments: {} }]) : toAnswer(`saw ${seen.text}`);
      },
      tools: { look: given },
    });
    const document = toDocument(
      {
        helper: { kind: 'agent', config: { model: 'test/model', prompt: 'Look', tools: [{ name: 'look' }] } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['helper.text->result.value'],
    );
    const runId = await world.start(document, { budgetUsd: 0.001 });
    const held = await world.settled(runId);
    expect(held).toMatchObject({ status: 'interrupted', interrupt: { mode: 'finish', reason: 'The run has cost its budget of $0.001.' } });
    expect([held.usage.modelCalls, world.ledger.length]).toEqual([1, 0]);
    await expect(world.runs.continue(runId, 'test')).rejects.toMatchObject({ code: 'run.overBudget' });
    await world.runs.steer(runId, [{ type: 'budget', budgetUsd: 1 }], 'test');
    await world.runs.continue(runId, 'test');
    expect((await world.settled(runId)).outputs).toEqual({ text: 'saw given' });
  });
});

describe('an error that a hook is asked about', () => {
  const document = withHook(toDocument({ a: tool('work') }, []), { point: 'onError' });

  it.each([
    ['may be told otherwise', '{"change": {"message": "It is Sunday"}}', 'It is Sunday'],
    ['stays as it was when there is nothing to say', 'null', 'It broke'],
    ['stops the run with both when the hook refuses', '{"veto": "nothing helps"}', 'It broke (The hook guard refused: nothing helps)'],
  ])('%s', async (_what, expression, message) => {
    const world = createRunWorld({ tools: { work: failing } });
    const runId = await world.start(withHook(document, { point: 'onError', action: { type: 'expression', expression } }));
    expect(await world.settled(runId)).toMatchObject({ status: 'failed', error: { code: 'tool.failed', message } });
  });

  it('is none any more when the run was cancelled meanwhile', async () => {
    const slow = createSlowTool({ value: null });
    const world = createRunWorld({ tools: { work: failing, run_code: slow.tool } });
    const runId = await world.start(document);
    await slow.reached;
    await world.runs.cancel(runId, 'enough');
    const state = await world.settled(runId);
    expect([state.status, findNodeState(state, 'a')?.status]).toEqual(['cancelled', 'cancelled']);
    expect(foldRun(world.events(runId))).toEqual(state);
  });
});

describe('while the hooks before a run are asked', () => {
  const document = withHook(toDocument({ a: tool('work') }, []), { point: 'beforeRun' });

  it('an interrupt that is taken back changes nothing, and they are asked once', async () => {
    const slow = createSlowTool({ value: null });
    const world = createRunWorld({ tools: { work: given, run_code: slow.tool } });
    const runId = await world.start(document);
    await slow.reached;
    await world.runs.interrupt(runId, 'finish', 'wait', 'test');
    await world.runs.continue(runId, 'test');
    slow.open();
    expect((await world.settled(runId)).status).toBe('succeeded');
    expect(world.ledger.map((call) => call.tool)).toEqual(['run_code', 'work']);
  });

  it('an interrupt holds what they let begin, until the run is told to go on', async () => {
    const slow = createSlowTool({ value: null });
    const world = createRunWorld({ tools: { work: given, run_code: slow.tool } });
    const runId = await world.start(document);
    await slow.reached;
    await world.runs.interrupt(runId, 'finish', 'wait', 'test');
    slow.open();
    while (countOf(world, runId, 'hook.completed') === 0) await turn();
    expect(await world.settled(runId)).toMatchObject({ status: 'interrupted', activeNodes: 0 });
    expect(typesOf(world, runId)).toEqual(['run.started', 'run.interruptRequested', 'run.interrupted', 'hook.completed']);
    await world.runs.continue(runId, 'test');
    expect((await world.settled(runId)).status).toBe('succeeded');
    expect(world.ledger.map((call) => call.tool)).toEqual(['run_code', 'work']);
  });
});

describe('an attempt', () => {
  it('that an interrupt drops in the moment in which the run is cancelled ends with the run', async () => {
    const slow = createSlowTool();
    const world = createRunWorld({ tools: { work: slow.tool } });
    const runId = await world.start(toDocument({ a: tool('work'), b: tool('work') }, ['a.result->b.in']));
    await slow.reached;
    await Promise.all([world.runs.interrupt(runId, 'abandon', 'now', 'me'), world.runs.cancel(runId, 'enough')]);
    const state = await world.settled(runId);
    expect([state.status, findNodeState(state, 'a')?.status, findNodeState(state, 'b')?.status]).toEqual([
      'cancelled',
      'cancelled',
      'pending',
    ]);
    expect(world.ledger).toHaveLength(1);
    expect(foldRun(world.events(runId))).toEqual(state);
  });

  it('that an interrupt drops in the moment in which the run is told to go on is taken up again', async () => {
    const slow = createSlowTool();
    const world = createRunWorld({ tools: { work: slow.tool } });
    const runId = await world.start(toDocument({ a: tool('work') }, []));
    await slow.reached;
    await Promise.all([world.runs.interrupt(runId, 'abandon', 'now', 'me'), world.runs.continue(runId, 'me')]);
    slow.open();
    const state = await world.settled(runId);
    expect([state.status, countOf(world, runId, 'node.started'), world.ledger.length]).toEqual(['succeeded', 1, 2]);
  });

  it('whose next try is due while the run is held is made when it is told to go on', async () => {
    const world = createRunWorld({ tools: { work: failing } });
    const runId = await world.start(toDocument({ a: tool('work', { policy: { maxAttempts: 2, backoffMs: 1000 } }) }, []));
    await world.clock.waitForTimers(1);
    await world.runs.interrupt(runId, 'finish', 'wait', 'me');
    await world.clock.advance(5000);
    expect([(await world.settled(runId)).status, world.ledger.length]).toEqual(['interrupted', 1]);
    await world.runs.continue(runId, 'me');
    await world.clock.waitForTimers(1);
    await world.clock.advanceToNext();
    expect([(await world.settled(runId)).status, world.ledger.length]).toEqual(['failed', 2]);
  });

  it('of a host that died waits for room like any other before it goes on', async () => {
    const slow = createSlowTool();
    const scheduling = schedulingSettingsSchema.parse({ workers: { min: 1, max: 1 } });
    const world = createRunWorld({ tools: { work: slow.tool }, scheduling });
    // Whoever waits for a person leaves its place to the other.
    const asking = { ...tool('work'), config: { tool: 'work', arguments: { from: 'a' }, approval: 'always' } };
    const runId = await world.start(toDocument({ a: asking, b: tool('work') }, []));
    await slow.reached;
    await world.reopen();
    await world.runs.recover();
    slow.open();
    await world.settled(runId);
    await world.runs.decide(runId, 'a1', { type: 'grant' }, 'test');
    expect((await world.settled(runId)).status).toBe('succeeded');
    expect([countOf(world, runId, 'node.started'), countOf(world, runId, 'approval.requested')]).toEqual([2, 1]);
    expect(world.ledger.map(({ args }) => args.from)).toEqual(['work', 'work', 'a']);
  });
});
