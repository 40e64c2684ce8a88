import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelAnswer, ModelRequest } from '#shared/run/message.ts';
import { startOpenAiServer } from '../../../tests/peers/openai-server.ts';
import type { PeerServer } from '../../../tests/peers/wire-server.ts';
import { createSimulatedClock } from '../../../tests/support/simulated-clock.ts';
import { defaultCallLimits } from '../wire/call-limits.ts';
import { createOpenAiProvider } from './openai-provider.ts';

const request: ModelRequest = {
  model: 'local',
  messages: [{ role: 'user', text: 'Go' }],
  tools: [{ name: 'read_file', description: 'Reads', inputSchema: { type: 'object' } }],
  toolChoice: 'auto',
};

let server: PeerServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());

const answerTo = (
  chunks: readonly unknown[],
  { end = 'data: [DONE]\n\n', changes = {} }: { end?: string; changes?: Partial<ModelRequest> } = {},
) => {
  server.behave({ type: 'raw', body: chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('') + end });
  return call(changes);
};
const call = (changes: Partial<ModelRequest> = {}): Promise<ModelAnswer> =>
  createOpenAiProvider({
    id: 'local',
    label: 'Local',
    baseUrl: `${server.origin}/v1`,
    headers: {},
    models: [],
    keyName: undefined,
    readKey: async () => undefined,
    clock: createSimulatedClock(),
    limits: defaultCallLimits,
  }).call({ ...request, ...changes }, { signal: new AbortController().signal, idempotencyKey: 'k', onDelta: () => undefined });
const delta = (content: object, finish_reason: string | null = null) => ({ choices: [{ index: 0, delta: content, finish_reason }] });
const read = (path: string, more: object = {}) => ({ ...more, function: { name: 'read_file', arguments: JSON.stringify({ path }) } });
const pathsOf = (answer: ModelAnswer) => answer.toolCalls.map((toolCall) => toolCall.arguments?.path);

