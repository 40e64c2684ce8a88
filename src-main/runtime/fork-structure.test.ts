import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import type { ForkEdit } from '#shared/run/fork-origin.ts';
import { createRunWorld, type RunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const input = (...names: string[]) => ({
  kind: 'input' as const,
  config: { fields: names.map((name) => ({ name, type: 'any' as const })) },
});

/** Calls the tool `work` with its only input. */
const part = toDocument(
  {
    given: input('x'),
    work: { kind: 'tool', config: { tool: 'work', arguments: { x: '{{ given.x }}' } } },
    result: { kind: 'output', config: { name: 'y' } },
  },
  ['given.x->work.in', 'work.result->result.value'],
);
const subworkflows = { 'part.heddle.json': part };

async function forkOf(world: RunWorld, origin: string, edits: readonly ForkEdit[] = [], atSeq = world.runs.summary(origin).lastSeq) {
  const done = world.ledger.length;
  const { runId } = await world.runs.fork({ runId: origin, atSeq, edits, reuse: 'unaffected', startedBy: 'test' });
  const state = await world.settled(runId);
  return { state, effects: world.ledger.slice(done).map(({ args }) => args.x), report: world.runs.forkReport(runId) };
}

describe('a fork', () => {
  it('of a map does again the items that are new or had failed, wherever the others stand now', async () => {
    let isDown = true;
    const world = createRunWorld({
      tools: {
        work: {
          effect: 'neither',
          run: ({ x }) => {
            if (x === 3 && isDown) throw new HeddleError('tool.failed', 'No threes today');
            return Number(x) * 2;
          },
        },
      },
    });
    const mapping = toDocument(
      {
        list: input('items'),
        each: { kind: 'map', config: { workflow: 'part.heddle.json', parallel: 2 } },
        result: { kind: 'output', config: { name: 'results' } },
      },
      ['list.items->each.items', 'each.results->result.value'],
    );
    const origin = await world.start(mapping, { inputs: { items: [1, 2, 3] }, subworkflows });
    expect((await world.settled(origin)).outputs).toEqual({ results: [2, 4] });
    isDown = false;
    const { state, effects } = await forkOf(world, origin, [{ type: 'inputs', inputs: { items: [9, 1, 2, 3] } }]);
    expect(state.outputs).toEqual({ results: [18, 2, 4, 6] });
    expect(effects.toSorted()).toEqual([3, 9]);
  });

  it('of a loop goes on from the round in which an answer was edited', async () => {
    const world = createRunWorld({ tools: { work: { effect: 'neither', run: ({ x }) => Number(x) + 1 } } });
    const looping = toDocument(
      {
        count: {
          kind: 'loop',
          config: { workflow: 'part.heddle.json', inputs: { x: '{{ last == null ? 0 : last.y }}' }, until: 'last.y >= 4', maxRounds: 9 },
        },
        result: { kind: 'output', config: { name: 'rounds' } },
      },
      ['count.rounds->result.value'],
    );
    const origin = await world.start(looping, { subworkflows });
    expect((await world.settled(origin)).outputs).toEqual({ rounds: 4 });
    const { state, effects, report } = await forkOf(world, origin, [{ type: 'result', frame: 'count#1/i1/work#1/c1', result: 0 }]);
    expect(state.outputs).toEqual({ rounds: 6 });
    // Round 3 asks for what round 1 had asked for: a recording is taken once, and the effect of another round is as good.
    expect(report).toMatchObject({ edited: 1 });
    expect(effects.length + report.reused).toBe(5);
  });

  it('reuses what held in the end of a node that was tried several times, without waiting', async () => {
    let tries = 0;
    const world = createRunWorld({
      tools: {
        work: {
          effect: 'idempotent',
          run: () => {
            tries += 1;
            if (tries < 3) throw new HeddleError('tool.failed', 'Not yet');
            return 'at last';
          },
        },
      },
    });
    const document = toDocument(
      {
        work: { kind: 'tool', config: { tool: 'work', arguments: {} }, policy: { maxAttempts: 3, backoffMs: 1000 } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['work.result->result.value'],
    );
    const origin = await world.start(document);
    const ended = world.settled(origin);
    for (let wait = 0; wait < 2; wait += 1) {
      await world.clock.waitForTimers(1);
      await world.clock.advanceToNext();
    }
    await ended;
    const before = world.clock.nowMs();
    const { state, effects } = await forkOf(world, origin);
    expect(state).toMatchObject({ status: 'succeeded', outputs: { text: 'at last' } });
    expect([effects, world.clock.nowMs() - before]).toEqual([[], 0]);
    expect(state.nodes[0]).toMatchObject({ attempts: [{ attempt: 1 }] });
  });

  it('lets timers be over and signals be there at once, with another payload where that was edited', async () => {
    const world = createRunWorld();
    const document = toDocument(
      {
        begin: { kind: 'input', config: { fields: [{ name: 'x', type: 'any', default: 1 }] } },
        pause: { kind: 'delay', config: { seconds: '60' } },
        order: { kind: 'signal', config: { name: 'go', timeoutSeconds: null } },
        result: { kind: 'output', config: { name: 'order' } },
      },
      ['begin.x->pause.in', 'pause.value->order.in', 'order.payload->result.value'],
    );
    const origin = await world.start(document);
    await world.clock.waitForTimers(1);
    await world.clock.advance(60_000);
    await world.settled(origin);
    await world.runs.signal(origin, 'go', 'left', 'bob');
    expect((await world.settled(origin)).outputs).toEqual({ order: 'left' });
    const plain = await forkOf(world, origin);
    expect(plain.state.outputs).toEqual({ order: 'left' });
    expect(plain.report).toMatchObject({ reused: 2, ranAgain: 0 });
    const edited = await forkOf(world, origin, [{ type: 'signal', frame: 'order#1/w1', payload: 'right' }]);
    expect(edited.state.outputs).toEqual({ order: 'right' });
    const slower = {
      ...document,
      nodes: document.nodes.map((node) => (node.id === 'pause' ? { ...node, config: { seconds: '90' } } : node)),
    };
    const { runId } = await world.runs.fork({
      runId: origin,
      atSeq: 1,
      edits: [{ type: 'workflow', path: null, document: slower }],
      reuse: 'unaffected',
      startedBy: 'test',
    });
    await world.clock.waitForTimers(1);
    expect(world.runs.summary(runId).status).toBe('running');
    expect(world.runs.forkReport(runId).steps).toMatchObject([{ type: 'timer', decision: 'ranAgain', reason: { type: 'changed' } }]);
  });

  it('goes through a subflow: what is in it is taken over, and does again what an edit in it affects', async () => {
    const world = createRunWorld({ tools: { work: { effect: 'neither', run: ({ x }) => `${String(x)}!` } } });
    const document = toDocument(
      {
        given: input('x'),
        inner: { kind: 'subflow', config: { workflow: 'part.heddle.json', inputs: { x: '{{ given.x }}' } } },
        after: { kind: 'tool', config: { tool: 'work', arguments: { x: '{{ inner.outputs.y }}' } } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['given.x->inner.in', 'inner.outputs->after.in', 'after.result->result.value'],
    );
    const origin = await world.start(document, { inputs: { x: 'a' }, subworkflows });
    expect((await world.settled(origin)).outputs).toEqual({ text: 'a!!' });
    expect(await forkOf(world, origin)).toMatchObject({ state: { outputs: { text: 'a!!' } }, effects: [] });
    const inside = { type: 'result', frame: 'inner#1/i0/work#1/c1', result: 'b' } as const;
    const edited = await forkOf(world, origin, [inside]);
    expect(edited).toMatchObject({ state: { outputs: { text: 'b!' } }, effects: ['b'], report: { edited: 1, ranAgain: 1 } });
    const behind = await forkOf(world, origin, [{ type: 'result', frame: 'after#1/c1', result: 'c' }]);
    expect(behind).toMatchObject({ state: { outputs: { text: 'c' } }, effects: [] });
    const other = {
      ...part,
      nodes: part.nodes.map((node) =>
        node.id === 'work' ? { ...node, config: { tool: 'work', arguments: { x: '{{ given.x }}?' } } } : node,
      ),
    };
    const changed = await forkOf(world, origin, [{ type: 'workflow', path: 'part.heddle.json', document: other }]);
    expect(changed).toMatchObject({ state: { outputs: { text: 'a?!!' } }, effects: ['a?', 'a?!'] });
  });

  it('goes through a form as it was filled in, or as that was edited, and refuses what does not fit it', async () => {
    const world = createRunWorld({ tools: { work: { effect: 'neither', run: ({ x }) => `${String(x)}!` } } });
    const document = toDocument(
      {
        form: { kind: 'form', config: { fields: [{ name: 'age', type: 'integer', required: true }] } },
        work: { kind: 'tool', config: { tool: 'work', arguments: { x: '{{ form.values.age }}' } } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['form.values->work.in', 'work.result->result.value'],
    );
    const origin = await world.start(document);
    await world.settled(origin);
    await world.runs.decide(origin, 'a1', { type: 'grant', value: { age: 44 } }, 'ada');
    expect((await world.settled(origin)).outputs).toEqual({ text: '44!' });
    expect(await forkOf(world, origin)).toMatchObject({ state: { outputs: { text: '44!' } }, effects: [] });
    const granted = (value: JsonValue) =>
      forkOf(world, origin, [{ type: 'decision', frame: 'form#1', decision: { type: 'granted', value } }]);
    const edited = await granted({ age: 45 });
    expect(edited).toMatchObject({ state: { outputs: { text: '45!' } }, effects: [45], report: { edited: 1 } });
    expect(edited.state.approvals.a1?.decision).toEqual({ type: 'granted', by: 'fork: edited', value: { age: 45 }, isEdited: true });
    for (const value of [{}, { age: 'old' }, 45, null])
      await expect(granted(value)).rejects.toMatchObject({
        code: 'approval.editInvalid',
        message: expect.stringContaining('does not fit the form'),
      });
    const denied = await forkOf(world, origin, [{ type: 'decision', frame: 'form#1', decision: { type: 'denied', reason: 'no' } }]);
    expect(denied).toMatchObject({ state: { status: 'succeeded', outputs: { text: null } }, effects: [] });
  });

  it('refuses to grant what nobody could have granted there', async () => {
    const world = createRunWorld({ tools: { work: { effect: 'neither', approval: 'always', run: () => 'done' } } });
    const document = toDocument(
      {
        given: input('x'),
        agree: { kind: 'approval', config: { title: 'Go on?', isEditable: false } },
        work: { kind: 'tool', config: { tool: 'work', arguments: { x: 1 } } },
      },
      ['given.x->agree.in', 'agree.approved->work.in'],
    );
    const origin = await world.start(document, { inputs: { x: 1 }, approvalMode: 'all' });
    await world.settled(origin);
    const grant = (frame: string, value: JsonValue) =>
      forkOf(world, origin, [{ type: 'decision', frame, decision: { type: 'granted', value } }]);
    await expect(grant('agree#1', 'something else')).rejects.toMatchObject({ code: 'approval.editInvalid' });
    await expect(grant('work#1/c1', 'no arguments')).rejects.toMatchObject({ code: 'approval.editInvalid' });
    expect(world.runs.summaries()).toHaveLength(1);
  });

  it('is steered as its origin was, from where its origin was', async () => {
    const world = createRunWorld({ model: ({ model, messages }) => toAnswer(`${model}: ${messages.at(-1)?.text ?? ''}`) });
    const document = toDocument(
      {
        first: { kind: 'prompt', config: { model: 'test/a', prompt: 'one' } },
        agree: { kind: 'approval', config: { title: 'Go on?' } },
        second: { kind: 'prompt', config: { model: 'test/a', prompt: 'two' } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['first.text->agree.in', 'agree.approved->second.in', 'second.text->result.value'],
    );
    const origin = await world.start(document);
    await world.settled(origin);
    await world.runs.steer(origin, [{ type: 'model', model: 'test/b' }], 'ada');
    await world.runs.decide(origin, 'a1', { type: 'grant' }, 'ada');
    await world.settled(origin);
    const { state, report } = await forkOf(world, origin);
    expect(state.outputs).toEqual({ text: 'test/b: two' });
    expect(report).toMatchObject({ reused: 3, ranAgain: 0 });
  });
});
