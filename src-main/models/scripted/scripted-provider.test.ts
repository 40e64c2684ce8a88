import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import type { ChatMessage, ModelDelta, ModelRequest } from '#shared/run/message.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../tests/support/simulated-clock.ts';
import type { ModelProvider } from '../model.ts';
import { createScriptedProvider } from './scripted-provider.ts';

let folder: string;
let clock: SimulatedClock;
let provider: ModelProvider;
let deltas: ModelDelta[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-scripts-'));
  clock = createSimulatedClock();
  provider = createScriptedProvider({ id: 'scripted', folders: () => [join(folder, 'mine'), folder, join(folder, 'missing')], clock });
  deltas = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (rules: JsonValue, name = 'test') => writeFile(join(folder, `${name}.script.json`), JSON.stringify({ version: 1, rules }));
const toRequest = (messages: readonly ChatMessage[], changes: Partial<ModelRequest> = {}): ModelRequest => ({
  model: 'test',
  messages: [...messages],
  tools: ['list_files', 'read_file'].map((name) => ({ name, description: name, inputSchema: { type: 'object' } })),
  toolChoice: 'auto',
  ...changes,
});
const user = (text: string): ChatMessage => ({ role: 'user', text });
const call = (request: ModelRequest, signal = new AbortController().signal) =>
  provider.call(request, { signal, idempotencyKey: 'k', onDelta: (delta) => deltas.push(delta) });
const say = async (text: string) => (await call(toRequest([user(text)]))).text;
const refusalOf = async (promise: Promise<unknown>): Promise<HeddleError> => {
  const thrown = await promise.then(
    () => new Error('It answered'),
    (reason: unknown) => reason,
  );
  if (thrown instanceof HeddleError) return thrown;
  throw thrown;
};
/** A conversation in which the model made these calls and got these results. */
const withResults = (
  ...turns: readonly (readonly [name: string, args: { [key: string]: JsonValue }, result: JsonValue])[][]
): ChatMessage[] => [
  user('Brief me'),
  ...turns.flatMap((calls, turn): ChatMessage[] => [
    {
      role: 'assistant',
      text: '',
      toolCalls: calls.map(([name, args], n) => ({
        id: `call_${turn + 1}_${n + 1}`,
        name,
        arguments: args,
        rawArguments: JSON.stringify(args),
      })),
    },
    ...calls.map(
      ([name, , result], n): ChatMessage => ({
        role: 'tool',
        callId: `call_${turn + 1}_${n + 1}`,
        name,
        text: typeof result === 'string' ? result : JSON.stringify(result),
        isError: false,
      }),
    ),
  ]),
];

describe('choosing a rule', () => {
  it('takes the first rule whose conditions all hold', async () => {
    await write([
      { when: { lastUser: 'tea', turn: 1 }, do: { say: 'second cup' } },
      { when: { lastUser: { contains: ['TEA', 'milk'] } }, do: { say: 'white' } },
      { when: { lastUser: { startsWith: 'tea', endsWith: '!' } }, do: { say: 'loud' } },
      { when: { lastUser: { equals: 'Tea', caseSensitive: true } }, do: { say: 'exact' } },
      { when: { lastUser: { glob: 'a*b?d' } }, do: { say: 'glob' } },
      { when: { cel: 'request.lastUser.size() > 20' }, do: { say: 'long' } },
      { do: { say: 'else' } },
    ]);
    const texts = ['tea with Milk', 'tea!', 'Tea', 'a--bcd', 'x'.repeat(21), 'tea'];
    expect(await Promise.all(texts.map(say))).toEqual(['white', 'loud', 'exact', 'glob', 'long', 'else']);
  });

  it('knows the system message, the tools that are offered, and which results just came', async () => {
    await write([
      { when: { afterTool: 'read_file' }, do: { say: 'read' } },
      { when: { hasResultOf: 'read_file' }, do: { say: 'read before' } },
      { when: { system: 'reviewer', turn: { to: 0 } }, do: { say: 'reviewing' } },
      { when: { offers: ['list_files', 'fetch'] }, do: { say: 'can fetch' } },
      { when: { turn: { from: 1 }, anyText: 'Brief' }, do: { say: 'later' } },
      { when: { offers: 'list_files' }, do: { say: 'can list' } },
    ]);
    const texts = async (messages: readonly ChatMessage[]) => (await call(toRequest(messages))).text;
    expect(await texts(withResults([['read_file', {}, 'x']]))).toBe('read');
    expect(await texts([...withResults([['read_file', {}, 'x']]), { role: 'assistant', text: 'ok', toolCalls: [] }, user('more')])).toBe(
      'read before',
    );
    expect(await texts([{ role: 'system', text: 'You are a Reviewer.' }, user('x')])).toBe('reviewing');
    expect(await texts(withResults([['list_files', {}, []]]))).toBe('later');
    expect(await texts([user('x')])).toBe('can list');
  });

  it('says which conversation no rule fits', async () => {
    await write([{ when: { lastUser: 'tea' }, do: { say: 'x' } }]);
    const error = await refusalOf(say('coffee'));
    expect(error.code).toBe('model.scriptedNoRule');
    expect(error.message).toContain('coffee');
  });
});

describe('acting', () => {
  it('calls a tool for every item of an earlier result, then quotes what was read', async () => {
    await write([
      { when: { turn: 0 }, do: { call: [{ tool: 'list_files', arguments: { path: '.' } }] } },
      {
        when: { afterTool: 'list_files' },
        do: {
          call: [
            {
              tool: 'read_file',
              forEach: 'last.json.files',
              as: 'file',
              if: 'file.name.endsWith(".md")',
              arguments: { path: '{{ file.name }}', limit: 10 },
            },
          ],
        },
      },
      {
        when: { afterTool: 'read_file' },
        do: {
          say: [
            'Read {{ tools.read_file.size() }} files.',
            '{{ bullets(tools.read_file.map(r, fileName(r.arguments.path) + ": " + first(sentencesWith(r.text, "loom"), "–"))) }}',
          ],
        },
      },
    ]);
    expect((await call(toRequest([user('Brief me')]))).toolCalls).toEqual([
      { id: 'call_1_1', name: 'list_files', arguments: { path: '.' }, rawArguments: '{"path":"."}' },
    ]);
    const listed = withResults([['list_files', { path: '.' }, { files: [{ name: 'a.md' }, { name: 'b.png' }, { name: 'c.md' }] }]]);
    const reading = await call(toRequest(listed));
    expect(reading).toMatchObject({
      finishReason: 'toolCalls',
      toolCalls: [
        { id: 'call_2_1', arguments: { path: 'a.md', limit: 10 } },
        { id: 'call_2_2', arguments: { path: 'c.md', limit: 10 } },
      ],
    });
    const read = withResults(
      [['list_files', {}, []]],
      [
        ['read_file', { path: 'x/a.md' }, 'A loom weaves. It sings.'],
        ['read_file', { path: 'c.md' }, 'No word of it.'],
      ],
    );
    expect((await call(toRequest(read))).text).toBe('Read 2 files.\n- a.md: A loom weaves.\n- c.md: –');
  });

  it('answers in JSON', async () => {
    await write([{ do: { json: { words: '{{ words(request.lastUser).size() }}', echo: '“{{ request.lastUser }}”' } } }]);
    expect(JSON.parse(await say('one "two"'))).toEqual({ words: 2, echo: '“one "two"”' });
  });

  it('gives the same answer to the same request', async () => {
    await write([{ do: { say: '{{ request.lastUser }} {{ turn }}', call: [{ tool: 'read_file', arguments: { n: '{{ turn }}' } }] } }]);
    const request = toRequest([user('again')]);
    expect(await call(request)).toEqual(await call(request));
  });

  it('writes broken arguments as null with their raw text', async () => {
    await write([{ do: { call: [{ tool: 'read_file', rawArguments: '{"path": "a' }] } }]);
    expect(await call(toRequest([user('x')]))).toMatchObject({ toolCalls: [{ arguments: null, rawArguments: '{"path": "a' }] });
  });

  it('counts tokens by the rule of four characters, or as it is told', async () => {
    await write([
      { when: { lastUser: 'told' }, do: { say: 'x', usage: { input: 5, output: 6, cached: 2 } } },
      { when: { lastUser: 'unknown' }, do: { say: 'x', usage: null } },
      { do: { say: '12345678' } },
    ]);
    const usage = async (text: string) => (await call(toRequest([user(text)], { tools: [] }))).usage;
    expect(await usage('told')).toEqual({ inputTokens: 5, outputTokens: 6, cachedInputTokens: 2 });
    expect(await usage('unknown')).toBeNull();
    expect(await usage('abcd efgh ijkl')).toEqual({ inputTokens: 4, outputTokens: 2, cachedInputTokens: 0 });
  });

  it('streams at the pace it is told, by the clock', async () => {
    await write([{ do: { say: 'x'.repeat(100), pace: { charsPerSecond: 100 } } }]);
    const answer = say('go');
    await clock.waitForTimers(1);
    await clock.advance(500);
    expect(deltas.reduce((total, delta) => total + (delta.type === 'text' ? delta.text.length : 0), 0)).toBe(50);
    await clock.advance(500);
    expect(await answer).toHaveLength(100);
  });

  it('waits before it answers, and for ever when told so, until the caller gives up', async () => {
    await write([{ when: { lastUser: 'soon' }, do: { say: 'now', wait: 300 } }, { do: { wait: 'forever' } }]);
    const soon = say('soon');
    await clock.waitForTimers(1);
    await clock.advance(300);
    expect(await soon).toBe('now');
    const reason = new HeddleError('run.cancelled', 'Enough');
    const controller = new AbortController();
    const never = call(toRequest([user('never')]), controller.signal);
    setImmediate(() => controller.abort(reason));
    await expect(never).rejects.toBe(reason);
    expect(clock.pendingTimers).toBe(0);
  });

  it('fails as real providers fail', async () => {
    await write([
      { when: { lastUser: 'limit' }, do: { fail: { code: 'rateLimited', retryAfterMs: 900 } } },
      { do: { fail: { code: 'unauthorized', message: 'No.' } } },
    ]);
    expect(await refusalOf(say('limit'))).toMatchObject({ code: 'model.rateLimited', retryAfterMs: 900, isRetryable: true });
    expect(await refusalOf(say('x'))).toMatchObject({ code: 'model.unauthorized', message: 'No.', isRetryable: false });
  });

  it('fails so many times for the same request, lets one through, and begins anew', async () => {
    await write([{ do: { fail: { code: 'unavailable', times: 2 } } }, { do: { say: 'at last' } }]);
    const outcomes = [];
    for (let n = 0; n < 6; n += 1) outcomes.push(await say('same').catch((thrown: HeddleError) => thrown.code));
    expect(outcomes).toEqual(['model.unavailable', 'model.unavailable', 'at last', 'model.unavailable', 'model.unavailable', 'at last']);
    expect(await refusalOf(say('another'))).toMatchObject({ code: 'model.unavailable' });
  });

  it('breaks off in the middle of text or of a tool call, which is then never returned', async () => {
    await write([
      { when: { lastUser: 'text' }, do: { say: 'y'.repeat(60), fail: { code: 'streamCut', afterChars: 30 } } },
      { do: { call: [{ tool: 'read_file', arguments: { path: 'a-rather-long-path.md' } }], fail: { code: 'streamCut', afterChars: 26 } } },
    ]);
    expect(await refusalOf(say('text'))).toMatchObject({ code: 'model.streamCut', isRetryable: true });
    expect(deltas).toEqual([{ type: 'text', text: 'y'.repeat(24) }]);
    deltas = [];
    expect((await refusalOf(say('call'))).code).toBe('model.streamCut');
    expect(deltas.map((delta) => delta.type)).toEqual(['toolCallStarted', 'toolCallArguments']);
  });
});

describe('script files', () => {
  it('are found in the first folder that has them, and listed from all', async () => {
    await mkdir(join(folder, 'mine'));
    await write([{ do: { say: 'theirs' } }]);
    await write([{ do: { say: 'only theirs' } }], 'other');
    await write([{ do: { say: 'mine' } }], 'mine/test');
    expect(await say('x')).toBe('mine');
    expect(await provider.listModels(new AbortController().signal)).toEqual(['other', 'test']);
    expect(await provider.test(new AbortController().signal)).toMatchObject({ status: 'reachable', models: ['other', 'test'] });
  });

  it('are read anew when they change', async () => {
    await write([{ do: { say: 'old' } }]);
    expect(await say('x')).toBe('old');
    await write([{ do: { say: 'newer' } }]);
    expect(await say('x')).toBe('newer');
  });

  it.each<[string, JsonValue, string]>([
    ['an unknown key', [{ when: { lastUsr: 'x' }, do: { say: 'x' } }], 'lastUsr'],
    ['an act that does nothing', [{ do: {} }], 'rules[0].do'],
    ['an unknown failure', [{ do: { fail: { code: 'teapot' } } }], 'rules[0].do.fail.code'],
    ['a condition that is not CEL', [{ when: { cel: 'turn >' }, do: { say: 'x' } }], 'rules[0].when.cel'],
    [
      'a template that is not CEL',
      [{ do: { say: 'x' } }, { do: { call: [{ tool: 't', arguments: { a: '{{ nope( }}' } }] } }],
      'rules[1].do.call[0].arguments',
    ],
    ['no rules', [], 'rules'],
  ])('with %s are refused with file and place', async (_, rules, place) => {
    await write(rules);
    const error = await refusalOf(say('x'));
    expect(error.code).toBe('model.scriptedInvalid');
    expect(error.message).toContain(join(folder, 'test.script.json'));
    expect(error.message).toContain(place);
    expect(await provider.test(new AbortController().signal)).toMatchObject({ status: 'unreachable', code: 'model.scriptedInvalid' });
  });

  it('name file and place when an expression fails while answering', async () => {
    await write([{ do: { say: '{{ results[4].text }}' } }]);
    const error = await refusalOf(say('x'));
    expect(error).toMatchObject({ code: 'model.scriptedInvalid', message: expect.stringContaining('rules[0].do') });
  });

  it('that are missing, or named to leave the folder, are refused with the names that there are', async () => {
    await write([{ do: { say: 'x' } }]);
    for (const model of ['absent', '../test', 'a/b', '']) {
      const error = await refusalOf(call(toRequest([user('x')], { model })));
      expect(error).toMatchObject({ code: 'model.scriptedInvalid', message: expect.stringContaining('There are: test') });
    }
  });
});
