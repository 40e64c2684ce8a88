import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toOutcome } from '#shared/run/summary.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createRunWorld, type FakeTool, type RunWorld, type RunWorldOptions, toAnswer } from '../support/run-world.ts';
import { toDocument } from '../support/workflow-builder.ts';

interface Scenario {
  readonly name: string;
  readonly document: WorkflowDocument;
  readonly world: () => Omit<RunWorldOptions, 'dieAfterEvents'>;
}

const pay: FakeTool = { effect: 'neither', run: (args) => `paid ${String(args.amount)}` };
const look: FakeTool = { effect: 'idempotent', run: (args) => `seen ${String(args.at)}` };
const send: FakeTool = { effect: 'dedupes-by-key', approval: 'always', run: () => 'sent' };

const scenarios: readonly Scenario[] = [
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
            { id: '3', name: 'look', arguments: { at: 'a' } },
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
];

/** Answers every question as an attentive person would, and lets time pass when only timers are left. */
async function driveToEnd(world: RunWorld, runId: string): Promise<RunState> {
  // Held fast: after a death this loop must not go on with the next host.
  const { runs } = world;
  for (let rounds = 0; rounds < 200; rounds += 1) {
    for (const approval of runs.openApprovals()) {
      const { subject } = approval;
      if (subject.type === 'outcomeUnknown') {
        // The outside ledger knows what nobody in the program can.
        const happened = world.ledger.some(
          (entry) => entry.tool === subject.tool && JSON.stringify(entry.args) === JSON.stringify(subject.arguments),
        );
        const result: JsonValue = `paid ${String(subject.arguments.amount)}`;
        await runs.decide(
          runId,
          approval.approvalId,
          { type: 'resolve', decision: happened ? { type: 'assumeDone', result } : { type: 'retry' } },
          'test',
        );
      } else await runs.decide(runId, approval.approvalId, { type: 'grant' }, 'test');
    }
    await new Promise((resolve) => setImmediate(resolve));
    const state = runs.state(runId);
    if (isFinal(state.status) && isFinal(runs.summary(runId).status)) return state;
    if (state.status !== 'waiting') await world.clock.advance(60_000);
  }
  throw new Error(`Run ${runId} is stuck: ${JSON.stringify(world.events(runId).slice(-3))}`);
}

describe.each(scenarios)('$name', ({ document, world: options }) => {
  it('comes to the same end, with no effect lost or doubled, however often the host dies after any event', async () => {
    const calm = createRunWorld(options());
    const calmId = await calm.start(document);
    const expected = toOutcome(await driveToEnd(calm, calmId));
    const total = calm.events(calmId).length;
    expect(total).toBeGreaterThan(10);

    for (let deadAfter = 1; deadAfter < total; deadAfter += 1) {
      const world = createRunWorld({ ...options(), dieAfterEvents: deadAfter });
      const runId = await world.start(document);
      const dying = driveToEnd(world, runId).catch(() => undefined);
      await Promise.race([world.died, dying]);
      await world.reopen();
      const { resumed } = await world.runs.recover();
      expect(resumed, `after event ${deadAfter}`).toEqual([runId]);
      const end = await driveToEnd(world, runId);
      expect(toOutcome(end), `after event ${deadAfter}`).toEqual(expected);
      expect(foldRun(world.events(runId)), `after event ${deadAfter}`).toEqual(end);

      const payments = world.ledger.filter((entry) => entry.tool === 'pay').map((entry) => JSON.stringify(entry.args));
      expect(payments.toSorted(), `after event ${deadAfter}`).toEqual([...new Set(payments)].toSorted());
      expect(new Set(world.ledger.map((entry) => entry.key)), `after event ${deadAfter}`).toEqual(
        new Set(calm.ledger.map((entry) => entry.key)),
      );
    }
  });
});
