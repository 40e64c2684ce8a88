import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { ModelRequest } from '#shared/run/message.ts';
import { replayReportSchema } from '#shared/run/replay-report.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { replayEvents } from '../../tests/support/replay-events.ts';
import { rounds } from '../../tests/support/rounds.ts';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';

/** Two prompts side by side, the first of which to answer wins; then an agent with a tool. */
const document = toDocument(
  {
    given: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string' }] } },
    left: { kind: 'prompt', config: { model: 'test/model', prompt: 'left of {{ given.topic }}' } },
    right: { kind: 'prompt', config: { model: 'test/model', prompt: 'right of {{ given.topic }}' } },
    first: { kind: 'merge', config: { mode: 'any' } },
    finder: { kind: 'agent', config: { model: 'test/model', prompt: 'find {{ first.value }}', tools: [{ name: 'look' }] } },
    pause: { kind: 'delay', config: { seconds: '5' } },
    result: { kind: 'output', config: { name: 'text' } },
  },
  [
    'given.topic->left.in',
    'given.topic->right.in',
    'left.text->first.in',
    'right.text->first.in',
    'first.value->finder.in',
    'finder.text->pause.in',
    'pause.value->result.value',
  ],
);

async function record(): Promise<readonly RunEvent[]> {
  const world = createRunWorld({
    model: ({ messages }) => {
      const seen = messages.findLast(({ role }) => role === 'tool');
      if (seen !== undefined) return toAnswer(`found ${seen.text}`);
      const text = messages.at(-1)?.text ?? '';
      return text.startsWith('find') ? toAnswer('', [{ name: 'look', arguments: { at: text } }]) : toAnswer(text);
    },
    tools: { look: { effect: 'neither', run: ({ at }) => `<${String(at)}>` } },
  });
  const runId = await world.start(document, { inputs: { topic: 'the loom' } });
  await world.clock.waitForTimers(1);
  await world.clock.advance(5000);
  await world.settled(runId);
  return world.events(runId);
}

/** The journal with some events told differently, as if another build had written it. */
function retell(events: readonly RunEvent[], tell: (event: RunEvent) => object | undefined): readonly RunEvent[] {
  return events.map((event) => ({ ...event, data: { ...event.data, ...tell(event) } }) as RunEvent);
}

const withNode = (id: string, config: object): WorkflowDocument => ({
  ...document,
  nodes: document.nodes.map((node) => (node.id === id ? { ...node, config: { ...node.config, ...config } as never } : node)),
});

const classesOf = (report: Awaited<ReturnType<typeof replayEvents>>) =>
  replayReportSchema
    .parse(report)
    .divergences.map((divergence) => `${divergence.class} ${divergence.frame}${divergence.isMissing ? ' missing' : ''}`);

