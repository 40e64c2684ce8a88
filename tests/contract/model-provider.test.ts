import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnthropicProvider } from '#main/models/anthropic/anthropic-provider.ts';
import type { ModelCallOptions, ModelProvider } from '#main/models/model.ts';
import { createOpenAiProvider } from '#main/models/openai/openai-provider.ts';
import type { ProviderOptions } from '#main/models/provider-options.ts';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { ModelDelta, ModelRequest } from '#shared/run/message.ts';
import { startAnthropicServer } from '../peers/anthropic-server.ts';
import { startOpenAiServer } from '../peers/openai-server.ts';
import type { PeerAnswer, PeerServer } from '../peers/wire-server.ts';
import { createRandom } from '../support/random.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';

const key = 'sk-canary-7f3a9c1e5b2d4860';

interface ProviderUnderTest {
  readonly name: string;
  start(): Promise<PeerServer>;
  toBaseUrl(origin: string): string;
  create(options: ProviderOptions): ModelProvider;
  /** How the provider words an error. */
  toErrorBody(type: string, message: string): unknown;
  readonly lengthReason: string;
  readonly textEvent: (text: string) => string;
  readonly streamStart: string;
  /** From which piece of the stream on the answer counts as whole. */
  isWholeAfter(piece: string): boolean;
}

