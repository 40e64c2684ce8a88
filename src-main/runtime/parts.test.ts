import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/base/json.ts';
import { type PartRequest, partRequestSchema } from '#shared/contract/parts.ts';
import { listNodeStates } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createRunWorld, type RunWorld, type RunWorldOptions } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { createArgumentChecker } from '../tools/check-arguments.ts';
import { createParts } from './parts.ts';
import type { StartRun } from './runs.ts';

const path = 'w.heddle.json';
const check = createArgumentChecker();

const input = (name: string, value?: string) => ({
  kind: 'input' as const,
  config: { fields: [{ name, type: 'string', required: true, ...(value === undefined ? {} : { default: value }) }] },
});
const tool = (name: string, args: JsonObject, more: object = {}) => ({
  kind: 'tool' as const,
  config: { tool: name, arguments: args },
  ...more,
});
const output = { kind: 'output' as const, config: { name: 'text' } };

/** x → a → b → c → done. */
const chain = toDocument(
  {
    x: input('x', 'one'),
    a: tool('say', { text: 'a({{ x.x }})' }),
    b: tool('say', { text: 'b({{ a.result }})' }),
    c: tool('say', { text: 'c({{ b.result }}, {{ a.result }})' }),
    done: output,
  },
  ['x.x->a.in', 'a.result->b.in', 'b.result->c.in', 'c.result->done.value'],
);

const say = { say: { run: ({ text }: JsonObject) => text ?? null } };

/** A world in which parts are asked for as the API asks for them. */
function createPartWorld(document: WorkflowDocument = chain, options: RunWorldOptions = {}) {
  const world = createRunWorld({ tools: say, ...options });
  const pins: Record<string, JsonObject> = {};
  const parts = () =>
    createParts({ runs: world.runs, readPins: async () => pins, checkJson: (schema, value) => check(schema, value as JsonObject) });
  const ask = (part: Partial<PartRequest> & Pick<PartRequest, 'mode' | 'node'>) => partRequestSchema.parse(part);
  return {
    world,
    pins,
    whole: async (more: Partial<StartRun> = {}) => world.settled(await world.start(document, { workflowPath: path, ...more })),
    preview: (part: Parameters<typeof ask>[0], of = document) => parts().preview({ document: of, path }, ask(part)),
    run: async (part: Parameters<typeof ask>[0], more: Partial<StartRun> & { of?: WorkflowDocument } = {}) =>
      world.settled(await begin(part, more)),
    begin,
  };

  async function begin(part: Parameters<typeof ask>[0], { of = document, ...more }: Partial<StartRun> & { of?: WorkflowDocument } = {}) {
    const resolved = await parts().resolve({ document: of, path }, ask(part));
    await world.clock.advance(1);
    return world.start(of, { workflowPath: path, part: resolved, ...more });
  }
}

/** How each node came out: its outputs, or how it stands. */
function lookAt(state: RunState) {
  return Object.fromEntries(
    listNodeStates(state).map(([id, node]) => [
      id,
      node.status === 'succeeded'
        ? `${Object.values(node.outputs).join()}${node.given === undefined ? '' : ` from ${node.given.type}`}`
        : node.status === 'skipped'
          ? node.reason
          : node.status,
    ]),
  );
}

const toolsCalled = ({ ledger }: RunWorld) => ledger.map(({ args }) => args.text);