describe('a replay', () => {
  it('of what the executors would do again is consistent', async () => {
    const events = await record();
    expect(await replayEvents(events)).toEqual({
      runId: 'run-1',
      isConsistent: true,
      events: events.length,
      replayed: events.length,
      divergences: [],
      unreached: [],
      outcome: 'succeeded',
    });
  });

  it('shows in which message another prompt differs, that it has no answer, and goes on with the other branch', async () => {
    const events = await record();
    const report = await replayEvents(events, { workflow: withNode('left', { prompt: 'left side of {{ given.topic }}' }) });
    expect(classesOf(report).slice(0, 2)).toEqual(['workflowChanged ', 'prompt left#1/m1 missing']);
    expect(report.divergences[1]).toMatchObject({
      seq: events.find(({ type, data }) => type === 'modelCall.started' && 'frame' in data && data.frame === 'left#1/m1')?.seq,
      changes: [
        {
          part: 'message',
          diff: [
            { type: 'same', text: 'left ' },
            { type: 'added', text: 'side ' },
            { type: 'same', text: 'of the loom' },
          ],
        },
      ],
      nearest: { frame: 'left#1/m1' },
    });
    // The merge takes the first to come: now the right one.
    expect(report.divergences.some(({ node }) => node === 'right')).toBe(false);
    expect(report.outcome).toBe('unknown');
  });

  it('tells another model from another prompt', async () => {
    const report = await replayEvents(await record(), { workflow: withNode('right', { model: 'test/other' }) });
    expect(classesOf(report)).toContain('model right#1/m1 missing');
  });

  it('tells other arguments of a tool, with the nearest recording', async () => {
    const events = retell(await record(), (event) =>
      event.type === 'toolCall.requested' ? { arguments: { at: 'elsewhere' }, argumentsHash: 'x' } : undefined,
    );
    const report = await replayEvents(events);
    expect(report.divergences[0]).toMatchObject({
      class: 'toolArguments',
      frame: 'finder#1/t1/c1',
      isMissing: true,
      nearest: { frame: 'finder#1/t1/c1' },
    });
  });

  it('tells another order where order decides', async () => {
    const events = retell(await record(), (event) =>
      event.type === 'node.succeeded' && event.data.node === 'first' ? { outputs: { value: 'right of the loom' } } : undefined,
    );
    expect(classesOf(await replayEvents(events))[0]).toBe('order first#1');
  });

  it('tells another time', async () => {
    const events = retell(await record(), (event) => (event.type === 'timer.started' ? { dueAtMs: event.data.dueAtMs + 3000 } : undefined));
    const report = await replayEvents(events);
    expect(report.divergences).toMatchObject([
      { class: 'time', frame: 'pause#1/w1', recorded: { afterMs: 8000 }, replayed: { afterMs: 5000 } },
    ]);
  });

  it('tells a wait that no chance could have given before another try', async () => {
    let tries = 0;
    const world = createRunWorld({
      tools: {
        work: {
          run: () => {
            tries += 1;
            if (tries === 1) throw new HeddleError('tool.failed', 'Not yet');
            return 'done';
          },
        },
      },
    });
    const flaky = { kind: 'tool' as const, config: { tool: 'work', arguments: {} }, policy: { maxAttempts: 2, backoffMs: 1000 } };
    const runId = await world.start(toDocument({ flaky }, []));
    await world.clock.waitForTimers(1);
    await world.clock.advance(1000);
    await world.settled(runId);
    const events = world.events(runId);
    const withWait = (waitMs: number) =>
      retell(events, (event) =>
        event.type === 'node.failed' ? { consequence: { type: 'retry', dueAtMs: event.atMs + waitMs } } : undefined,
      );
    // Anything up to the backoff may have come of chance.
    expect((await replayEvents(withWait(300))).isConsistent).toBe(true);
    const report = await replayEvents(withWait(60_000));
    expect(report.divergences).toMatchObject([
      { class: 'chance', frame: 'flaky#1', recorded: { afterMs: 60_000 }, replayed: { afterMs: 1000 } },
    ]);
  });

  it('tells a hook that speaks where none did, and one that no longer does', async () => {
    const hook = (id: string) => ({
      id,
      point: 'beforeNode' as const,
      nodes: ['pause'],
      action: { type: 'expression' as const, expression: 'null' },
    });
    const model = ({ messages }: ModelRequest) => toAnswer(messages.at(-1)?.text ?? '');
    const world = createRunWorld({ model, tools: { look: { run: () => 'a loom' } } });
    const runId = await world.start({ ...document, hooks: [hook('guard')] }, { inputs: { topic: 'the loom' } });
    while (!world.events(runId).some(({ type }) => type === 'timer.started')) await turn();
    await world.clock.advance(5000);
    await world.settled(runId);
    const events = world.events(runId);
    const stranger = retell(events, (event) => (event.type === 'hook.completed' ? { hook: 'stranger' } : undefined));
    expect(classesOf(await replayEvents(stranger))).toEqual(['hook pause#1']);
    const added = await replayEvents(events, { workflow: { ...document, hooks: [hook('guard'), hook('second')] } });
    expect(classesOf(added)).toEqual(['workflowChanged ', 'hook pause#1']);
    const elsewhere = retell(events, (event) => (event.type === 'hook.completed' ? { ordinal: 7 } : undefined));
    expect(classesOf(await replayEvents(elsewhere))).toEqual(['hook pause#1']);
  });

  it('tells another value that came of the same answers', async () => {
    const events = retell(await record(), (event) =>
      event.type === 'node.succeeded' && event.data.node === 'pause' ? { outputs: { value: 'Else' } } : undefined,
    );
    expect(classesOf(await replayEvents(events))[0]).toBe('value pause#1');
  });

  it('says which nodes a workflow has more and less, and what was not reached', async () => {
    const events = await record();
    const without = {
      ...document,
      nodes: document.nodes.filter(({ id }) => id !== 'pause'),
      edges: document.edges.filter(({ from, to }) => from.node !== 'pause' && to.node !== 'pause'),
    };
    const report = await replayEvents(events, {
      workflow: {
        ...without,
        edges: [...without.edges, { from: { node: 'finder', port: 'text' }, to: { node: 'result', port: 'value' } }],
      },
    });
    expect(report.divergences.map(({ message }) => message).slice(0, 2)).toEqual(['Node pause was removed.', 'The edges was changed.']);
    expect(report.unreached).toEqual(['pause#1']);
    expect(report.outcome).toBe('succeeded');
  });

  it('of a journal that breaks off anywhere is consistent as far as it goes', async () => {
    const events = await record();
    for (let length = 1; length < events.length; length += 1) {
      const report = await replayEvents(events.slice(0, length));
      expect({ length, divergences: report.divergences }).toEqual({ length, divergences: [] });
    }
  });

  it('of thousands of events takes no longer for each of them', async () => {
    const world = createRunWorld({ tools: { work: { run: ({ x }) => Number(x) } } });
    const part = toDocument(
      {
        given: { kind: 'input', config: { fields: [{ name: 'x', type: 'any' }] } },
        work: { kind: 'tool', config: { tool: 'work', arguments: { x: '{{ given.x }}' } } },
        result: { kind: 'output', config: { name: 'y' } },
      },
      ['given.x->work.in', 'work.result->result.value'],
    );
    const map = toDocument(
      {
        list: { kind: 'input', config: { fields: [{ name: 'items', type: 'any' }] } },
        each: { kind: 'map', config: { workflow: 'part.heddle.json', parallel: 8 } },
        result: { kind: 'output', config: { name: 'results' } },
      },
      ['list.items->each.items', 'each.results->result.value'],
    );
    const timePerEvent = async (length: number) => {
      const items = Array.from({ length }, (_, index) => index);
      const runId = await world.start(map, { inputs: { items }, subworkflows: { 'part.heddle.json': part } });
      await world.settled(runId);
      const events = world.events(runId);
      expect(events.length).toBeGreaterThan(length * 10);
      const started = performance.now();
      expect((await replayEvents(events)).isConsistent).toBe(true);
      return (performance.now() - started) / events.length;
    };
    const few = rounds(15, 115);
    // If each event looked at all others, eight times as many would take eight times as long for each.
    expect((await timePerEvent(few * 8)) / (await timePerEvent(few))).toBeLessThan(5);
  });
});
