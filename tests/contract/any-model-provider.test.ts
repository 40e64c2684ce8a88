import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createAnthropicProvider } from '#main/models/anthropic/anthropic-provider.ts';
import type { ModelProvider } from '#main/models/model.ts';
import { createOpenAiProvider } from '#main/models/openai/openai-provider.ts';
import { createScriptedProvider } from '#main/models/scripted/scripted-provider.ts';
import { defaultCallLimits } from '#main/models/wire/call-limits.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { type ModelDelta, type ModelRequest, modelAnswerSchema, modelDeltaSchema } from '#shared/run/message.ts';
import { startAnthropicServer } from '../peers/anthropic-server.ts';
import { startOpenAiServer } from '../peers/openai-server.ts';
import type { PeerServer } from '../peers/wire-server.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';

/** What an implementation is told to answer, in terms that all of them can play. */
const text = 'Reading “both”: 世界 🧵.';
const calls = [
  { name: 'read_file', raw: '{"path":"a.md"}' },
  { name: 'read_file', raw: '{"path":"b' },
];

interface Subject {
  readonly provider: ModelProvider;
  close(): Promise<unknown>;
}

/** A further implementation is a further line. */
const implementations: Readonly<Record<string, (clock: SimulatedClock) => Promise<Subject>>> = {
  openai: async (clock) => withPeer(await startOpenAiServer(), (origin) => createOpenAiProvider(toOptions(`${origin}/v1`, clock))),
  anthropic: async (clock) => withPeer(await startAnthropicServer(), (origin) => createAnthropicProvider(toOptions(origin, clock))),
  scripted: async (clock) => {
    const folder = await mkdtemp(join(tmpdir(), 'heddle-any-'));
    const call = calls.map(({ name, raw }) => ({ tool: name, rawArguments: raw }));
    await writeFile(
      join(folder, 'model-a.script.json'),
      JSON.stringify({ version: 1, rules: [{ do: { say: text, call, usage: { input: 11, output: 7 } } }] }),
    );
    return {
      provider: createScriptedProvider({ id: 'any', folders: () => [folder], clock }),
      close: () => rm(folder, { recursive: true }),
    };
  },
};

function withPeer(server: PeerServer, create: (origin: string) => ModelProvider): Subject {
  server.behave({
    type: 'answer',
    answer: { text, toolCalls: calls.map(({ name, raw }, n) => ({ id: `call_1_${n + 1}`, name, argumentPieces: [raw] })) },
  });
  return { provider: create(server.origin), close: () => server.close() };
}

function toOptions(baseUrl: string, clock: SimulatedClock) {
  return {
    id: 'any',
    label: 'Any',
    baseUrl,
    headers: {},
    models: [],
    keyName: undefined,
    readKey: async () => undefined,
    clock,
    limits: defaultCallLimits,
  };
}

const request: ModelRequest = {
  model: 'model-a',
  messages: [{ role: 'user', text: 'Go' }],
  tools: [{ name: 'read_file', description: 'Reads', inputSchema: { type: 'object' } }],
  toolChoice: 'auto',
};

describe.each(Object.entries(implementations))('any model provider: %s', (_, start) => {
  const clock = createSimulatedClock();
  let subject: Subject;
  afterEach(() => subject.close());

  it('answers with a whole answer of the agreed shape', async () => {
    subject = await start(clock);
    const answer = await subject.provider.call(request, {
      signal: new AbortController().signal,
      idempotencyKey: 'k',
      onDelta: () => undefined,
    });
    expect(modelAnswerSchema.parse(answer)).toEqual({
      text,
      toolCalls: [
        { id: 'call_1_1', name: 'read_file', arguments: { path: 'a.md' }, rawArguments: '{"path":"a.md"}' },
        { id: 'call_1_2', name: 'read_file', arguments: null, rawArguments: '{"path":"b' },
      ],
      finishReason: 'toolCalls',
      usage: { inputTokens: 11, outputTokens: 7, cachedInputTokens: 0 },
      costUsd: null,
    });
  });

  it('streams what it answers: started, then filled, then completed', async () => {
    subject = await start(clock);
    const deltas: ModelDelta[] = [];
    const answer = await subject.provider.call(request, {
      signal: new AbortController().signal,
      idempotencyKey: 'k',
      onDelta: (delta) => deltas.push(modelDeltaSchema.parse(delta)),
    });
    expect(deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : [])).join('')).toBe(answer.text);
    answer.toolCalls.forEach((call, index) => {
      const own = deltas.filter((delta) => delta.type !== 'text' && delta.index === index);
      expect(own[0]).toEqual({ type: 'toolCallStarted', index, id: call.id, name: call.name });
      expect(
        own
          .slice(1, -1)
          .map((delta) => (delta.type === 'toolCallArguments' ? delta.fragment : '?'))
          .join(''),
      ).toBe(call.rawArguments);
      expect(own.at(-1)).toEqual({ type: 'toolCallCompleted', index });
    });
  });

  it('ends with the reason of the caller who gives up, and tells the eyes nothing more', async () => {
    subject = await start(clock);
    const reason = new HeddleError('run.cancelled', 'Enough');
    const controller = new AbortController();
    let seen = 0;
    const call = subject.provider.call(request, {
      signal: controller.signal,
      idempotencyKey: 'k',
      onDelta: () => {
        seen += 1;
        controller.abort(reason);
      },
    });
    await expect(call).rejects.toBe(reason);
    expect(seen).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lists its models and says that it is reachable', async () => {
    subject = await start(clock);
    const { signal } = new AbortController();
    expect(await subject.provider.listModels(signal)).toContain('model-a');
    expect((await subject.provider.test(signal)).status).toBe('reachable');
  });
});
