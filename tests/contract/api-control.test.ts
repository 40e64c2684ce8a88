import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHost, type Host } from '#main/host/composition.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { runEventSchemas } from '#shared/run/events.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { toDocument } from '../support/workflow-builder.ts';

let place: HeddlePlace;
let host: Host;
let server: Awaited<ReturnType<Host['listen']>>;
beforeEach(async () => {
  place = createHeddlePlace();
  host = createHost({
    workspace: place.workspace,
    home: place.home,
    port: 0,
    token: 'a-token-of-the-tests-long-enough',
    readOnly: false,
    logLevel: 'error',
  });
  server = await host.listen();
});
afterEach(async () => {
  await host.close();
  await place.close();
});

interface Answer {
  readonly status: number;
  readonly value: JsonObject;
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await request(method, path, body);
  return { status: response.status, value: (await response.json()) as JsonObject };
}
const request = (method: string, path: string, body?: unknown) =>
  fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const refused = (code: string, words: RegExp | string = '') => ({
  status: 422,
  value: { data: { code, message: expect.stringMatching(words) as string } },
});

async function start(document: WorkflowDocument, more: JsonObject = {}): Promise<string> {
  const { value } = await call('POST', '/runs', { source: { type: 'document', document }, ...more });
  return String(value.runId);
}
const settled = (runId: string) => host.services.runs.settled(runId, AbortSignal.timeout(20_000));
const statusOf = async (runId: string) => (await call('GET', `/runs/${runId}`)).value.status;
const script = (name: string, ...rules: JsonObject[]) => place.write(`scripts/${name}.script.json`, { version: 1, rules });
const input = (...names: string[]) => ({
  kind: 'input' as const,
  config: { fields: names.map((name) => ({ name, type: 'any', default: `the ${name}` })) },
});
const prompt = (model: string) => ({ kind: 'prompt' as const, config: { model, prompt: '{{ inputs.in }}' } });

/** Waits for the signal `go`, then asks a model. */
const waiting = () =>
  toDocument(
    {
      start: input('x'),
      wait: { kind: 'signal', config: { name: 'go' } },
      say: prompt('scripted/say'),
      out: { kind: 'output', config: { name: 'text' } },
    },
    ['start.x->wait.in', 'wait.payload->say.in', 'say.text->out.value'],
  );

describe('a live run over REST', () => {
  test('is interrupted, steered, continued and signalled, each as a fact with who did it', async () => {
    script('say', { do: { say: 'said' } });
    script('other', { do: { say: 'something else' } });
    const runId = await start(waiting());
    await settled(runId);
    expect(await call('POST', `/runs/${runId}/continue`, {})).toMatchObject(refused('run.notInterrupted'));
    expect(await call('POST', `/runs/${runId}/interrupt`, { mode: 'finish', reason: 'lunch', by: 'ann' })).toEqual({
      status: 200,
      value: {},
    });
    expect(await statusOf(runId)).toBe('interrupted');
    expect(await call('POST', `/runs/${runId}/steer`, { changes: [{ type: 'model', model: 'scripted/other' }], by: 'ann' })).toEqual({
      status: 200,
      value: {},
    });
    expect(await call('POST', `/runs/${runId}/signals/go`, { payload: { n: 1 }, by: 'ann' })).toEqual({ status: 200, value: {} });
    expect(await call('POST', `/runs/${runId}/continue`, { by: 'bob' })).toEqual({ status: 200, value: {} });
    expect(await settled(runId)).toMatchObject({ status: 'succeeded', outputs: { text: 'something else' } });
    const { value } = await call('GET', `/runs/${runId}/events?limit=5000`);
    const facts = (value as unknown as { type: string; data: JsonObject }[]).filter(({ data }) => data.by !== undefined);
    expect(facts.map(({ type, data }) => [type, data.by])).toEqual([
      ['run.interruptRequested', 'ann'],
      ['run.steered', 'ann'],
      ['signal.received', 'ann'],
      ['run.continued', 'bob'],
    ]);
    for (const { type, data } of facts) expect(runEventSchemas[type as keyof typeof runEventSchemas].safeParse(data).success).toBe(true);
  });

  test('is stopped and undone', async () => {
    const value = { kind: 'transform' as const, config: { expression: 'inputs.in' } };
    const runId = await start(
      toDocument(
        { start: input('x'), act: { ...value, compensation: 'undo' }, undo: value, wait: { kind: 'signal', config: { name: 'go' } } },
        ['start.x->act.in', 'act.value->wait.in'],
      ),
    );
    await settled(runId);
    expect(await call('POST', `/runs/${runId}/compensate`, { reason: 'wrong day' })).toEqual({ status: 200, value: {} });
    expect(await settled(runId)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'wrong day',
      saga: { status: 'completed', failed: [] },
    });
    expect(await call('POST', `/runs/${runId}/compensate`, {})).toMatchObject(refused('run.alreadyFinished'));
  });

  test('refuses what makes no sense, and changes nothing', async () => {
    const runId = await start(waiting());
    const { lastSeq } = await settled(runId);
    const bad: readonly [path: string, body: unknown][] = [
      ['interrupt', { mode: 'hard' }],
      ['interrupt', { reason: 'x'.repeat(2001) }],
      ['steer', { changes: [] }],
      ['steer', {}],
      ['steer', { changes: [{ type: 'model' }] }],
      ['steer', { changes: [{ type: 'budget', budgetUsd: -1 }] }],
      ['steer', { changes: [{ type: 'colour', node: 'say' }] }],
      ['signals/no%20name', { payload: 1 }],
      ['compensate', { reason: 7 }],
      ['continue', { mode: 'finish' }],
    ];
    for (const [path, body] of bad)
      expect([path, await call('POST', `/runs/${runId}/${path}`, body)]).toMatchObject([path, refused('request.invalid')]);
    const skip = { type: 'skip', workflow: null, node: 'nobody' };
    expect(await call('POST', `/runs/${runId}/steer`, { changes: [skip] })).toMatchObject(refused('run.steeringInvalid', /nobody/));
    expect((await call('GET', `/runs/${runId}`)).value.lastSeq).toBe(lastSeq);
  });

  test.each([
    ['POST', 'interrupt', {}],
    ['POST', 'continue', {}],
    ['POST', 'steer', { changes: [{ type: 'model', model: null }] }],
    ['POST', 'signals/go', {}],
    ['POST', 'compensate', {}],
    ['GET', 'collect?nodes=a', undefined],
  ])('%s %s of a run that is not there is refused', async (method, path, body) => {
    expect(await call(method, `/runs/nobody/${path}`, body)).toMatchObject(refused('run.notFound', /nobody/));
  });
});