describe('a run of a part of a workflow', () => {
  it('of one node takes what it needs from the last run, and nothing else runs', async () => {
    const { world, whole, run } = createPartWorld();
    const { runId } = await whole();
    world.ledger.length = 0;
    const state = await run({ mode: 'only', node: 'c' });
    expect(state.status).toBe('succeeded');
    expect(lookAt(state)).toEqual({
      x: 'notInPart',
      a: 'a(one) from recorded',
      b: 'b(a(one)) from recorded',
      c: 'c(b(a(one)), a(one))',
      done: 'notInPart',
    });
    expect(toolsCalled(world)).toEqual(['c(b(a(one)), a(one))']);
    expect(state.outputs).toEqual({});
    expect(state.part).toEqual({ mode: 'only', node: 'c', nodes: ['c'] });
    expect(listNodeStates(state).find(([id]) => id === 'a')?.[1]).toMatchObject({
      given: { type: 'recorded', runId },
      attempts: [],
      usage: { modelCalls: 0, toolCalls: 0 },
    });
  });

  it('up to a node runs what it needs, with the inputs of the run', async () => {
    const { world, run } = createPartWorld();
    const state = await run({ mode: 'to', node: 'b' }, { inputs: { x: 'two' } });
    expect(lookAt(state)).toEqual({ x: 'two', a: 'a(two)', b: 'b(a(two))', c: 'notInPart', done: 'notInPart' });
    expect(toolsCalled(world)).toEqual(['a(two)', 'b(a(two))']);
  });

  it('from a node runs what follows, and gives the outputs of the workflow', async () => {
    const { world, whole, run } = createPartWorld();
    await whole();
    world.ledger.length = 0;
    const state = await run({ mode: 'from', node: 'b' });
    expect(toolsCalled(world)).toEqual(['b(a(one))', 'c(b(a(one)), a(one))']);
    expect(state.outputs).toEqual({ text: 'c(b(a(one)), a(one))' });
  });

  it('takes what is pinned before what is recorded, and what is typed before what is pinned', async () => {
    const { pins, whole, run } = createPartWorld();
    await whole();
    Object.assign(pins, { a: { result: 'pin' }, b: { result: 'pin' }, gone: { result: 'of a node that is no more' } });
    const state = await run({ mode: 'only', node: 'c', given: { b: { result: 'typed' } } });
    expect(lookAt(state)).toMatchObject({ a: 'pin from pinned', b: 'typed from typed', c: 'c(typed, pin)' });
    expect(lookAt(await run({ mode: 'only', node: 'c', usePins: false }))).toMatchObject({ c: 'c(b(a(one)), a(one))' });
  });

  it('does not run what only a pinned node needs', async () => {
    const { world, pins, run } = createPartWorld();
    Object.assign(pins, { a: { result: 'pin' } });
    const state = await run({ mode: 'to', node: 'b' });
    expect(toolsCalled(world)).toEqual(['b(pin)']);
    expect(lookAt(state)).toMatchObject({ x: 'notInPart', a: 'pin from pinned', b: 'b(pin)' });
  });

  it('says what is missing, and is refused', async () => {
    const { preview, run } = createPartWorld();
    expect(await preview({ mode: 'only', node: 'c' })).toMatchObject({
      nodes: ['c'],
      given: [],
      missing: [
        { node: 'a', name: 'a', ports: [{ name: 'result' }] },
        { node: 'b', name: 'b', ports: [{ name: 'result' }] },
      ],
    });
    await expect(run({ mode: 'only', node: 'b' })).rejects.toMatchObject({
      code: 'run.partMissing',
      message: 'b needs what a gives, and that is neither pinned nor recorded. Pin it, give it by hand, or run it too.',
    });
  });

  it('counts what earlier parts were given as recorded where it was, and not what was pinned or typed then', async () => {
    const { pins, whole, run, preview } = createPartWorld();
    const { runId } = await whole();
    await run({ mode: 'only', node: 'b' });
    expect((await preview({ mode: 'only', node: 'b' })).given).toEqual([
      { node: 'a', source: { type: 'recorded', runId }, isSkipped: false },
    ]);
    pins.a = { result: 'pin' };
    await run({ mode: 'only', node: 'b' });
    delete pins.a;
    expect((await preview({ mode: 'only', node: 'b' })).given).toEqual([
      { node: 'a', source: { type: 'recorded', runId }, isSkipped: false },
    ]);
  });

  it('refuses pins that do not fit, and values that nobody needs', async () => {
    const document = toDocument({ x: input('x'), b: tool('say', { text: '{{ x.x }}' }) }, ['x.x->b.in']);
    const { pins, preview } = createPartWorld(document);
    pins.x = { x: 5 };
    await expect(preview({ mode: 'only', node: 'b' })).rejects.toMatchObject({ code: 'pin.invalid', details: { node: 'x' } });
    pins.x = { y: 'five' };
    await expect(preview({ mode: 'only', node: 'b' })).rejects.toThrow('x has no output “y”. It has: x.');
    await expect(preview({ mode: 'only', node: 'b', given: { b: { result: 'x' } } })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('is not kept from running by what is wrong elsewhere', async () => {
    const broken = { ...chain, nodes: chain.nodes.map((node) => (node.id === 'c' ? { ...node, config: { tool: 5 } } : node)) };
    const { run } = createPartWorld();
    expect((await run({ mode: 'to', node: 'b' }, { of: broken })).status).toBe('succeeded');
    await expect(run({ mode: 'to', node: 'c' }, { of: broken })).rejects.toMatchObject({ code: 'workflow.invalid' });
  });

  it('asks only for the inputs that it takes in', async () => {
    const document = toDocument({ x: input('x'), a: tool('say', { text: '{{ x.x }}' }) }, ['x.x->a.in']);
    const { run } = createPartWorld(document);
    await expect(run({ mode: 'to', node: 'a' })).rejects.toMatchObject({ code: 'run.inputInvalid' });
    expect(lookAt(await run({ mode: 'only', node: 'a', given: { x: { x: 'typed' } } }))).toEqual({ x: 'typed from typed', a: 'typed' });
  });

  it('behind a branch takes the way that the newest run took, and an older run’s where that led elsewhere', async () => {
    const document = toDocument(
      {
        x: input('x'),
        which: { kind: 'branch', config: { cases: [{ name: 'left', when: 'inputs.in == "left"' }] } },
        l: tool('say', { text: 'l' }),
        r: tool('say', { text: 'r' }),
        both: { kind: 'merge', config: { mode: 'list' } },
        done: output,
      },
      ['x.x->which.in', 'which.left->l.in', 'which.else->r.in', 'l.result->both.in', 'r.result->both.in', 'both.value->done.value'],
    );
    const { world, whole, run, preview } = createPartWorld(document);
    const left = await whole({ inputs: { x: 'left' } });
    await world.clock.advance(5);
    const right = await whole({ inputs: { x: 'right' } });
    const of = (runId: string, node: string, isSkipped = false) => ({ node, source: { type: 'recorded', runId }, isSkipped });
    expect((await preview({ mode: 'only', node: 'both' })).given).toEqual([of(right.runId, 'l', true), of(right.runId, 'r')]);
    expect((await preview({ mode: 'only', node: 'l' })).given).toEqual([of(left.runId, 'which')]);
    expect(lookAt(await run({ mode: 'from', node: 'both' }))).toMatchObject({ l: 'skippedWhereRecorded', r: 'r from recorded', done: 'r' });
  });
});

describe('a part of a workflow with structure', () => {
  const item = toDocument({ x: input('x'), work: tool('say', { text: 'did {{ x.x }}' }), done: output }, [
    'x.x->work.in',
    'work.result->done.value',
  ]);
  const mapping = toDocument(
    {
      list: { kind: 'transform', config: { expression: '["p", "q"]', outputType: 'array' } },
      each: { kind: 'map', config: { workflow: 'item.heddle.json', inputs: { x: '{{ item }}' } } },
      undo: tool('say', { text: 'undone' }),
      pay: tool('say', { text: 'paid' }, { compensation: 'undo' }),
      last: { kind: 'code', config: { source: 'throw' } },
    },
    ['list.value->each.items', 'each.results->pay.in', 'pay.result->last.in'],
  );
  const subworkflows = { 'item.heddle.json': item };

  it('runs what a map runs below itself whole', async () => {
    const { world, run } = createPartWorld(mapping);
    const state = await run({ mode: 'only', node: 'each', given: { list: { value: ['p', 'q', 'r'] } } }, { subworkflows });
    expect(state).toMatchObject({ status: 'succeeded', outputs: {} });
    expect(toolsCalled(world).toSorted()).toEqual(['did p', 'did q', 'did r']);
  });

  it('undoes what it did when it fails, and not what was given to it', async () => {
    const failing = {
      ...mapping,
      nodes: mapping.nodes.map((node) => (node.id === 'last' ? { ...node, kind: 'tool', config: { tool: 'break', arguments: {} } } : node)),
    };
    const broken = { ...say, break: { run: () => Promise.reject(new Error('broken')) } };
    const first = createPartWorld(failing, { tools: broken });
    const done = await first.run({ mode: 'from', node: 'pay', given: { each: { results: [] } } }, { subworkflows });
    expect(done.status).toBe('failed');
    expect(toolsCalled(first.world)).toContain('undone');
    const second = createPartWorld(failing, { tools: broken });
    const given = await second.run({ mode: 'only', node: 'last', given: { pay: { result: 'x' } } }, { subworkflows });
    expect(given).toMatchObject({ status: 'failed', saga: null });
    expect(toolsCalled(second.world)).not.toContain('undone');
  });
});

describe('a run of a part, later', () => {
  it('is taken up after a crash as what it was', async () => {
    const { world, begin } = createPartWorld(chain, { dieAfterEvents: 4 });
    await begin({ mode: 'from', node: 'b', given: { a: { result: 'typed' } } });
    await world.died;
    await world.reopen();
    const { resumed } = await world.runs.recover();
    const state = await world.settled(resumed[0] as string);
    expect(lookAt(state)).toEqual({
      x: 'notInPart',
      a: 'typed from typed',
      b: 'b(typed)',
      c: 'c(b(typed), typed)',
      done: 'c(b(typed), typed)',
    });
  });

  it('is forked as the same part', async () => {
    const { world, run } = createPartWorld();
    const { runId, lastSeq } = await run({ mode: 'only', node: 'b', given: { a: { result: 'typed' } } });
    const fork = await world.runs.fork({ runId, atSeq: lastSeq, edits: [], reuse: 'unaffected', startedBy: 'test' });
    const state = await world.settled(fork.runId);
    expect(lookAt(state)).toEqual(lookAt(world.runs.state(runId)));
    expect(toolsCalled(world)).toEqual(['b(typed)']);
  });

  it('says nothing of how long what was given takes', async () => {
    const { world, run } = createPartWorld();
    await run({ mode: 'only', node: 'b', given: { a: { result: 'typed' } } });
    expect(Object.keys(world.runs.recordedFigures(path))).toEqual(['b']);
  });
});
