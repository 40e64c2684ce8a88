import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { ModelRequest } from '#shared/run/message.ts';
import { type FakeTool, toAnswer } from '../support/run-world.ts';
import { toDocument } from '../support/workflow-builder.ts';
import type { Scenario } from './scenarios.ts';

const input = (name: string, value: JsonObject[string]) => ({
  kind: 'input' as const,
  config: { fields: [{ name, type: 'any' as const, default: value }] },
});
const tool = (name: string, args: JsonObject, more: object = {}) => ({
  kind: 'tool' as const,
  config: { tool: name, arguments: args },
  ...more,
});
const output = (name = 'text') => ({ kind: 'output' as const, config: { name } });
const agent = (prompt: string) => ({
  kind: 'agent' as const,
  config: { model: 'test/model', prompt, tools: [{ name: 'look' }, { name: 'pay' }], maxTurns: 4 },
});

const pay: FakeTool = { effect: 'neither', run: ({ amount }) => `paid ${String(amount)}` };
const look: FakeTool = { effect: 'idempotent', run: ({ at }) => `seen ${String(at)}` };
const undo: FakeTool = { effect: 'dedupes-by-key', run: ({ what }) => `undid ${String(what)}` };
const broken: FakeTool = {
  effect: 'idempotent',
  run: () => {
    throw new HeddleError('tool.failed', 'It is broken');
  },
};

/** Looks, pays what it was told to, and says so. */
function answerAsAgent({ messages }: ModelRequest) {
  const results = messages.filter(({ role }) => role === 'tool');
  const task = messages.find(({ role }) => role === 'user')?.text ?? '';
  if (results.length === 0) return toAnswer('', [{ id: 'l', name: 'look', arguments: { at: task } }]);
  if (results.length === 1) return toAnswer('', [{ id: 'p', name: 'pay', arguments: { amount: task } }]);
  return toAnswer(results.map(({ text }) => text).join('; '));
}

/** One step that pays for what it is given. */
const paying = toDocument({ given: input('x', null), work: tool('pay', { amount: '{{ given.x }}' }), done: output('paid') }, [
  'given.x->work.in',
  'work.result->done.value',
]);

