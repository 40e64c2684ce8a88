import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '#shared/run/events.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import type { PeerAnswer, PeerBehaviour, PeerServer } from '../peers/wire-server.ts';
import { canaryKey, createProviderWorld, type ProviderWorld, toAgentDocument, wireFormats } from '../support/provider-world.ts';

const done: PeerBehaviour = { type: 'answer', answer: { text: 'All done.' } };
const ask = (path: string, id = 'call_1'): PeerAnswer => ({
  text: 'Let me note that.',
  toolCalls: [{ id, name: 'note', argumentPieces: ['{"pa', `th":"${path}`, '"}'] }],
});
const toError = (status: number, message: string, headers: Record<string, string> = {}): PeerBehaviour => ({
  type: 'raw',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ type: 'error', error: { type: 'whatever_error', message } }),
});

describe.each(wireFormats)('a run with a real $kind provider', (format) => {
  let server: PeerServer;
  let world: ProviderWorld;
  const tools = {
    note: {
      inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'], additionalProperties: false },
      run: ({ path }: Record<string, unknown>) => `noted ${String(path)}`,
    },
  } as const;

  beforeEach(async () => {
    server = await format.start();
    world = createProviderWorld(format, server, tools);
  });
  afterEach(async () => {
    await world.runs.close();
    await server.close();
  });

  async function runAgent() {
    const runId = await world.start(toAgentDocument(format.kind, ['note']));
    const waits = await world.untilSettled(runId);
    const events = world.events(runId);
    const state = world.runs.state(runId);
    const everything = JSON.stringify([events, state, world.runs.summary(runId), world.problems]);
    expect(everything).not.toContain(canaryKey);
    return { runId, waits, events, state };
  }
  const bytesOf = (answer: PeerAnswer) => Buffer.from(server.toPieces(answer).join(''));
  const pathsNoted = () => world.ledger.map(({ args }) => args.path);
  const failures = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'modelCall.failed' ? [event.data] : []));
  const answers = (events: readonly RunEvent[]) =>
    events.flatMap((event) => (event.type === 'modelCall.completed' ? [event.data.answer] : []));
  const bodies = () => server.requests.map(({ body }) => body as { messages: { role: string; content: unknown }[] });

  test('401: fails at once, names the key to check, and does not knock again', async () => {
    server.behave(toError(401, `Incorrect API key provided: ${canaryKey}.`));
    const { state } = await runAgent();
    expect(server.requests).toHaveLength(1);
    expect(JSON.stringify(server.requests[0]?.headers)).toContain(canaryKey);
    expect(state).toMatchObject({
      status: 'failed',
      error: { code: 'model.unauthorized', message: expect.stringMatching(new RegExp(`401.*${format.kind}-key.* in Settings`)) },
    });
  });

  test('429: waits as long as Retry-After says, and not a moment less', async () => {
    server.behave(toError(429, 'Slow down', { 'retry-after': '7' }), done);
    const runId = await world.start(toAgentDocument(format.kind, []));
    await world.clock.waitForTimers(1);
    const failed = new Promise<void>((resolve) => {
      const stop = world.store.onCommitted((events) => {
        if (!events.some(({ type }) => type === 'modelCall.failed')) return;
        stop();
        resolve();
      });
    });
    await failed;
    await world.clock.advance(6_999);
    expect(server.requests).toHaveLength(1);
    await world.clock.advance(1);
    const state = await world.settled(runId);
    expect(server.requests).toHaveLength(2);
    expect(state).toMatchObject({ status: 'succeeded', outputs: { text: 'All done.' } });
  });

  test('500 and a closed door: knocks again with growing pauses, and the run does not notice', async () => {
    server.behave(toError(500, 'Oops'), { type: 'hangUp' }, done);
    const { state, waits, events } = await runAgent();
    expect(waits).toEqual([1000, 2000]);
    expect(failures(events)).toMatchObject([{ error: { code: 'model.unavailable' } }, { error: { code: 'model.unavailable' } }]);
    expect(state).toMatchObject({ status: 'succeeded', outputs: { text: 'All done.' } });
  });

  test('500 for ever: the run fails after the tries of its policy and says what the provider said', async () => {
    server.behave(toError(500, 'Database on fire'));
    const { state } = await runAgent();
    expect(server.requests).toHaveLength(3);
    expect(state).toMatchObject({
      status: 'failed',
      error: { code: 'model.unavailable', message: expect.stringContaining('Database on fire') },
    });
  });

  test.each(['reset', 'end'] as const)('a stream cut in the middle of its text (%s): what came is never the answer', async (ending) => {
    const body = bytesOf({ text: 'All is lost, run away! No: all is well.' });
    server.behave(
      { type: 'partial', body, bytes: Math.floor(body.length / 2), ending },
      { type: 'answer', answer: { text: 'All is well.' } },
    );
    const { state, events } = await runAgent();
    expect(failures(events)).toMatchObject([{ error: { code: 'model.streamCut' }, retryAtMs: expect.any(Number) }]);
    expect(answers(events)).toMatchObject([{ text: 'All is well.' }]);
    expect(state.outputs).toEqual({ text: 'All is well.' });
    expect(JSON.stringify(events)).not.toContain('run away');
  });

  test('half a tool call, cut at every tenth byte: never executed; the whole one once', async () => {
    const body = bytesOf(ask('/half'));
    const firstCall = body.indexOf('"note"');
    const lastCall = body.lastIndexOf(format.kind === 'openai' ? '"finish_reason":"tool_calls"' : 'event: message_stop');
    expect(firstCall).toBeGreaterThan(0);
    for (let bytes = firstCall; bytes < lastCall; bytes += 10) {
      const ending = bytes % 20 < 10 ? 'reset' : 'end';
      const fresh = createProviderWorld(format, server, tools);
      server.behave({ type: 'partial', body, bytes, ending }, { type: 'answer', answer: ask('/whole') }, done);
      const runId = await fresh.start(toAgentDocument(format.kind, ['note']));
      await fresh.untilSettled(runId);
      expect
        .soft(
          fresh.ledger.map(({ args }) => args.path),
          `cut after ${bytes} bytes`,
        )
        .toEqual(['/whole']);
      expect.soft(fresh.runs.state(runId).status).toBe('succeeded');
      expect(JSON.stringify(fresh.events(runId))).not.toContain('/half');
      await fresh.runs.close();
    }
  });

  test('arguments that are no JSON, or do not fit: told to the model, which mends them; only the mended call is made', async () => {
    const malformed: PeerAnswer = { toolCalls: [{ id: 'call_1', name: 'note', argumentPieces: ['{"path": "/a', ' oops'] }] };
    const unfit: PeerAnswer = { toolCalls: [{ id: 'call_2', name: 'note', argumentPieces: ['{"pfad":"/b"}'] }] };
    server.behave(
      { type: 'answer', answer: malformed },
      { type: 'answer', answer: unfit },
      { type: 'answer', answer: ask('/mended', 'call_3') },
      done,
    );
    const { state, events } = await runAgent();
    expect(pathsNoted()).toEqual(['/mended']);
    expect(state).toMatchObject({ status: 'succeeded', outputs: { text: 'All done.' } });
    const refusals = events.flatMap((event) => (event.type === 'toolCall.failed' ? [event.data.error] : []));
    expect(refusals).toMatchObject([
      { code: 'tool.argumentsInvalid', message: expect.stringContaining('not a JSON object') },
      { code: 'tool.argumentsInvalid', message: expect.stringContaining('path') },
    ]);
    // The complaint reached the model in its own terms, beside the call that it is about.
    const complaint = JSON.stringify(bodies()[1]?.messages.at(-1));
    expect(complaint).toContain('not a JSON object');
    expect(complaint).toContain('call_1');
    if (format.kind === 'anthropic') expect(complaint).toContain('"is_error":true');
  });

  test('parallel tool calls in one streamed answer: all made, side by side, and answered together in order', async () => {
    const seen: ModelDelta[] = [];
    const started: string[] = [];
    const { promise: bothStarted, resolve: release } = Promise.withResolvers<void>();
    const meeting = createProviderWorld(format, server, {
      note: {
        ...tools.note,
        // Neither ends before both have begun.
        run: async ({ path }) => {
          started.push(String(path));
          if (started.length === 2) release();
          await bothStarted;
          return `noted ${String(path)}`;
        },
      },
    });
    server.behave(
      {
        type: 'answer',
        answer: {
          text: 'Both at once.',
          toolCalls: [
            { id: 'call_a', name: 'note', argumentPieces: ['{"path"', ':"/a"}'] },
            { id: 'call_b', name: 'note', argumentPieces: ['{"pa', 'th":"/', 'b"}'] },
          ],
          usage: { input: 1_000_000, output: 500_000 },
        },
      },
      { type: 'answer', answer: { text: 'All done.', usage: { input: 1_000_000, output: 0 } } },
    );
    const runId = await meeting.start(toAgentDocument(format.kind, ['note']));
    meeting.runs.onDelta(runId, (_frame, delta) => seen.push(delta));
    const state = await meeting.settled(runId);
    expect(state).toMatchObject({
      status: 'succeeded',
      outputs: { text: 'All done.' },
      usage: { modelCalls: 2, toolCalls: 2, inputTokens: 2_000_000, outputTokens: 500_000, costUsd: 3 },
    });
    expect(started.sort()).toEqual(['/a', '/b']);
    expect(seen.filter(({ type }) => type === 'toolCallStarted')).toHaveLength(2);
    expect(seen.flatMap((delta) => (delta.type === 'text' ? [delta.text] : [])).join('')).toBe('Both at once.All done.');

    const sent = bodies()[1]?.messages ?? [];
    const results = format.kind === 'openai' ? sent.filter(({ role }) => role === 'tool') : (sent.at(-1)?.content as unknown[]);
    expect(results).toMatchObject(
      format.kind === 'openai'
        ? [
            { tool_call_id: 'call_a', content: 'noted /a' },
            { tool_call_id: 'call_b', content: 'noted /b' },
          ]
        : [
            { type: 'tool_result', tool_use_id: 'call_a', content: 'noted /a' },
            { type: 'tool_result', tool_use_id: 'call_b', content: 'noted /b' },
          ],
    );
    await meeting.runs.close();
  });

  test('a stream that never ends: stopped at the limit of bytes, with words, and nothing of it is kept', async () => {
    const pieces = server.toPieces({ text: 'on and on' });
    const firstText = pieces.findIndex((piece) => piece.includes('on a'));
    server.behave({ type: 'endless', start: pieces.slice(0, firstText).join(''), again: pieces[firstText] ?? '' });
    const { state, events } = await runAgent();
    expect(state).toMatchObject({
      status: 'failed',
      error: { code: 'model.malformedAnswer', message: expect.stringContaining('without ending its answer') },
    });
    expect(answers(events)).toEqual([]);
    expect(JSON.stringify(events).length).toBeLessThan(20_000);
    await expect.poll(() => server.openConnections()).toBe(0);
  });

  test('a stream that falls silent: given up after the time limit, asked again, answered', async () => {
    const body = bytesOf({ text: 'Hm, let me think about that' });
    server.behave({ type: 'partial', body, bytes: Math.floor(body.length / 2), ending: 'stall' }, done);
    const runId = await world.start(toAgentDocument(format.kind, []));
    await server.stalled();
    await new Promise<void>((resolve) => {
      const stop = world.runs.onDelta(runId, () => {
        stop();
        resolve();
      });
    });
    const settling = world.untilSettled(runId);
    await world.clock.advance(30_000);
    await settling;
    expect(failures(world.events(runId))).toMatchObject([
      { error: { code: 'model.timedOut', message: expect.stringContaining('sent nothing for 30 s') } },
    ]);
    expect(world.runs.state(runId)).toMatchObject({ status: 'succeeded', outputs: { text: 'All done.' } });
  });

  test('cancel in the middle of a stream: the run ends at once, the connection closes, nothing of the answer is kept', async () => {
    const body = bytesOf(ask('/never'));
    server.behave({ type: 'partial', body, bytes: body.length - 40, ending: 'stall' });
    const runId = await world.start(toAgentDocument(format.kind, ['note']));
    await server.stalled();
    await world.runs.cancel(runId, 'enough');
    expect(await world.settled(runId)).toMatchObject({ status: 'cancelled' });
    await expect.poll(() => server.openConnections()).toBe(0);
    expect(world.ledger).toEqual([]);
    expect(answers(world.events(runId))).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('the limit of a node counts through its retries: a provider that is always busy does not hold a run for ever', async () => {
    server.behave(toError(429, 'Slow down', { 'retry-after': '3600' }));
    const runId = await world.start(toAgentDocument(format.kind, [], { timeoutMs: 60_000 }));
    await world.clock.waitForTimers(2);
    await expect.poll(() => failures(world.events(runId))).toHaveLength(1);
    await world.clock.advance(60_000);
    expect(await world.settled(runId)).toMatchObject({ status: 'failed', error: { code: 'node.timedOut' } });
    expect(server.requests).toHaveLength(1);
  });
});