const providers: readonly ProviderUnderTest[] = [
  {
    name: 'openai',
    start: startOpenAiServer,
    toBaseUrl: (origin) => `${origin}/v1`,
    create: createOpenAiProvider,
    toErrorBody: (type, message) => ({ error: { message, type, code: null } }),
    lengthReason: 'length',
    textEvent: (text) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`,
    streamStart: '',
    isWholeAfter: (piece) => /"finish_reason":"/.test(piece),
  },
  {
    name: 'anthropic',
    start: startAnthropicServer,
    toBaseUrl: (origin) => origin,
    create: createAnthropicProvider,
    toErrorBody: (type, message) => ({ type: 'error', error: { type, message } }),
    lengthReason: 'max_tokens',
    textEvent: (text) =>
      `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}\n\n`,
    streamStart: `event: content_block_start\ndata: ${JSON.stringify({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })}\n\n`,
    isWholeAfter: (piece) => piece.includes('"stop_reason":"'),
  },
];

const request: ModelRequest = {
  model: 'model-a',
  messages: [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'Read both files.' },
  ],
  tools: [
    { name: 'read_file', description: 'Reads a file', inputSchema: { type: 'object', properties: { path: { type: 'string' } } } },
    { name: 'notes/search.v2', description: 'Searches', inputSchema: { type: 'object' } },
  ],
  toolChoice: 'auto',
};

/** Text with sequences of two to four bytes, and two parallel calls. */
const richAnswer: PeerAnswer = {
  text: 'Grüße, 世界 🧵 — reading “both”.',
  toolCalls: [
    { id: 'call_a', name: 'read_file', argumentPieces: ['{"path":', '"über', '/a.md"}'] },
    { id: 'call_b', name: 'notes_search_v2', argumentPieces: ['{"words":["é","\\ud83e\\uddf5"]', ',"limit":3}'] },
  ],
  usage: { input: 100, output: 20, cached: 40 },
};
const richResult = {
  text: 'Grüße, 世界 🧵 — reading “both”.',
  toolCalls: [
    { id: 'call_a', name: 'read_file', arguments: { path: 'über/a.md' }, rawArguments: '{"path":"über/a.md"}' },
    {
      id: 'call_b',
      name: 'notes/search.v2',
      arguments: { words: ['é', '🧵'], limit: 3 },
      rawArguments: '{"words":["é","\\ud83e\\uddf5"],"limit":3}',
    },
  ],
  finishReason: 'toolCalls',
  usage: { inputTokens: 100, outputTokens: 20, cachedInputTokens: 40 },
  costUsd: null,
};

describe.each(providers)('$name provider', (under) => {
  let server: PeerServer;
  let clock: SimulatedClock;
  let provider: ModelProvider;
  let deltas: ModelDelta[];

  const createProvider = (changes: Partial<ProviderOptions> = {}) =>
    under.create({
      id: under.name,
      label: 'Peer',
      baseUrl: under.toBaseUrl(server.origin),
      headers: {},
      models: [],
      keyName: 'peer',
      readKey: async () => key,
      clock,
      limits: { idleTimeoutMs: 5_000, totalTimeoutMs: 60_000, maxBytes: 4 * 2 ** 20 },
      ...changes,
    });
  const call = (changes: Partial<ModelRequest> = {}, options: Partial<ModelCallOptions> = {}) =>
    provider.call(
      { ...request, ...changes },
      { signal: new AbortController().signal, idempotencyKey: 'key-1', onDelta: (delta) => deltas.push(delta), ...options },
    );
  const callToRefusal = async (...args: Parameters<typeof call>): Promise<HeddleError> => {
    const thrown = await call(...args).then(
      (answer) => new Error(`Answered ${JSON.stringify(answer)}`),
      (reason: unknown) => reason,
    );
    if (!(thrown instanceof HeddleError)) throw thrown;
    expect(JSON.stringify(toErrorInfo(thrown)) + thrown.stack).not.toContain(key);
    return thrown;
  };
  const bytesOf = (answer: PeerAnswer) => Buffer.from(server.toPieces(answer).join(''));
  const argumentsSeen = (index: number) =>
    deltas.flatMap((delta) => (delta.type === 'toolCallArguments' && delta.index === index ? [delta.fragment] : [])).join('');

  beforeEach(async () => {
    server = await under.start();
    clock = createSimulatedClock();
    provider = createProvider();
    deltas = [];
  });
  afterEach(() => server.close());

  describe('whole answers', () => {
    it('gives text, parallel tool calls, usage and reason of a streamed answer', async () => {
      server.behave({ type: 'answer', answer: richAnswer });
      expect(await call()).toEqual(richResult);
    });

    it('tells the eyes every piece in order, and each call is started, filled and completed', async () => {
      server.behave({ type: 'answer', answer: richAnswer });
      await call();
      expect(deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : [])).join('')).toBe(richResult.text);
      expect(deltas.filter((delta) => delta.type === 'text').length).toBeGreaterThan(5);
      expect([argumentsSeen(0), argumentsSeen(1)]).toEqual(richResult.toolCalls.map((toolCall) => toolCall.rawArguments));
      expect(deltas.filter((delta) => delta.type === 'toolCallStarted')).toEqual([
        { type: 'toolCallStarted', index: 0, id: 'call_a', name: 'read_file' },
        { type: 'toolCallStarted', index: 1, id: 'call_b', name: 'notes/search.v2' },
      ]);
      expect(deltas.filter((delta) => delta.type === 'toolCallCompleted').map((delta) => delta.index)).toEqual([0, 1]);
    });

    it('sends key, headers and idempotency key, and offers tools under names that the provider takes', async () => {
      provider = createProvider({ headers: { 'x-team': 'loom' } });
      await call();
      const sent = server.requests[0]!;
      expect(sent.headers).toMatchObject({ 'x-team': 'loom', 'idempotency-key': 'key-1' });
      expect(sent.headers.authorization).toBe(`Bearer ${key}`);
      expect(JSON.stringify(sent.body)).toContain('notes_search_v2');
      expect(JSON.stringify(sent.body)).not.toContain('notes/search.v2');
    });

    it('sends no key at all to a provider that wants none', async () => {
      provider = createProvider({ keyName: undefined, readKey: async () => undefined });
      await call();
      expect([server.requests[0]!.headers.authorization, server.requests[0]!.headers['x-api-key']]).toEqual([undefined, undefined]);
    });

    it('takes a call without arguments as one with none', async () => {
      server.behave({ type: 'answer', answer: { toolCalls: [{ id: 'c', name: 'read_file', argumentPieces: [] }] } });
      expect((await call()).toolCalls).toEqual([{ id: 'c', name: 'read_file', arguments: {}, rawArguments: '' }]);
    });

    it.each(['{"path": "a', '[1,2]', '"text"', '{"a":1}{"b":2}', '{path: 1}', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`])(
      'returns arguments that are no JSON object as null with their raw text (%.20s)',
      async (rawArguments) => {
        server.behave({ type: 'answer', answer: { toolCalls: [{ id: 'c', name: 'read_file', argumentPieces: [rawArguments] }] } });
        expect(await call()).toMatchObject({
          finishReason: 'toolCalls',
          toolCalls: [{ id: 'c', name: 'read_file', arguments: null, rawArguments }],
        });
      },
    );

    it('never makes a whole call of one that ran into the length limit', async () => {
      for (const argumentPieces of [[], ['{"path":'], ['']]) {
        server.behave({
          type: 'answer',
          answer: { toolCalls: [{ id: 'c', name: 'read_file', argumentPieces }], finishReason: under.lengthReason },
        });
        expect(await call()).toMatchObject({ finishReason: 'length', toolCalls: [{ arguments: null }] });
      }
    });

    it('gives calls with missing, doubled or taken ids ids of their own', async () => {
      const messages: ModelRequest['messages'] = [
        ...request.messages,
        { role: 'assistant', text: '', toolCalls: [{ id: 'call_0', name: 'read_file', arguments: {}, rawArguments: '{}' }] },
        { role: 'tool', callId: 'call_0', name: 'read_file', text: 'x', isError: false },
      ];
      const toolCalls = [{ id: 'call_0' }, {}, { id: 'twice' }, { id: 'twice' }].map((part) => ({
        ...part,
        name: 'read_file',
        argumentPieces: ['{}'],
      }));
      server.behave({ type: 'answer', answer: { toolCalls } });
      const ids = (await call({ messages })).toolCalls.map((toolCall) => toolCall.id);
      expect(ids).toHaveLength(4);
      expect(new Set([...ids, 'call_0'])).toHaveProperty('size', 5);
      expect(ids[2]).toBe('twice');
    });

    it('refuses a call that does not say which tool', async () => {
      server.behave({ type: 'answer', answer: { toolCalls: [{ id: 'c', argumentPieces: ['{}'] }] } });
      expect((await callToRefusal()).code).toBe('model.malformedAnswer');
    });

    it('sends the results of parallel calls back as the provider wants them', async () => {
      await call({
        messages: [
          ...request.messages,
          {
            role: 'assistant',
            text: '',
            toolCalls: [
              { id: 'a', name: 'read_file', arguments: { path: 'x' }, rawArguments: '{"path":"x"}' },
              { id: 'b', name: 'read_file', arguments: null, rawArguments: '{"pa' },
            ],
          },
          { role: 'tool', callId: 'a', name: 'read_file', text: 'content', isError: false },
          { role: 'tool', callId: 'b', name: 'read_file', text: 'The arguments are not JSON.', isError: true },
        ],
      });
      expect((server.requests[0]!.body as { messages: unknown[]; system?: unknown }).messages).toMatchSnapshot();
    });

    it('asks for an answer of a given shape and returns its JSON as text', async () => {
      const outputSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
      const json = '{"city":"Kraków"}';
      server.behave({
        type: 'answer',
        answer:
          under.name === 'openai'
            ? { text: json }
            : { toolCalls: [{ id: 't', name: 'give_answer', argumentPieces: ['{"city":', '"Kraków"}'] }] },
      });
      expect(await call({ tools: [], outputSchema })).toMatchObject({ text: json, toolCalls: [], finishReason: 'stop' });
      expect(JSON.stringify(server.requests[0]!.body)).toContain(JSON.stringify(outputSchema).slice(1, -1));
    });
  });

  describe('refusals', () => {
    const refuse = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      server.behave({ type: 'raw', status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

    it.each([
      [401, 'model.unauthorized', false],
      [403, 'model.unauthorized', false],
      [400, 'model.badRequest', false],
      [404, 'model.badRequest', false],
      [422, 'model.badRequest', false],
      [302, 'model.badRequest', false],
      [413, 'model.contextTooLong', false],
      [408, 'model.unavailable', true],
      [429, 'model.rateLimited', true],
      [500, 'model.unavailable', true],
      [503, 'model.unavailable', true],
      [529, 'model.unavailable', true],
    ])('names status %i as %s, asks once, and never repeats the key', async (status, code, isRetryable) => {
      refuse(status, under.toErrorBody('some_error', `The key ${key} (Bearer ${key}) is wrong`), { location: 'http://127.0.0.1:1/' });
      const error = await callToRefusal();
      expect({ code: error.code, isRetryable: error.isRetryable }).toEqual({ code, isRetryable });
      expect(server.requests).toHaveLength(1);
    });

    it("keeps the provider's own words", async () => {
      refuse(400, under.toErrorBody('invalid_request_error', 'temperature: must be at most 1'));
      expect((await callToRefusal()).message).toContain('temperature: must be at most 1');
    });

    it('keeps values of configured headers out of errors', async () => {
      provider = createProvider({ headers: { 'x-gateway-token': 'hush-hush-0815' } });
      refuse(401, under.toErrorBody('authentication_error', 'bad token hush-hush-0815'));
      expect((await callToRefusal()).message).not.toContain('hush-hush');
    });

    it('knows a context that is too long by its words', async () => {
      refuse(400, under.toErrorBody('invalid_request_error', 'prompt is too long: 300000 tokens > 200000 maximum context length'));
      expect((await callToRefusal()).code).toBe('model.contextTooLong');
    });

    it('passes on how long to wait, in seconds or as a date', async () => {
      refuse(429, under.toErrorBody('rate_limit_error', 'slow'), { 'retry-after': '7' });
      expect((await callToRefusal()).retryAfterMs).toBe(7_000);
      refuse(429, under.toErrorBody('rate_limit_error', 'slow'), { 'retry-after': new Date(clock.nowMs() + 90_000).toUTCString() });
      expect((await callToRefusal()).retryAfterMs).toBe(90_000);
      refuse(529, under.toErrorBody('overloaded_error', 'busy'), { 'retry-after': '2.5' });
      expect((await callToRefusal()).retryAfterMs).toBe(2_500);
      refuse(429, under.toErrorBody('rate_limit_error', 'slow'), { 'retry-after': 'soon' });
      expect((await callToRefusal()).retryAfterMs).toBeUndefined();
    });

    it.each([
      ['overloaded_error', 'model.unavailable'],
      ['rate_limit_error', 'model.rateLimited'],
      ['invalid_request_error', 'model.badRequest'],
      ['never_heard_of', 'model.unavailable'],
    ])('names the error %s that comes inside a stream as %s', async (type, code) => {
      const body = `${server.toPieces(richAnswer).slice(0, 3).join('')}event: error\ndata: ${JSON.stringify(under.toErrorBody(type, `no: ${key}`))}\n\n`;
      server.behave({ type: 'raw', body });
      expect((await callToRefusal()).code).toBe(code);
    });

    it('says that a server is not there, with its address', async () => {
      const { origin } = server;
      await server.close();
      const error = await callToRefusal();
      expect({ code: error.code, isRetryable: error.isRetryable }).toEqual({ code: 'model.unavailable', isRetryable: true });
      expect(error.message).toContain(new URL(origin).host);
    });

    it('says that a host name is not known, and that TLS was not accepted', async () => {
      provider = createProvider({ baseUrl: 'http://no-such-host.invalid/v1' });
      expect((await callToRefusal()).code).toBe('model.unavailable');
      provider = createProvider({ baseUrl: under.toBaseUrl(server.origin).replace('http:', 'https:') });
      expect((await callToRefusal()).code).toBe('model.unavailable');
    });

    it('takes a connection closed before any answer as unavailable', async () => {
      server.behave({ type: 'hangUp' });
      expect(await callToRefusal()).toMatchObject({ code: 'model.unavailable', isRetryable: true });
    });

    it('asks for the key that is missing before it sends anything', async () => {
      provider = createProvider({ readKey: async () => undefined });
      expect((await callToRefusal()).code).toBe('model.keyMissing');
      expect(server.requests).toEqual([]);
    });

    it('takes a page that is no stream as malformed', async () => {
      server.behave({ type: 'raw', headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' });
      expect((await callToRefusal()).code).toBe('model.malformedAnswer');
    });

    it('reads no more than the beginning of an error page that never ends', async () => {
      server.behave({ type: 'endless', status: 500, start: '<html>', again: 'x'.repeat(16 * 1024) });
      const error = await callToRefusal();
      expect(error.code).toBe('model.unavailable');
      expect(error.message.length).toBeLessThan(1_000);
      await eventually(async () => (await server.openConnections()) === 0);
    });
  });

  describe('broken streams', () => {
    const wholeFrom = () => {
      const pieces = server.toPieces(richAnswer);
      const last = pieces.findIndex((piece) => under.isWholeAfter(piece));
      return Buffer.byteLength(pieces.slice(0, last + 1).join(''));
    };
    /** The event is whole as soon as its JSON is, even before the blank line. */
    const slack = 2;

    const expectCut = async (bytes: number, ending: 'reset' | 'end') => {
      deltas = [];
      server.behave({ type: 'partial', body: bytesOf(richAnswer), bytes, ending });
      if (bytes >= wholeFrom() - slack) {
        expect({ ...(await call()), usage: null }).toEqual({ ...richResult, usage: null });
        return;
      }
      expect(await callToRefusal(), `cut after ${bytes} bytes by ${ending}`).toMatchObject({ code: 'model.streamCut', isRetryable: true });
      for (const completed of deltas.filter((delta) => delta.type === 'toolCallCompleted')) {
        expect(argumentsSeen(completed.index)).toBe(richResult.toolCalls[completed.index]?.rawArguments);
      }
    };

    it('refuses an answer that is cut at the edge of any piece, however the connection ends', async () => {
      let bytes = 0;
      for (const piece of ['', ...server.toPieces(richAnswer)]) {
        bytes += Buffer.byteLength(piece);
        await expectCut(bytes, 'end');
        await expectCut(bytes, 'reset');
      }
    }, 30_000);

    it('refuses an answer that is cut at any byte, inside characters and escapes too', async () => {
      const random = createRandom(20260601);
      const length = bytesOf(richAnswer).length;
      for (let n = 0; n < 300; n += 1) await expectCut(Math.floor(random() * length), random() < 0.5 ? 'end' : 'reset');
    }, 60_000);

    it('answers the same however the bytes are dealt out', async () => {
      const body = bytesOf(richAnswer);
      for (const size of [1, 3, 7]) {
        const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, n) => body.subarray(n * size, (n + 1) * size));
        const { readServerSentEvents } = await import('#main/models/wire/server-sent-events.ts');
        const read = async (chunks: readonly Uint8Array[]) => {
          const events: unknown[] = [];
          for await (const event of readServerSentEvents(
            (async function* () {
              yield* chunks;
            })(),
          ))
            events.push(event);
          return events;
        };
        expect(await read(pieces)).toEqual(await read([body]));
      }
    });

    it('survives mutated streams: an answer with checked arguments or a refusal with a code, nothing else', async () => {
      const random = createRandom(4711);
      const outcomes = new Set<string>();
      for (let n = 0; n < 300; n += 1) {
        server.behave({ type: 'raw', body: mutate(bytesOf(richAnswer), server.toPieces(richAnswer), random) });
        const outcome = await call().then(
          (answer) => {
            for (const toolCall of answer.toolCalls)
              expect(toolCall.arguments === null || typeof toolCall.arguments === 'object').toBe(true);
            return 'answered';
          },
          (thrown: unknown) => (thrown instanceof HeddleError ? thrown.code : Promise.reject(thrown)),
        );
        outcomes.add(outcome);
      }
      expect(outcomes).toContain('answered');
      expect(outcomes).toContain('model.malformedAnswer');
    }, 60_000);

    it('takes a piece that is not JSON as malformed', async () => {
      server.behave({ type: 'raw', body: `${server.toPieces(richAnswer)[0]}data: {"choices": oops}\n\n` });
      expect((await callToRefusal()).code).toBe('model.malformedAnswer');
    });
  });

  describe('limits', () => {
    it('gives up on a stream that falls silent, and closes the connection', async () => {
      const body = bytesOf(richAnswer);
      server.behave({ type: 'partial', body, bytes: 200, ending: 'stall' });
      const stalled = server.stalled();
      const refusal = callToRefusal();
      await stalled;
      await eventually(() => clock.pendingTimers === 2);
      await clock.advance(4_999);
      await clock.advance(5_000);
      expect(await refusal).toMatchObject({ code: 'model.timedOut', isRetryable: true });
      await eventually(async () => (await server.openConnections()) === 0);
    });

    it('gives up on a server that takes the request and says nothing', async () => {
      server.behave({ type: 'partial', body: Buffer.alloc(0), bytes: 0, ending: 'stall' });
      const refusal = callToRefusal();
      await eventually(() => server.requests.length === 1);
      await clock.advance(5_000);
      expect((await refusal).code).toBe('model.timedOut');
    });

    it('gives up on a stream that trickles on for ever', async () => {
      server.behave({ type: 'endless', start: under.streamStart, again: ': ping\n\n' });
      const refusal = callToRefusal();
      await eventually(() => server.requests.length === 1);
      const trickle = setInterval(() => void clock.advance(1_000), 1);
      expect((await refusal.finally(() => clearInterval(trickle))).code).toMatch(/model\.(timedOut|malformedAnswer)/);
    });

    it('stops a stream that never ends at the limit of bytes', async () => {
      server.behave({ type: 'endless', start: under.streamStart, again: under.textEvent('again and again '.repeat(64)) });
      expect(await callToRefusal({}, { onDelta: () => undefined })).toMatchObject({ code: 'model.malformedAnswer' });
      await eventually(async () => (await server.openConnections()) === 0);
    });

    it('stops one endless line at the limit of bytes, in time linear in them', async () => {
      provider = createProvider({ limits: { idleTimeoutMs: 5_000, totalTimeoutMs: 60_000, maxBytes: 64 * 2 ** 20 } });
      server.behave({ type: 'endless', start: 'data: "', again: 'x'.repeat(64 * 1024) });
      expect((await callToRefusal()).code).toBe('model.malformedAnswer');
    }, 20_000);

    it('gives a text of several megabytes whole', async () => {
      const text = 'loom and heddle '.repeat(100_000);
      server.behave({ type: 'answer', answer: { text, pieceLength: 4_000 } });
      expect((await call()).text).toBe(text);
    });

    it('ends at once with the reason of the caller who gives up, before, during and at the start of the stream', async () => {
      const reason = new HeddleError('run.cancelled', 'Enough');
      const aborted = AbortSignal.abort(reason);
      await expect(call({}, { signal: aborted })).rejects.toBe(reason);
      expect(server.requests).toEqual([]);

      const controller = new AbortController();
      server.behave({ type: 'endless', start: under.streamStart, again: under.textEvent('more ') });
      const seen: ModelDelta[] = [];
      const running = call(
        {},
        {
          signal: controller.signal,
          onDelta: (delta) => {
            if (seen.push(delta) === 5) controller.abort(reason);
          },
        },
      );
      await expect(running).rejects.toBe(reason);
      expect(seen).toHaveLength(5);
      expect(clock.pendingTimers).toBe(0);
      await eventually(async () => (await server.openConnections()) === 0);

      const silent = new AbortController();
      server.behave({ type: 'partial', body: Buffer.alloc(0), bytes: 0, ending: 'stall' });
      const waiting = call({}, { signal: silent.signal });
      await eventually(() => server.requests.length === 2);
      silent.abort(reason);
      await expect(waiting).rejects.toBe(reason);
    });

    it('leaves no timer behind', async () => {
      await call();
      expect(clock.pendingTimers).toBe(0);
    });
  });

  describe('the test button', () => {
    it('lists the models', async () => {
      expect(await provider.test(new AbortController().signal)).toEqual({
        status: 'reachable',
        models: ['model-a', 'model-b'],
        latencyMs: 0,
      });
    });

    it('asks a configured model for a word where models cannot be listed', async () => {
      provider = createProvider({ models: ['model-x'] });
      const noList = { type: 'raw', status: 404, body: '{}', headers: { 'content-type': 'application/json' } } as const;
      server.behave(noList, { type: 'answer', answer: { text: 'yes' } });
      expect(await provider.test(new AbortController().signal)).toMatchObject({ status: 'reachable', models: ['model-x'] });
      expect(server.requests.at(-1)?.body).toMatchObject({ model: 'model-x' });
      server.behave(noList);
      expect(await createProvider().test(new AbortController().signal)).toMatchObject({ status: 'unreachable', code: 'model.badRequest' });
    });

    it('shows the exact refusal, without the key', async () => {
      server.behave({
        type: 'raw',
        status: 401,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(under.toErrorBody('authentication_error', `bad ${key}`)),
      });
      const result = await provider.test(new AbortController().signal);
      expect(result).toMatchObject({ status: 'unreachable', code: 'model.unauthorized' });
      expect(JSON.stringify(result)).not.toContain(key);
    });
  });
});

