import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EventEnvelope, NewEvent } from '#shared/events/envelope.ts';
import type { EventStore } from './event-store.ts';
import { type FollowOptions, followStream } from './follow.ts';
import { createMemoryEventStore } from './memory-event-store.ts';
import { createSqliteEventStore } from './sqlite-event-store.ts';

const stream = 'run/1';

describe('following a stream', () => {
  it('gives the backlog in pages, then what is committed, and ends on abort', async () => {
    const store = createMemoryEventStore();
    await store.append(stream, 0, ['a', 'b', 'c', 'd', 'e'].map(note));
    const abort = new AbortController();
    const seen = collect(store, { signal: abort.signal, afterSeq: 1, pageSize: 2 }, (event) => event.seq === 7 && abort.abort());
    await store.append('run/other', 0, [note('other')]);
    await store.append(stream, 5, [note('f'), note('g')]);
    expect(await seen).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('starts on a stream that does not exist yet', async () => {
    const store = createMemoryEventStore();
    const abort = new AbortController();
    const seen = collect(store, { signal: abort.signal }, () => abort.abort());
    await store.append(stream, 0, [note('a')]);
    expect(await seen).toEqual([1]);
  });

  it('ends while it waits, and at once when aborted before', async () => {
    const store = createMemoryEventStore();
    const abort = new AbortController();
    const events = followStream(store, stream, { signal: abort.signal });
    const first = events.next();
    await store.append(stream, 0, [note('a')]);
    expect((await first).value?.seq).toBe(1);
    const waiting = events.next();
    abort.abort();
    expect(await waiting).toEqual({ value: undefined, done: true });
    expect(await collect(store, { signal: abort.signal })).toEqual([]);
  });

  it('stops listening when the consumer leaves', async () => {
    const store = createMemoryEventStore();
    let listeners = 0;
    const counted: EventStore = {
      ...store,
      onCommitted(listener) {
        listeners += 1;
        const stop = store.onCommitted(listener);
        return () => {
          listeners -= 1;
          stop();
        };
      },
    };
    await store.append(stream, 0, [note('a')]);
    for await (const event of followStream(counted, stream, { signal: new AbortController().signal })) {
      expect([event.seq, listeners]).toEqual([1, 1]);
      break;
    }
    expect(listeners).toBe(0);
  });

  it('sends a slow consumer back to the disk instead of holding everything', async () => {
    const store = createMemoryEventStore();
    let reads = 0;
    const counted: EventStore = {
      ...store,
      read(name, options) {
        reads += 1;
        return store.read(name, options);
      },
    };
    const events = followStream(counted, stream, { signal: new AbortController().signal, maxBuffered: 3 });
    const first = events.next();
    await store.append(stream, 0, [note('1')]);
    expect((await first).value?.seq).toBe(1);
    expect(reads).toBe(1);
    for (let seq = 1; seq < 50; seq += 1) await store.append(stream, seq, [note('n')]);
    const seqs: (number | undefined)[] = [];
    for (let count = 0; count < 49; count += 1) seqs.push((await events.next()).value?.seq);
    expect(seqs).toEqual(Array.from({ length: 49 }, (_, index) => index + 2));
    expect(reads).toBeGreaterThan(1);
    await events.return();
  });

  it('passes on that the stream is damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-follow-'));
    const store = createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
    await store.append(stream, 0, [note('x'.repeat(300_000))]);
    rmSync(join(folder, 'blobs'), { recursive: true });
    await expect(collect(store, { signal: new AbortController().signal })).rejects.toMatchObject({ code: 'journal.damaged' });
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loses and repeats nothing for ten followers of every pace while a writer never pauses', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-follow-'));
    const store = createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
    const total = 600;
    await store.append(
      stream,
      0,
      Array.from({ length: 100 }, () => note('old')),
    );
    const followers = Array.from({ length: 10 }, async (_, index) => {
      const abort = new AbortController();
      const seqs: number[] = [];
      const options = { signal: abort.signal, afterSeq: index * 15, maxBuffered: 5 + index, pageSize: 7 + index };
      for await (const event of followStream(store, stream, options)) {
        seqs.push(event.seq);
        if (event.seq === total) abort.abort();
        // Slower and slower: some turns of the event loop, in which the writer goes on.
        for (let turns = 0; turns < (event.seq * (index + 1)) % 4; turns += 1) await new Promise(setImmediate);
      }
      return seqs;
    });
    for (let seq = 100; seq < total; ) {
      const events = Array.from({ length: Math.min(1 + (seq % 4), total - seq) }, () => note('new'));
      seq = (await store.append(stream, seq, events)).lastSeq;
    }
    const expected = Array.from({ length: 10 }, (_, index) =>
      Array.from({ length: total - index * 15 }, (__, offset) => index * 15 + offset + 1),
    );
    expect(await Promise.all(followers)).toEqual(expected);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

async function collect(
  store: EventStore,
  options: FollowOptions,
  onEvent: (event: EventEnvelope) => unknown = () => undefined,
): Promise<number[]> {
  const seqs: number[] = [];
  for await (const event of followStream(store, stream, options)) {
    seqs.push(event.seq);
    onEvent(event);
  }
  return seqs;
}

function note(text: string): NewEvent {
  return { type: 'note.taken', version: 1, atMs: 1, data: { text } };
}
