import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import { type ApiWorld, createApiWorld } from '../support/api-world.ts';
import { createRandom } from '../support/random.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await createApiWorld();
});
afterEach(() => world.close());

const log = (text: string) => ({ frame: '', level: 'info', text });
const seqsOf = (items: readonly RunFollowItem[]) => items.flatMap((item) => (item.type === 'event' ? [item.event.seq] : []));
const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

async function collect(items: AsyncIterable<RunFollowItem>): Promise<RunFollowItem[]> {
  const all: RunFollowItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('a follower gets the backlog, is told when it has caught up, then what is live, and the stream ends with the run', async () => {
  for (const text of ['a', 'b', 'c']) await world.runs.record('r', 'log.written', log(text));
  const items: RunFollowItem[] = [];
  for await (const item of world.connect().followRun('r', { afterSeq: 1 })) {
    items.push(item);
    if (item.type === 'caughtUp') {
      await world.runs.record('r', 'log.written', log('d'));
      await world.runs.record('r', 'run.succeeded', { outputs: {} });
    }
  }
  expect(
    items.map((item) => (item.type === 'event' ? item.event.seq : item.type === 'caughtUp' ? `caught up ${item.lastSeq}` : 'delta')),
  ).toEqual([2, 3, 'caught up 3', 4, 5]);
});

test('deltas keep their place among the events', async () => {
  await world.runs.record('r', 'log.written', log('a'));
  const items: string[] = [];
  for await (const item of world.connect().followRun('r', {})) {
    if (item.type === 'delta') items.push(item.delta.type === 'text' ? item.delta.text : '?');
    if (item.type === 'event') items.push(item.event.type);
    if (item.type !== 'caughtUp') continue;
    world.runs.sendDelta('r', 'f', { type: 'text', text: 'one' });
    world.runs.sendDelta('r', 'f', { type: 'text', text: 'two' });
    await world.runs.record('r', 'log.written', log('b'));
    world.runs.sendDelta('r', 'f', { type: 'text', text: 'three' });
    await world.runs.record('r', 'run.succeeded', { outputs: {} });
  }
  expect(items).toEqual(['log.written', 'one', 'two', 'log.written', 'three', 'run.succeeded']);
});

test('following a run that has ended gives its journal and ends, also when nothing is left to give', async () => {
  await world.runs.record('r', 'log.written', log('a'));
  await world.runs.record('r', 'run.failed', { error: { code: 'node.failed', message: 'no' }, node: null });
  const client = world.connect();
  expect(seqsOf(await collect(client.followRun('r', {})))).toEqual([1, 2]);
  expect(await collect(client.followRun('r', { afterSeq: 2 }))).toEqual([{ type: 'caughtUp', lastSeq: 2 }]);
  expect(world.runs.openListeners()).toBe(0);
});

test('following what does not exist is refused with its code', async () => {
  await expect(collect(world.connect().followRun('nobody', {}))).rejects.toMatchObject({ name: 'HeddleError', code: 'run.notFound' });
  await world.runs.record('r', 'log.written', log('a'));
  await expect(collect(world.connect().followRun('r', { afterSeq: 7 }))).rejects.toMatchObject({ code: 'request.invalid' });
});

test.each([1, 2, 3, 4])(
  'reconnecting at random points of a run that is being written loses nothing and repeats nothing (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    const total = 600;
    await world.runs.record('r', 'log.written', log('1'));
    const writing = (async () => {
      for (let index = 2; index < total; index++) {
        await world.runs.record('r', 'log.written', log(String(index)));
        world.runs.sendDelta('r', 'f', { type: 'text', text: String(index) });
        if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
      }
      await world.runs.record('r', 'run.succeeded', { outputs: {} });
    })();

    const seen: number[] = [];
    const client = world.connect();
    for (let isOver = false; !isOver; ) {
      const mostNow = 1 + Math.floor(random() * 60);
      const leaving = new AbortController();
      let count = 0;
      try {
        for await (const item of await client.api.run.follow({ runId: 'r', afterSeq: seen.at(-1) ?? 0 }, { signal: leaving.signal })) {
          if (item.type !== 'event') continue;
          seen.push(item.event.seq);
          isOver = item.event.type === 'run.succeeded';
          if (++count >= mostNow && !isOver) leaving.abort();
        }
      } catch (error) {
        if (!leaving.signal.aborted) throw error;
      }
    }
    await writing;
    expect(seen).toEqual(oneTo(total));
  },
);

test('the client library takes up a followed run by itself when the host comes back', async () => {
  await world.runs.record('r', 'log.written', log('1'));
  const client = world.connect();
  const statuses: string[] = [];
  client.onStatus((status) => statuses.push(status));
  const seen: number[] = [];
  for await (const item of client.followRun('r', {})) {
    if (item.type !== 'event') continue;
    seen.push(item.event.seq);
    if (item.event.seq === 1) {
      await world.stop();
      for (const text of ['2', '3']) await world.runs.record('r', 'log.written', log(text));
      await world.restart();
      await world.runs.record('r', 'run.succeeded', { outputs: {} });
    }
  }
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(statuses).toContain('offline');
});

test('a call in flight when the connection breaks is not repeated: it rejects as unreachable', async () => {
  const client = world.connect();
  await client.api.host.info();
  await world.stop();
  await expect(client.api.run.start({ source: { type: 'file', path: 'x.heddle.json' } })).rejects.toMatchObject({
    code: 'host.unreachable',
    isRetryable: true,
  });
});

test('server-sent events carry the seq as id, and Last-Event-ID resumes after it', async () => {
  for (const text of ['a', 'b', 'c']) await world.runs.record('r', 'log.written', log(text));
  await world.runs.record('r', 'run.succeeded', { outputs: {} });
  const response = await world.fetch('/api/v1/runs/r/follow', { headers: { 'last-event-id': '2', accept: 'text/event-stream' } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const ids = [...(await response.text()).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual([3, 4]);
  const fromQuery = await world.fetch('/api/v1/runs/r/follow?afterSeq=3');
  expect([...(await fromQuery.text()).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual([4]);
});

test('watching runs gives the current ones first and then every change', async () => {
  await world.runs.record('a', 'log.written', log('1'));
  await world.runs.record('b', 'log.written', log('1'));
  const seen: string[] = [];
  for await (const summary of await world.connect().api.run.watch()) {
    seen.push(`${summary.runId} ${summary.status}`);
    if (seen.length === 2) world.runs.setStatus('a', 'waiting');
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(['a running', 'b running', 'a waiting']);
});
