import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { type HookDeclaration, type HookPoint, hookPoints, type WorkflowDocument } from '#shared/workflow/document.ts';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

const agent = toDocument(
  {
    given: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string' }] } },
    helper: { kind: 'agent', config: { model: 'test/model', prompt: 'About {{ given.topic }}', tools: [{ name: 'look' }] } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  ['given.topic->helper.in', 'helper.text->result.value'],
);

function hooked(...hooks: (Partial<HookDeclaration> & { point: HookPoint; expression: string })[]): WorkflowDocument {
  return {
    ...agent,
    hooks: hooks.map(({ expression, ...hook }, index) => ({ id: `h${index + 1}`, action: { type: 'expression', expression }, ...hook })),
  };
}

/** Looks once, then answers with what it saw. */
function openWorld(more: Parameters<typeof createRunWorld>[0] = {}) {
  return createRunWorld({
    model: ({ messages }) => {
      const seen = messages.findLast(({ role }) => role === 'tool');
      return seen === undefined
        ? toAnswer('', [{ name: 'look', arguments: { at: messages.at(-1)?.text ?? '' } }])
        : toAnswer(`saw ${seen.text}`);
    },
    tools: { look: { effect: 'neither', run: ({ at }) => `<${String(at)}>` } },
    ...more,
  });
}

async function run(document: WorkflowDocument, world = openWorld()) {
  const runId = await world.start(document, { inputs: { topic: 'looms' } });
  const state = await world.settled(runId);
  expect(foldRun(world.events(runId))).toEqual(state);
  return { world, runId, state };
}

const textOf = (outputs: JsonObject | null): JsonValue => outputs?.text ?? null;

describe('a hook', () => {
  it('at each of the nine points is asked, and what it said is a fact', async () => {
    const failing = {
      ...agent,
      nodes: agent.nodes.map((node) => (node.id === 'helper' ? { ...node, config: { ...node.config, maxTurns: 1 } } : node)),
    };
    const { world, runId } = await run({ ...failing, hooks: hooked(...hookPoints.map((point) => ({ point, expression: 'null' }))).hooks });
    const asked = world.events(runId).flatMap((event) => (event.type === 'hook.completed' ? [event.data.point] : []));
    expect(new Set(asked)).toEqual(new Set(hookPoints));
  });

  it.each([
    ['beforeRun', '{"change": {"topic": "heddles"}}', 'saw <About heddles>'],
    [
      'beforeModelCall',
      '{"change": {"model": value.model, "tools": value.tools, "toolChoice": "auto", "messages": [{"role": "user", "text": "Else"}] + value.messages.filter(m, m.role != "user")}}',
      'saw <Else>',
    ],
    ['afterModelCall', '{"change": {"text": "secret", "toolCalls": [], "finishReason": "stop", "usage": null, "costUsd": null}}', 'secret'],
    ['beforeToolCall', '{"change": {"arguments": {"at": "there"}}}', 'saw <there>'],
    ['afterToolCall', '{"change": "nothing"}', 'saw nothing'],
  ] as const)('%s may change what goes on', async (point, expression, text) => {
    const when = point === 'afterModelCall' ? 'value.text != ""' : 'true';
    const { state } = await run(hooked({ point, when, expression }));
    expect(state.error).toBeNull();
    expect(textOf(state.outputs)).toBe(text);
  });

  it('before and after a node changes what comes in and goes out, for the nodes that it names', async () => {
    const { state } = await run(
      hooked(
        { point: 'afterNode', nodes: ['given'], expression: '{"change": {"topic": "warp"}}' },
        { point: 'afterNode', nodes: ['helper'], expression: '{"change": {"text": value.text + "!", "turns": value.turns}}' },
      ),
    );
    expect(textOf(state.outputs)).toBe('saw <About warp>!');
  });

  it('that refuses a tool call keeps it from being made, and the model is told why', async () => {
    const { world, state } = await run(hooked({ point: 'beforeToolCall', expression: '{"veto": "not on Sundays"}' }));
    expect(world.ledger).toHaveLength(0);
    expect(textOf(state.outputs)).toContain('not on Sundays');
  });

  it.each([
    ['beforeRun', 'run'],
    ['beforeNode', 'node'],
    ['beforeModelCall', 'node'],
    ['afterRun', 'run'],
  ] as const)('%s that refuses fails what it refused', async (point, _what) => {
    const { state, world } = await run(hooked({ point, expression: '{"veto": "no"}' }));
    expect(state).toMatchObject({ status: 'failed', error: { code: 'node.vetoed', message: expect.stringContaining('no') } });
    if (point !== 'afterRun') expect(world.ledger).toHaveLength(0);
  });

  it('on an error may say that the run goes on without the node', async () => {
    const document = hooked({ point: 'onError', expression: '{"change": {"consequence": "skip"}}' });
    const world = openWorld({ model: () => toAnswer('', [{ name: 'look', arguments: {} }]) });
    const { state } = await run(document, world);
    expect(state).toMatchObject({ status: 'succeeded', outputs: { text: null } });
  });

  it('is asked in order, each about what the one before made of it', async () => {
    const { state } = await run(
      hooked(
        { point: 'afterToolCall', order: 2, expression: '{"change": value + " second"}' },
        { point: 'afterToolCall', order: 1, expression: '{"change": value + " first"}' },
      ),
    );
    expect(textOf(state.outputs)).toBe('saw <About looms> first second');
  });

  it.each([
    ['fail', 'failed'],
    ['ignore', 'succeeded'],
  ] as const)('that fails itself, and shall %s then, leaves the run %s', async (onFailure, status) => {
    const { state } = await run(hooked({ point: 'beforeNode', onFailure, expression: 'value.nothing.there' }));
    expect(state.status).toBe(status);
  });

  it('is never asked again about what it has answered, wherever the host dies', async () => {
    for (let dieAfter = 1; ; dieAfter += 1) {
      const document = hooked(
        { point: 'beforeToolCall', expression: '{"change": {"arguments": {"at": "there"}}}' },
        { point: 'afterToolCall', expression: '{"change": value + "!"}' },
      );
      const world = openWorld({ tools: { look: { effect: 'idempotent', run: ({ at }) => `<${String(at)}>` } }, dieAfterEvents: dieAfter });
      const runId = await world.start(document, { inputs: { topic: 'looms' } });
      const died = await Promise.race([world.died.then(() => true), world.settled(runId).then(() => false)]);
      if (died) {
        await world.reopen();
        await world.runs.recover();
      }
      const state = await world.settled(runId);
      expect(textOf(state.outputs), `after ${dieAfter} events`).toBe('saw <there>!');
      expect(world.events(runId).filter(({ type }) => type === 'hook.completed')).toHaveLength(2);
      if (!died) return;
    }
  });
});