describe('endpoints that speak almost like OpenAI', () => {
  it('may leave out the usage', async () => {
    expect(await answerTo([delta({ content: 'Hi' }), delta({}, 'stop')])).toMatchObject({ text: 'Hi', usage: null, finishReason: 'stop' });
  });

  it('may leave out [DONE] once they said why they stopped', async () => {
    expect((await answerTo([delta({ content: 'Hi' }), delta({}, 'stop')], { end: '' })).text).toBe('Hi');
  });

  it('may leave out the reason when they say [DONE]', async () => {
    expect((await answerTo([delta({ content: 'Hi' })])).text).toBe('Hi');
  });

  it('may say stop although they call tools', async () => {
    expect((await answerTo([delta({ tool_calls: [read('a', { index: 0, id: 'x' })] }), delta({}, 'stop')])).finishReason).toBe('toolCalls');
  });

  it('may leave out the index of tool calls, with or without ids', async () => {
    expect(
      pathsOf(await answerTo([delta({ tool_calls: [read('a', { id: 'x' }), read('b', { id: 'y' })] }), delta({}, 'tool_calls')])),
    ).toEqual(['a', 'b']);
    expect(pathsOf(await answerTo([delta({ tool_calls: [read('a'), read('b')] }), delta({}, 'tool_calls')]))).toEqual(['a', 'b']);
  });

  it('may stream arguments without index or id after the name', async () => {
    const pieces = ['{"path"', ':"a"}'].map((text) => delta({ tool_calls: [{ function: { arguments: text } }] }));
    const answer = await answerTo([
      delta({ tool_calls: [{ id: 'x', function: { name: 'read_file' } }] }),
      ...pieces,
      delta({}, 'tool_calls'),
    ]);
    expect(pathsOf(answer)).toEqual(['a']);
  });

  it('may give every call the index 0', async () => {
    const chunks = [
      delta({ tool_calls: [read('a', { index: 0, id: 'x' })] }),
      delta({ tool_calls: [read('b', { index: 0, id: 'y' })] }),
      delta({}, 'tool_calls'),
    ];
    expect(pathsOf(await answerTo(chunks))).toEqual(['a', 'b']);
  });

  it('may repeat the name with every piece of one call', async () => {
    const pieces = ['{"path"', ':"a"}'].map((text) =>
      delta({ tool_calls: [{ index: 0, id: 'x', function: { name: 'read_file', arguments: text } }] }),
    );
    expect(pathsOf(await answerTo([...pieces, delta({}, 'tool_calls')]))).toEqual(['a']);
  });

  it('may interleave the pieces of parallel calls', async () => {
    const piece = (index: number, text: string) => delta({ tool_calls: [{ index, function: { arguments: text } }] });
    const open = [0, 1].map((index) => delta({ tool_calls: [{ index, id: `c${index}`, function: { name: 'read_file', arguments: '' } }] }));
    const answer = await answerTo([
      ...open,
      piece(0, '{"path"'),
      piece(1, '{"path":"b'),
      piece(0, ':"a"}'),
      piece(1, '"}'),
      delta({}, 'tool_calls'),
    ]);
    expect(pathsOf(answer)).toEqual(['a', 'b']);
  });

  it('may send arguments as an object', async () => {
    const chunk = delta({ tool_calls: [{ index: 0, id: 'x', function: { name: 'read_file', arguments: { path: 'a' } } }] });
    expect(pathsOf(await answerTo([chunk, delta({}, 'tool_calls')]))).toEqual(['a']);
  });

  it('may think aloud: only the answer counts', async () => {
    expect((await answerTo([delta({ reasoning_content: 'Hmm', content: null }), delta({ content: 'Yes' }), delta({}, 'stop')])).text).toBe(
      'Yes',
    );
  });

  it('may send text in parts', async () => {
    expect((await answerTo([delta({ content: [{ type: 'text', text: 'Yes' }] }), delta({}, 'stop')])).text).toBe('Yes');
  });

  it('may answer in one piece instead of streaming', async () => {
    const message = {
      role: 'assistant',
      content: 'All at once',
      tool_calls: [{ id: 'x', type: 'function', function: { name: 'read_file', arguments: '{"path":"a"}' } }],
    };
    const body = { choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage: { prompt_tokens: 3, completion_tokens: 4 } };
    server.behave({ type: 'raw', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect(await call()).toMatchObject({
      text: 'All at once',
      toolCalls: [{ arguments: { path: 'a' } }],
      usage: { inputTokens: 3, outputTokens: 4 },
    });
  });

  it('may put an error under status 200', async () => {
    server.behave({
      type: 'raw',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: 'Unexpected endpoint or method' }),
    });
    await expect(call()).rejects.toMatchObject({ code: 'model.unavailable', message: expect.stringContaining('Unexpected endpoint') });
  });

  it('name an empty answer a cut one', async () => {
    await expect(answerTo([], { end: '' })).rejects.toMatchObject({ code: 'model.streamCut' });
  });

  it('get `max_tokens`, which they know, and not the name that only OpenAI knows', async () => {
    await answerTo([delta({ content: 'Hi' }), delta({}, 'length')], { changes: { maxOutputTokens: 9 } });
    expect(server.requests.at(-1)?.body).toMatchObject({ max_tokens: 9, stream: true, stream_options: { include_usage: true } });
    expect(server.requests.at(-1)?.body).not.toHaveProperty('max_completion_tokens');
  });

  it('are asked for a strict shape only when the schema is closed', async () => {
    const open = { type: 'object', properties: { a: { type: 'string' } } };
    await answerTo([delta({ content: '{}' }), delta({}, 'stop')], { changes: { outputSchema: open } });
    expect(server.requests.at(-1)?.body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: open, strict: false } },
    });
    await answerTo([delta({ content: '{}' }), delta({}, 'stop')], {
      changes: { outputSchema: { ...open, required: ['a'], additionalProperties: false } },
    });
    expect(server.requests.at(-1)?.body).toMatchObject({ response_format: { json_schema: { strict: true } } });
  });
});
