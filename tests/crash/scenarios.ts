import { HeddleError } from '#shared/base/errors.ts';
import type { RunPart } from '#shared/run/part.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { type FakeTool, type RunWorldOptions, toAnswer } from '../support/run-world.ts';
import { toDocument } from '../support/workflow-builder.ts';

/** A workflow with the world that it runs in; a new world each time, because models and tools may count. */
export interface Scenario {
  readonly name: string;
  readonly document: WorkflowDocument;
  readonly subworkflows?: Readonly<Record<string, WorkflowDocument>>;
  /** Only this part of it runs. */
  readonly part?: RunPart;
  readonly world: () => Omit<RunWorldOptions, 'dieAfterEvents'>;
}

const pay: FakeTool = { effect: 'neither', run: (args) => `paid ${String(args.amount)}` };
const look: FakeTool = { effect: 'idempotent', run: (args) => `seen ${String(args.at)}` };
const send: FakeTool = { effect: 'dedupes-by-key', approval: 'always', run: (args) => (args.checked === true ? 'sent, checked' : 'sent') };

/** Every effect class, parallel calls and nodes, a branch, approvals, and retries of models and nodes. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'an agent with parallel calls of every effect class',
    document: toDocument(
      {
        brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', default: 'looms' }] } },
        worker: {
          kind: 'agent',
          config: {
            model: 'test/model',
            prompt: '{{ brief.topic }}',
            tools: [{ name: 'pay' }, { name: 'look' }, { name: 'send' }],
            maxTurns: 5,
          },
        },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['brief.topic->worker.in', 'worker.text->result.value'],
    ),
    world: () => ({
      tools: { pay, look, send },
      model: (request) => {
        const results = request.messages.filter((message) => message.role === 'tool');
        if (results.length === 0)
          return toAnswer('', [
            { id: '1', name: 'look', arguments: { at: 'a' } },
            { id: '2', name: 'pay', arguments: { amount: 1 } },
            { id: '1', name: 'look', arguments: { at: 'a' } },
          ]);
        if (results.length === 3)
          return toAnswer('more', [
            { id: '4', name: 'send', arguments: {} },
            { id: '5', name: 'pay', arguments: { amount: 2 } },
          ]);
        return toAnswer(results.map((message) => message.text).join('; '));
      },
    }),
  },
  {
    name: 'parallel nodes, a branch, an approval and a payment',
    document: toDocument(
      {
        brief: { kind: 'input', config: { fields: [{ name: 'amount', type: 'number', default: 500 }] } },
        left: { kind: 'prompt', config: { model: 'test/model', prompt: 'left {{ brief.amount }}' } },
        right: { kind: 'prompt', config: { model: 'test/model', prompt: 'right {{ brief.amount }}' } },
        both: { kind: 'merge', config: { mode: 'list' } },
        size: { kind: 'branch', config: { cases: [{ name: 'large', when: 'brief.amount > 100.0' }] } },
        agree: { kind: 'approval', config: { title: 'Pay?', message: '{{ left.text }}' } },
        payment: { kind: 'tool', config: { tool: 'pay', arguments: { amount: '{{ brief.amount }}' } } },
        small: { kind: 'transform', config: { expression: '"nothing"' } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      [
        'brief.amount->left.in',
        'brief.amount->right.in',
        'left.text->both.in',
        'right.text->both.in',
        'both.value->size.in',
        'size.large->agree.in',
        'size.else->small.in',
        'agree.approved->payment.in',
        'payment.result->result.value',
      ],
    ),
    world: () => ({ tools: { pay }, model: (request) => toAnswer(`re: ${request.messages.at(-1)?.text}`) }),
  },
  {
    name: 'a provider that refuses twice and a tool that is retried',
    document: toDocument(
      {
        writer: { kind: 'prompt', config: { model: 'test/model', prompt: 'write' } },
        shaky: {
          kind: 'tool',
          config: { tool: 'shake', arguments: { text: '{{ writer.text }}' } },
          policy: { maxAttempts: 3, backoffMs: 10 },
        },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['writer.text->shaky.in', 'shaky.result->result.value'],
    ),
    world: () => {
      let refusals = 0;
      let shakes = 0;
      return {
        model: () => {
          if (refusals++ < 2) throw new HeddleError('model.unavailable', 'Down', { isRetryable: true });
          return toAnswer('written');
        },
        tools: {
          shake: {
            effect: 'idempotent',
            run: () => {
              if (shakes++ < 1) throw new HeddleError('tool.failed', 'It shook');
              return 'held';
            },
          },
        },
      };
    },
  },
  {
    name: 'a payment whose answer gets lost, a node that is off, a way that fails and is left out, and the first to arrive',
    document: toDocument(
      {
        brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', default: 'looms' }] } },
        payment: { kind: 'tool', config: { tool: 'pay', arguments: { amount: 7 } } },
        off: { kind: 'transform', config: { expression: '"never"' }, disabled: true },
        broken: { kind: 'transform', config: { expression: '1 / 0' }, policy: { onFailure: 'skip' } },
        first: { kind: 'merge', config: { mode: 'any' } },
        result: { kind: 'output', config: { name: 'text' } },
        missing: { kind: 'output', config: { name: 'missing' } },
      },
      [
        'brief.topic->off.in',
        'brief.topic->broken.in',
        'payment.result->first.in',
        'off.value->first.in',
        'broken.value->first.in',
        'first.value->result.value',
        'broken.value->missing.value',
      ],
    ),
    world: () => ({
      tools: {
        pay: {
          effect: 'neither',
          run: () => {
            throw new HeddleError('tool.timedOut', 'No answer came');
          },
        },
      },
    }),
  },
];