/** One seeded damage to a stream: pieces dropped, doubled, swapped, or bytes replaced. */
function mutate(body: Buffer, pieces: readonly string[], random: () => number): Buffer {
  const at = Math.floor(random() * pieces.length);
  const other = Math.floor(random() * pieces.length);
  const piece = pieces[at] ?? '';
  switch (Math.floor(random() * 6)) {
    case 0:
      return Buffer.from(pieces.toSpliced(at, 1).join(''));
    case 1:
      return Buffer.from(pieces.toSpliced(at, 0, piece).join(''));
    case 2:
      return Buffer.from(
        pieces
          .with(at, pieces[other] ?? '')
          .with(other, piece)
          .join(''),
      );
    case 3:
      return Buffer.from(
        pieces
          .with(at, piece.replace(/"index":\d+/, `"index":${[-1, 1.5, 2 ** 53, '"x"', 'null', 10 ** 9][Math.floor(random() * 6)]}`))
          .join(''),
      );
    case 4:
      return Buffer.from(
        pieces
          .with(at, piece.replace(/"(delta|content_block|arguments|partial_json|text|id|name)":("[^"]*"|\{)/, '"$1":null,"was":$2'))
          .join(''),
      );
    default: {
      const damaged = Buffer.from(body);
      for (let n = 0; n < 3; n += 1) damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      return damaged;
    }
  }
}

/** Waits for something that other processes or sockets bring about, looking again at every turn of the event loop. */
async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