/** The workflows of the crash matrix: every structure the engine knows, with effects that must be neither lost nor doubled. */
export const referenceWorkflows: readonly Scenario[] = [
  {
    name: 'linear',
    document: toDocument(
      {
        given: input('x', 1),
        first: tool('look', { at: '{{ given.x }}' }),
        second: tool('pay', { amount: '{{ first.result }}' }),
        third: { kind: 'prompt', config: { model: 'test/model', prompt: '{{ second.result }}' } },
        result: output(),
      },
      ['given.x->first.in', 'first.result->second.in', 'second.result->third.in', 'third.text->result.value'],
    ),
    world: () => ({ tools: { look, pay }, model: ({ messages }) => toAnswer(`re: ${messages.at(-1)?.text}`) }),
  },
  {
    name: 'fan-out of 50',
    document: toDocument(
      {
        given: input('x', 1),
        ...Object.fromEntries(
          Array.from({ length: 50 }, (_, index) => [`n${index}`, tool(index % 10 === 0 ? 'pay' : 'look', { at: index, amount: index })]),
        ),
        all: { kind: 'merge', config: { mode: 'list' } },
        result: output(),
      },
      [
        ...Array.from({ length: 50 }, (_, index) => [`given.x->n${index}.in`, `n${index}.result->all.in`]).flat(),
        'all.value->result.value',
      ],
    ),
    world: () => ({ tools: { look, pay }, maxParallelCalls: 8 }),
  },
  {
    name: 'agents inside agents’ workflows',
    document: toDocument(
      {
        outer: agent('outer'),
        inner: { kind: 'subflow', config: { workflow: 'inner', inputs: { task: '{{ outer.text }}' } } },
        result: output(),
      },
      ['outer.text->inner.in', 'inner.outputs->result.value'],
    ),
    subworkflows: {
      inner: toDocument(
        { given: input('task', ''), helper: agent('inner'), other: agent('beside'), text: output('helped'), more: output('beside') },
        ['given.task->helper.in', 'given.task->other.in', 'helper.text->text.value', 'other.text->more.value'],
      ),
    },
    world: () => ({ tools: { look, pay }, model: answerAsAgent }),
  },
  {
    name: 'a saga',
    document: toDocument(
      {
        flight: { ...tool('pay', { amount: 'flight' }), compensation: 'noFlight' },
        hotel: { ...tool('pay', { amount: 'hotel' }), compensation: 'noHotel' },
        car: tool('broken', {}),
        noFlight: tool('undo', { what: '{{ inputs.in }}' }),
        noHotel: tool('undo', { what: '{{ inputs.in }}' }),
      },
      ['flight.result->hotel.in', 'hotel.result->car.in'],
    ),
    world: () => ({ tools: { pay, undo, broken } }),
  },
  {
    name: 'approvals and a form',
    document: toDocument(
      {
        given: input('x', 5),
        agree: { kind: 'approval', config: { isEditable: true } },
        work: tool(
          'pay',
          { amount: '{{ agree.approved }}' },
          { config: { tool: 'pay', arguments: { amount: '{{ agree.approved }}' }, approval: 'always' } },
        ),
        ask: { kind: 'form', config: { fields: [{ name: 'why', type: 'string', default: 'because' }] } },
        result: output(),
      },
      ['given.x->agree.in', 'agree.approved->work.in', 'work.result->ask.in', 'ask.values->result.value'],
    ),
    world: () => ({ tools: { pay } }),
  },
  {
    name: 'a loop',
    document: toDocument(
      {
        given: input('x', 1),
        again: { kind: 'loop', config: { workflow: 'round', inputs: { x: '{{ round }}' }, until: 'round >= 3', maxRounds: 5 } },
        result: output(),
      },
      ['given.x->again.in', 'again.last->result.value'],
    ),
    subworkflows: { round: paying },
    world: () => ({ tools: { pay } }),
  },
  {
    name: 'timers and a signal',
    document: toDocument(
      {
        given: input('x', 1),
        short: { kind: 'delay', config: { seconds: '30' } },
        long: { kind: 'delay', config: { seconds: '90' } },
        both: { kind: 'merge', config: { mode: 'list' } },
        ask: { kind: 'signal', config: { name: 'go' } },
        work: tool('pay', { amount: '{{ ask.payload }}' }),
        result: output(),
      },
      [
        'given.x->short.in',
        'given.x->long.in',
        'short.value->both.in',
        'long.value->both.in',
        'both.value->ask.in',
        'ask.payload->work.in',
        'work.result->result.value',
      ],
    ),
    world: () => ({ tools: { pay } }),
  },
  {
    name: 'streaming answers',
    document: toDocument({ one: agent('one'), two: agent('two'), both: { kind: 'merge', config: { mode: 'record' } }, result: output() }, [
      'one.text->both.in',
      'two.text->both.in',
      'both.value->result.value',
    ]),
    world: () => ({
      tools: { look, pay },
      model: async (request, { onDelta }) => {
        for (const text of ['so', ' it', ' goes']) {
          onDelta?.({ type: 'text', text });
          await Promise.resolve();
        }
        return answerAsAgent(request);
      },
    }),
  },
  {
    name: 'retries',
    document: toDocument(
      {
        shaky: tool('shake', { at: 1 }, { policy: { maxAttempts: 4, backoffMs: 10 } }),
        late: { kind: 'prompt', config: { model: 'test/model', prompt: '{{ shaky.result }}' } },
        work: tool('pay', { amount: '{{ late.text }}' }),
        result: output(),
      },
      ['shaky.result->late.in', 'late.text->work.in', 'work.result->result.value'],
    ),
    world: () => {
      let shakes = 0;
      let refusals = 0;
      return {
        tools: {
          pay,
          shake: {
            effect: 'idempotent',
            run: () => {
              if (shakes++ < 2) throw new HeddleError('tool.failed', 'It shook');
              return 'held';
            },
          },
        },
        model: () => {
          if (refusals++ < 2) throw new HeddleError('model.rateLimited', 'Slow down', { isRetryable: true, retryAfterMs: 700 });
          return toAnswer('written');
        },
      };
    },
  },
  {
    name: 'a way that is cancelled because another fails',
    document: toDocument(
      {
        given: input('x', 1),
        work: tool('pay', { amount: 3 }),
        bad: tool('broken', {}),
        after: tool('pay', { amount: '{{ bad.result }}' }),
        many: { kind: 'map', config: { workflow: 'part', items: 'inputs.items' } },
      },
      ['given.x->work.in', 'work.result->bad.in', 'bad.result->after.in', 'bad.result->many.items'],
    ),
    subworkflows: { part: paying },
    world: () => ({ tools: { pay, broken } }),
  },
  {
    name: 'a map with failures',
    document: toDocument(
      {
        given: input('items', [1, 2, 3, 4, 5, 6]),
        each: { kind: 'map', config: { workflow: 'part', items: 'inputs.items', parallel: 3 } },
        results: output('results'),
        failures: output('failures'),
      },
      ['given.items->each.items', 'each.results->results.value', 'each.failures->failures.value'],
    ),
    subworkflows: {
      part: toDocument(
        {
          given: input('x', null),
          check: tool('check', { x: '{{ given.x }}' }),
          work: tool('pay', { amount: '{{ check.result }}' }),
          done: output('paid'),
        },
        ['given.x->check.in', 'check.result->work.in', 'work.result->done.value'],
      ),
    },
    world: () => ({
      tools: {
        pay,
        check: {
          effect: 'idempotent',
          run: ({ x }) => {
            if (Number(x) % 3 === 0) throw new HeddleError('tool.failed', `${String(x)} is bad`);
            return x ?? null;
          },
        },
      },
    }),
  },
  {
    name: 'subflows three deep with a map in the last',
    document: toDocument(
      {
        given: input('items', [1, 2]),
        a: { kind: 'subflow', config: { workflow: 'a', inputs: { items: '{{ given.items }}' } } },
        result: output(),
      },
      ['given.items->a.in', 'a.outputs->result.value'],
    ),
    subworkflows: {
      a: toDocument(
        {
          given: input('items', []),
          b: { kind: 'subflow', config: { workflow: 'b', inputs: { items: '{{ given.items }}' } } },
          done: output('b'),
        },
        ['given.items->b.in', 'b.outputs->done.value'],
      ),
      b: toDocument(
        { given: input('items', []), each: { kind: 'map', config: { workflow: 'part', items: 'inputs.items' } }, done: output('each') },
        ['given.items->each.items', 'each.results->done.value'],
      ),
      part: paying,
    },
    world: () => ({ tools: { pay } }),
  },
  {
    name: 'a part of a workflow, from a map on',
    document: toDocument(
      {
        given: input('items', []),
        list: tool('look', { at: '{{ given.items }}' }),
        each: { kind: 'map', config: { workflow: 'part', items: 'inputs.items' } },
        seen: tool('look', { at: 'elsewhere' }),
        after: tool('pay', { amount: '{{ each.results }} {{ seen.result }}' }),
        beside: tool('pay', { amount: 'beside' }),
        result: output(),
      },
      [
        ...['given.items->list.in', 'list.result->each.items', 'given.items->seen.in', 'each.results->after.in', 'seen.result->after.in'],
        ...['given.items->beside.in', 'after.result->result.value'],
      ],
    ),
    subworkflows: { part: paying },
    part: {
      mode: 'from',
      node: 'each',
      nodes: ['each', 'after', 'result'],
      given: {
        list: { outputs: { result: [1, 2] }, source: { type: 'recorded', runId: 'run-0' } },
        seen: { outputs: { result: 'seen' }, source: { type: 'pinned' } },
      },
    },
    world: () => ({ tools: { look, pay } }),
  },
];
