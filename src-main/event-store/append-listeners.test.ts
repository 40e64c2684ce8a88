import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createMemoryDisk, createMemoryEventStore } from './memory-event-store.ts';

const note = { type: 'note.taken', version: 1, atMs: 1, data: {} };

test('a listener that throws, whatever it throws, is a warning: the others hear of the events', async () => {
  const store = createMemoryEventStore();
  const heard: number[] = [];
  store.onCommitted(() => {
    throw 'just words';
  });
  store.onCommitted((events) => void heard.push(events.length));
  const warned = once(process, 'warning');
  await store.append('run/a', 0, [note, note]);
  expect(heard).toEqual([2]);
  expect(await warned).toMatchObject([{ name: 'JournalListenerWarning', message: 'just words' }]);
});

test('an append of nothing is no news', async () => {
  const store = createMemoryEventStore();
  const heard: unknown[] = [];
  store.onCommitted((events) => void heard.push(events));
  expect(await store.append('run/a', 0, [])).toEqual({ stream: 'run/a', firstSeq: 1, lastSeq: 0 });
  expect(heard).toEqual([]);
});

test('a closed journal in memory leaves the folds on its disk alone', async () => {
  const disk = createMemoryDisk();
  const store = createMemoryEventStore({ disk });
  const fold = { name: 'runs', key: 'a', seq: 1, value: '1' };
  store.saveProjection(fold);
  await store.close();
  store.deleteProjections('runs');
  store.saveProjection({ ...fold, key: 'b' });
  expect([...disk.projections.values()]).toEqual([fold]);
});