const part = toDocument({ x: input('x'), say: prompt('scripted/say'), y: { kind: 'output', config: { name: 'y' } } }, [
  'x.x->say.in',
  'say.text->y.value',
]);

/** Maps over the items, one after the other, with the workflow `part`. */
async function mapping() {
  await host.services.workflows.create({ ...part, name: 'part' });
  return toDocument(
    {
      list: input('items'),
      each: { kind: 'map', config: { workflow: 'part.heddle.json', parallel: 1 } },
      out: { kind: 'output', config: { name: 'all' } },
    },
    ['list.items->each.items', 'each.results->out.value'],
  );
}

describe('partial results', () => {
  test('are given of a live run and of one that has ended', async () => {
    script(
      'say',
      { when: { lastUser: { contains: 'bad' } }, do: { fail: { code: 'unauthorized' } } },
      { when: { lastUser: { contains: 'slow' } }, do: { wait: 'forever' } },
      { do: { say: 'said' } },
    );
    const runId = await start(await mapping(), { inputs: { items: ['one', 'bad', 'slow', 'four'] } });
    const look = async (query = 'map=each') => (await call('GET', `/runs/${runId}/collect?${query}`)).value;
    await expect.poll(async () => (await look()).failed, { timeout: 20_000 }).toHaveLength(1);
    expect(await look()).toMatchObject({
      value: ['said'],
      total: 4,
      succeeded: 1,
      failed: [{ part: '1', error: { code: 'model.unauthorized' } }],
      missing: ['2', '3'],
      left: [],
      isComplete: false,
    });
    expect(await look('map=each&aggregation=quorum&count=2')).toMatchObject({ value: null, missed: expect.stringContaining('2 of 4') });
    expect(await look('nodes=list,each&aggregation=merge')).toMatchObject({
      value: { list: ['one', 'bad', 'slow', 'four'] },
      missing: ['each'],
    });
    await call('POST', `/runs/${runId}/cancel`, {});
    await settled(runId);
    expect(await look()).toMatchObject({ value: ['said'], missing: [], left: ['2', '3'], isComplete: true });
  });

  test('are streamed at each change until the run ends, also to whoever comes late', async () => {
    script('say', { do: { say: 'said' } });
    const document = await mapping();
    const nodes = [...document.nodes, ...toDocument({ wait: { kind: 'signal', config: { name: 'go' } } }, []).nodes];
    const into = (node: string, port: string, to: string, toPort: string) => ({ from: { node, port }, to: { node: to, port: toPort } });
    const gated = { ...document, nodes, edges: [into('list', 'items', 'wait', 'in'), into('wait', 'payload', 'each', 'items')] };
    gated.nodes = gated.nodes.filter(({ id }) => id !== 'out');
    const runId = await start(gated, { inputs: { items: ['a', 'b', 'c'] } });
    await settled(runId);
    const following = await request('GET', `/runs/${runId}/collect-follow?map=each`);
    expect(following.headers.get('content-type')).toContain('text/event-stream');
    await call('POST', `/runs/${runId}/signals/go`, { payload: ['a', 'b', 'c'] });
    const seen = toMessages(await following.text());
    expect(seen[0]).toMatchObject({ total: null, succeeded: 0, isComplete: false });
    expect(seen.at(-1)).toMatchObject({ total: 3, succeeded: 3, value: ['said', 'said', 'said'], isComplete: true });
    const counts = seen.map(({ succeeded }) => Number(succeeded));
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(seen.map((item) => JSON.stringify(item))).size).toBe(seen.length);
    expect(toMessages(await (await request('GET', `/runs/${runId}/collect-follow?map=each`)).text())).toEqual([seen.at(-1)]);
  });

  test.each([
    ['', /nodes or a map/],
    ['nodes=a&map=b', /nodes or a map/],
    ['map=each&aggregation=most', ''],
    ['map=each&aggregation=reduce', /reduce/],
    ['map=each&count=0', ''],
    ['map=wait', /no map/],
    ['nodes=say,nobody', /nobody/],
  ])('asked for by %j are refused', async (query, words) => {
    const runId = await start(waiting());
    expect(await call('GET', `/runs/${runId}/collect?${query}`)).toMatchObject(refused('request.invalid', words));
  });
});

