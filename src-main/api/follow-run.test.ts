import { expect, test } from 'vitest';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import { createFakeRuns } from '../../tests/support/fake-runs.ts';
import { createMemoryEventStore } from '../event-store/memory-event-store.ts';
import { followRun } from './follow-run.ts';

async function createFollowedRun() {
  const store = createMemoryEventStore();
  const runs = createFakeRuns(store);
  await runs.record('r', 'log.written', { text: 'first' });
  const items = followRun(store, runs, { runId: 'r', afterSeq: 0, signal: new AbortController().signal });
  return { runs, items, say: (text: string) => runs.sendDelta('r', 'f', { type: 'text', text }) };
}

const inShort = (item: RunFollowItem): string =>
  item.type === 'event' ? `#${item.event.seq}` : item.type === 'delta' && item.delta.type === 'text' ? item.delta.text : item.type;
async function rest(items: AsyncIterable<RunFollowItem>): Promise<string[]> {
  const all: string[] = [];
  for await (const item of items) all.push(inShort(item));
  return all;
}

test('a consumer that looks away gets everything afterwards in the order in which it happened', async () => {
  const { runs, items, say } = await createFollowedRun();
  expect([await items.next(), await items.next()].map(({ value }) => value && inShort(value))).toEqual(['#1', 'caughtUp']);
  say('a');
  say('b');
  await runs.record('r', 'log.written', {});
  say('c');
  await runs.record('r', 'log.written', {});
  await runs.record('r', 'run.succeeded', {});
  expect(await rest(items)).toEqual(['a', 'b', '#2', 'c', '#3', '#4']);
  expect(runs.openListeners()).toBe(0);
});

test('a consumer that looks away for too long loses deltas, never events', async () => {
  const { runs, items, say } = await createFollowedRun();
  await items.next();
  for (let count = 0; count < 10_000; count++) say('x');
  for (let count = 0; count < 3_000; count++) await runs.record('r', 'log.written', {});
  await runs.record('r', 'run.succeeded', {});
  const seen = await rest(items);
  expect(seen.filter((text) => text.startsWith('#'))).toEqual(Array.from({ length: 3_001 }, (_, index) => `#${index + 2}`));
  expect(seen.filter((text) => text === 'x').length).toBeLessThan(10_000);
});

test('a consumer may leave at any time, also while the next event is awaited', async () => {
  const { runs, items, say } = await createFollowedRun();
  await items.next();
  await items.next();
  say('live');
  expect(await items.next()).toMatchObject({ value: { type: 'delta' } });
  await items.return();
  expect(runs.openListeners()).toBe(0);
});