/** The values of a stream of server-sent events. */
function toMessages(text: string): JsonObject[] {
  return text
    .split('\n\n')
    .filter((message) => message.includes('event: message'))
    .map((message) => JSON.parse(message.replace(/^[\s\S]*?data: /, '')) as JsonObject);
}

describe('dead letters over REST', () => {
  async function failOnce() {
    script('say', { when: { lastUser: { contains: 'bad' } }, do: { fail: { code: 'unauthorized' } } }, { do: { say: 'said' } });
    const runId = await start(await mapping(), { inputs: { items: ['one', 'bad'] } });
    await settled(runId);
    return { runId, id: `${runId}:each#1/i1/say#1` };
  }
  const list = async (query = '') => (await call('GET', `/dead-letters${query}`)).value as unknown as JsonObject[];

  test('are listed, watched, run again and dismissed, once', async () => {
    const watching = host.services.deadLetters;
    let told = 0;
    watching.onChange(() => {
      told += 1;
    });
    const { id } = await failOnce();
    expect(await list()).toMatchObject([{ id, node: 'each#1/i1/say', error: { code: 'model.unauthorized' }, handling: { type: 'open' } }]);
    script('say', { do: { say: 'said later' } });
    const { status, value } = await call('POST', '/dead-letters/rerun', { id, by: 'ann' });
    expect(status).toBe(200);
    expect(await settled(String(value.runId))).toMatchObject({ status: 'succeeded', outputs: { all: ['said', 'said later'] } });
    expect(await call('POST', '/dead-letters/rerun', { id })).toMatchObject(refused('deadLetter.handled'));
    expect(await call('POST', '/dead-letters/dismiss', { id })).toMatchObject(refused('deadLetter.handled'));
    expect(await list()).toEqual([]);
    expect(await list('?withHandled=true')).toMatchObject([{ id, handling: { type: 'rerun', by: 'ann', newRunId: value.runId } }]);
    expect(told).toBe(2);
  });

  test('are watched: the whole list, again when a run ends with one', async () => {
    const watching = await request('GET', '/dead-letters-watch');
    const { id } = await failOnce();
    let text = '';
    const reader = (watching.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream() as never).getReader();
    while (!text.includes(id)) {
      const { value, done } = (await reader.read()) as { value: string | undefined; done: boolean };
      if (done) break;
      text += value ?? '';
    }
    await reader.cancel();
    const lists = toMessages(text) as unknown as { id: string }[][];
    expect([lists[0], lists.at(-1)?.map((letter) => letter.id)]).toEqual([[], [id]]);
  });

  test('are dismissed with a reason; what is not there or not said is refused', async () => {
    const { id } = await failOnce();
    expect(await call('POST', '/dead-letters/dismiss', {})).toMatchObject(refused('request.invalid'));
    expect(await call('POST', '/dead-letters/dismiss', { id: 'nothing' })).toMatchObject(refused('deadLetter.notFound'));
    expect(await call('POST', '/dead-letters/rerun', { id: 'nothing' })).toMatchObject(refused('deadLetter.notFound'));
    expect(await call('POST', '/dead-letters/dismiss', { id, by: 'ann', reason: 'known' })).toEqual({ status: 200, value: {} });
    expect(await list()).toEqual([]);
    expect(await list('?withHandled=true')).toMatchObject([{ handling: { type: 'dismissed', by: 'ann', reason: 'known' } }]);
    expect(await call('GET', '/dead-letters?withHandled=perhaps')).toMatchObject(refused('request.invalid'));
  });
});
