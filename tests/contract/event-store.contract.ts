import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobThresholdBytes, type EventStore } from '#main/event-store/event-store.ts';
import type { EventEnvelope, NewEvent } from '#shared/events/envelope.ts';

/** One journal that can be opened again and again, broken and damaged. */
export interface JournalWorld {
  open(options?: { readonly upcast?: (event: EventEnvelope) => EventEnvelope }): EventStore;
  /** Makes every write of the open store fail, as a full disk does, until healed. */
  breakWrites(): void;
  healWrites(): void;
  /** Changes the stored data of one event behind the store's back. */
  changeEvent(stream: string, seq: number): void;
  /** Deletes one event behind the store's back, leaving everything else as it is. */
  deleteEvent(stream: string, seq: number): void;
  dispose(): void;
}

/** What every event store promises; run it over each implementation. */
export function describeEventStore(name: string, createWorld: () => JournalWorld): void {
  describe(`the journal (${name})`, () => {
    let world: JournalWorld;
    let store: EventStore;

    beforeEach(() => {
      world = createWorld();
      store = world.open();
    });
    afterEach(async () => {
      await store.close();
      world.dispose();
    });

    async function reopen(options?: Parameters<JournalWorld['open']>[0]): Promise<EventStore> {
      await store.close();
      store = world.open(options);
      return store;
    }

    describe('appending', () => {
      it('gives events their place and reads them back as they were', async () => {
        const appended = await store.append('run/1', 0, [note('a'), note('b')]);
        expect(appended).toEqual({ stream: 'run/1', firstSeq: 1, lastSeq: 2 });
        expect(store.read('run/1')).toEqual([envelope('run/1', 1, 'a'), envelope('run/1', 2, 'b')]);
      });

      it('keeps acknowledged events across a reopen, and goes on from there', async () => {
        await store.append('run/1', 0, [note('a')]);
        const head = store.head('run/1');
        await reopen();
        expect(store.head('run/1')).toEqual(head);
        await store.append('run/1', 1, [note('b')]);
        expect(textsOf(store, 'run/1')).toEqual(['a', 'b']);
      });

      it('refuses a wrong expectedSeq and writes nothing', async () => {
        await store.append('run/1', 0, [note('a')]);
        for (const wrong of [0, 2, -1]) {
          await expect(store.append('run/1', wrong, [note('x')])).rejects.toMatchObject({
            code: 'journal.conflict',
            details: { stream: 'run/1', expectedSeq: wrong, lastSeq: 1 },
          });
        }
        expect(textsOf(store, 'run/1')).toEqual(['a']);
      });

      it('lets exactly one of two racing appends win', async () => {
        const outcomes = await Promise.allSettled([store.append('run/1', 0, [note('a')]), store.append('run/1', 0, [note('b')])]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
        expect(textsOf(store, 'run/1')).toEqual(['a']);
      });

      it('chains several appends to one stream in one turn', async () => {
        await Promise.all([0, 1, 2, 3, 4].map((seq) => store.append('run/1', seq, [note(`${seq}`)])));
        expect(textsOf(store, 'run/1')).toEqual(['0', '1', '2', '3', '4']);
        expect(store.verify().streams).toEqual([{ stream: 'run/1', status: 'intact', events: 5 }]);
      });

      it('does not show an event before it is durable', async () => {
        const pending = store.append('run/1', 0, [note('a')]);
        expect([store.head('run/1').lastSeq, store.read('run/1').length]).toEqual([0, 0]);
        await pending;
        expect([store.head('run/1').lastSeq, store.read('run/1').length]).toEqual([1, 1]);
      });

      it('freezes the data at the moment of the call', async () => {
        const data = { text: 'before' };
        const pending = store.append('run/1', 0, [{ ...note(''), data }]);
        data.text = 'after';
        await pending;
        expect(textsOf(store, 'run/1')).toEqual(['before']);
      });

      it('takes an empty append as a barrier: it checks, writes nothing, and settles behind what is pending', async () => {
        const settled: string[] = [];
        await Promise.all([
          store.append('run/1', 0, [note('a')]).then(() => settled.push('a')),
          store.append('run/1', 1, []).then((appended) => settled.push(`empty ${appended.firstSeq}..${appended.lastSeq}`)),
        ]);
        expect(settled).toEqual(['a', 'empty 2..1']);
        await store.append('run/none', 0, []);
        expect(store.heads('').map(({ stream }) => stream)).toEqual(['run/1']);
        await expect(store.append('run/1', 0, [])).rejects.toMatchObject({ code: 'journal.conflict' });
      });

      it('rejects what is no event and stays usable', async () => {
        await expect(store.append('run/1', 0, [{ ...note('a'), atMs: Number.NaN }])).rejects.toThrow(TypeError);
        await expect(store.append('run/1', 0, [note('a'), { ...note('b'), type: '\ud800' }])).rejects.toThrow(TypeError);
        await store.append('run/1', 0, [note('a')]);
        expect(textsOf(store, 'run/1')).toEqual(['a']);
      });

      it('drains what is pending when it closes, and rejects what comes later', async () => {
        const pending = store.append('run/1', 0, [note('a')]);
        await store.close();
        await expect(pending).resolves.toMatchObject({ lastSeq: 1 });
        await expect(store.append('run/1', 1, [note('b')])).rejects.toMatchObject({ code: 'journal.stopped' });
        expect(() => store.read('run/1')).toThrow(expect.objectContaining({ code: 'journal.stopped' }));
        expect(textsOf(await reopen(), 'run/1')).toEqual(['a']);
      });

      it.each([
        ['plain', 'run/2026-01-01'],
        ['spaces and quotes', `it's "a" run; DROP TABLE events`],
        ['other scripts and emoji', 'läufe/运行/🧵'],
        ['control characters', 'a\nb\u0000c\u0001'],
        ['wildcards', '%_*?[a]'],
        ['prototype names', '__proto__'],
        ['very long', 'x'.repeat(5000)],
      ])('takes a stream name with %s', async (_, stream) => {
        await store.append('other', 0, [note('o')]);
        await store.append(stream, 0, [note('a')]);
        await reopen();
        await store.append(stream, 1, [note('b')]);
        expect(textsOf(store, stream)).toEqual(['a', 'b']);
        expect(store.heads(stream)).toEqual([store.head(stream)]);
        expect(store.verify().streams.every(({ status }) => status === 'intact')).toBe(true);
      });

      it('refuses names that could not be read back', async () => {
        for (const stream of ['', '\ud800'])
          await expect(store.append(stream, 0, [note('a')])).rejects.toMatchObject({ code: 'request.invalid' });
      });

      it('keeps data exactly: unicode, numbers, depth, awkward keys', async () => {
        const data = JSON.parse(
          '{"__proto__":{"a":1},"":0,"n":[0.1,-1e-7,1e21,9007199254740993,null,true],"s":"\\u0000\\ud800\\u2028🧵","deep":[[[[{"x":[]}]]]]}',
        );
        await store.append('run/1', 0, [{ type: 'note.taken', version: 1, atMs: 1.5, data }]);
        await reopen();
        expect(JSON.stringify(store.read('run/1')[0]?.data)).toBe(JSON.stringify(data));
        expect(store.read('run/1')[0]?.atMs).toBe(1.5);
      });
    });

    describe('reading', () => {
      beforeEach(async () => {
        await store.append('run/1', 0, ['a', 'b', 'c', 'd', 'e'].map(note));
      });

      it('pages by afterSeq and limit', () => {
        const seqs = (options: { afterSeq?: number; limit?: number }): number[] => store.read('run/1', options).map(({ seq }) => seq);
        expect(seqs({ afterSeq: 2 })).toEqual([3, 4, 5]);
        expect(seqs({ limit: 2 })).toEqual([1, 2]);
        expect(seqs({ afterSeq: 2, limit: 2 })).toEqual([3, 4]);
        expect(seqs({ afterSeq: 3, limit: 2 })).toEqual([4, 5]);
        expect([seqs({ afterSeq: 5 }), seqs({ afterSeq: 99 }), seqs({ limit: 0 })]).toEqual([[], [], []]);
      });

      it('knows nothing of a stream nobody wrote', () => {
        expect(store.read('run/2')).toEqual([]);
        expect(store.head('run/2')).toEqual({ stream: 'run/2', lastSeq: 0, lastHash: '' });
      });

      it('lists heads by prefix, ordered by the bytes of the name', async () => {
        for (const stream of ['run/10', 'run/\uffff', 'run/🧵', 'runs', 'ru']) await store.append(stream, 0, [note('x')]);
        expect(store.heads('run/').map(({ stream }) => stream)).toEqual(['run/1', 'run/10', 'run/\uffff', 'run/🧵']);
        expect(store.heads('').length).toBe(6);
        expect(store.heads('zzz')).toEqual([]);
      });

      it('upcasts on reading and leaves what is stored alone', async () => {
        const before = store.head('run/1');
        await reopen({ upcast: (event) => ({ ...event, version: 2, data: { words: event.data.text ?? null } }) });
        expect(store.read('run/1', { limit: 1 })).toEqual([{ ...envelope('run/1', 1, 'a'), version: 2, data: { words: 'a' } }]);
        expect(store.head('run/1')).toEqual(before);
        expect(textsOf(await reopen(), 'run/1')).toEqual(['a', 'b', 'c', 'd', 'e']);
      });
    });

    describe('the chain', () => {
      it('depends on name, order and content, and on nothing else', async () => {
        const hashOf = async (stream: string, events: readonly NewEvent[]): Promise<string> => {
          await store.append(stream, 0, events);
          return store.head(stream).lastHash;
        };
        const [a, b] = [note('a'), note('b')];
        const hashes = [
          await hashOf('s1', [a, b]),
          await hashOf('s2', [a, b]),
          await hashOf('s3', [b, a]),
          await hashOf('s4', [a, { ...b, version: 2 }]),
          await hashOf('s5', [a, { ...b, atMs: 2 }]),
        ];
        expect(new Set(hashes).size).toBe(5);
        expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
        // The value is part of the format: every implementation and every later version must arrive at it.
        expect(hashes[0]).toBe('8b81a27c1887757f517ce919613aaf3b416b1406b65f8a292bc706f039334bb3');
      });

      it('finds a changed event, says which, and still reads what is before it and beside it', async () => {
        await store.append('run/bad', 0, ['a', 'b', 'c', 'd'].map(note));
        await store.append('run/good', 0, [note('a')]);
        await store.close();
        world.changeEvent('run/bad', 3);
        await reopen();
        expect(() => store.read('run/bad')).toThrow(
          expect.objectContaining({ code: 'journal.damaged', details: expect.objectContaining({ stream: 'run/bad', seq: 3 }) }),
        );
        expect(store.read('run/bad', { limit: 2 }).map(({ seq }) => seq)).toEqual([1, 2]);
        expect(textsOf(store, 'run/good')).toEqual(['a']);
        expect(store.verify().streams).toEqual([
          { stream: 'run/bad', status: 'damaged', fromSeq: 3, reason: expect.any(String), readableEvents: 2 },
          { stream: 'run/good', status: 'intact', events: 1 },
        ]);
      });

      it.each([
        [1, 0],
        [2, 1],
        [4, 3],
      ])('finds that event %i was deleted', async (seq, readableEvents) => {
        await store.append('run/1', 0, ['a', 'b', 'c', 'd'].map(note));
        await store.close();
        world.deleteEvent('run/1', seq);
        await reopen();
        expect(() => store.read('run/1')).toThrow(expect.objectContaining({ code: 'journal.damaged' }));
        expect(store.verify().streams).toEqual([
          { stream: 'run/1', status: 'damaged', fromSeq: seq, reason: expect.any(String), readableEvents },
        ]);
      });

      it('takes no event on top of a cut-off tail', async () => {
        await store.append('run/1', 0, ['a', 'b', 'c'].map(note));
        await store.close();
        world.deleteEvent('run/1', 3);
        await reopen();
        await expect(store.append('run/1', 3, [note('x')])).rejects.toMatchObject({ code: 'journal.damaged' });
        await expect(store.append('run/1', 2, [note('x')])).rejects.toMatchObject({ code: 'journal.damaged' });
      });
    });

    describe('group commit', () => {
      it('shares one transaction among the appends of one turn and acknowledges in the order of the calls', async () => {
        const batches: (readonly EventEnvelope[])[] = [];
        store.onCommitted((events) => batches.push(events));
        const acknowledged: string[] = [];
        await Promise.all(
          ['x', 'y', 'x', 'z'].map((stream, index) =>
            store.append(stream, index === 2 ? 1 : 0, [note(`${index}`)]).then(({ firstSeq }) => acknowledged.push(`${stream}${firstSeq}`)),
          ),
        );
        expect(acknowledged).toEqual(['x1', 'y1', 'x2', 'z1']);
        expect(batches).toEqual([[envelope('x', 1, '0'), envelope('y', 1, '1'), envelope('x', 2, '2'), envelope('z', 1, '3')]]);
      });

      it('tells listeners before the appender goes on, and stops telling them when asked', async () => {
        const order: string[] = [];
        const stop = store.onCommitted((events) => order.push(`heard ${events.length}`));
        await store.append('run/1', 0, [note('a'), note('b')]).then(() => order.push('acknowledged'));
        stop();
        await store.append('run/1', 2, [note('c')]);
        expect(order).toEqual(['heard 2', 'acknowledged']);
      });

      it('survives a listener that throws', async () => {
        const heard: number[] = [];
        const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
        store.onCommitted(() => {
          throw new Error('listener broke');
        });
        store.onCommitted((events) => heard.push(events.length));
        await store.append('run/1', 0, [note('a')]);
        await store.append('run/1', 1, [note('b')]);
        expect(heard).toEqual([1, 1]);
        expect((await warned).message).toBe('listener broke');
      });

      it('lets a listener append', async () => {
        const second = new Promise<void>((resolve) => {
          const stop = store.onCommitted(() => {
            stop();
            void store.append('run/2', 0, [note('reaction')]).then(() => resolve());
          });
        });
        await store.append('run/1', 0, [note('a')]);
        await second;
        expect(textsOf(store, 'run/2')).toEqual(['reaction']);
      });

      it('splits batches by bytes and by count, never an append, and never reorders', async () => {
        const batches: string[][] = [];
        store.onCommitted((events) => batches.push(events.map(({ stream, seq }) => `${stream}${seq}`)));
        const large = 'x'.repeat(200_000);
        await Promise.all([
          store.append(
            'a',
            0,
            Array.from({ length: 30 }, () => note(large)),
          ),
          store.append('b', 0, [note('small')]),
          store.append('a', 30, [note('after')]),
        ]);
        expect(batches.map(({ length }) => length)).toEqual([30, 2]);
        await Promise.all(Array.from({ length: 5000 }, (_, index) => store.append('many', index, [note('n')])));
        expect(batches.slice(2).map(({ length }) => length)).toEqual([2048, 2048, 904]);
        expect(store.read('many').map(({ seq }) => seq)).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
      });

      it('lets other work through while one writer never pauses', async () => {
        let isDone = false;
        let seq = 0;
        const writer = (async () => {
          while (!isDone) {
            await store.append('run/1', seq, [note('w')]);
            seq += 1;
          }
        })();
        for (let turns = 0; turns < 5; turns += 1) await turn();
        isDone = true;
        await writer;
        expect(seq).toBeGreaterThan(0);
        expect(seq).toBeLessThan(100);
      });

      it('keeps 64 concurrent writers apart', async () => {
        const writers = Array.from({ length: 64 }, async (_, writer) => {
          for (let seq = 0; seq < 10; seq += 1) await store.append(`run/${writer}`, seq, [note(`${writer}.${seq}`)]);
        });
        await Promise.all(writers);
        await reopen();
        expect(store.verify().streams.map(({ status, ...rest }) => [status, 'events' in rest && rest.events])).toEqual(
          Array.from({ length: 64 }, () => ['intact', 10]),
        );
      });
    });

    describe('a failed write', () => {
      it('stops every stream of the batch and nothing else, and leaves no trace', async () => {
        await store.append('run/1', 0, [note('a')]);
        await store.append('run/3', 0, [note('a')]);
        world.breakWrites();
        const outcomes = await Promise.allSettled([
          store.append('run/1', 1, [note('lost')]),
          store.append('run/2', 0, [note('lost')]),
          store.append('run/1', 2, [note('lost too')]),
        ]);
        expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual([
          'journal.writeFailed',
          'journal.writeFailed',
          'journal.writeFailed',
        ]);
        world.healWrites();
        for (const [stream, lastSeq] of [
          ['run/1', 1],
          ['run/2', 0],
        ] as const) {
          expect(store.stopReason(stream)).toEqual(expect.any(String));
          await expect(store.append(stream, lastSeq, [note('x')])).rejects.toMatchObject({ code: 'journal.stopped', details: { stream } });
          expect(store.head(stream).lastSeq).toBe(lastSeq);
        }
        expect(store.stopReason('run/3')).toBeUndefined();
        await store.append('run/3', 1, [note('b')]);
        expect(textsOf(store, 'run/1')).toEqual(['a']);
      });

      it('rejects what waits behind the failed batch, and commits the rest of the queue', async () => {
        await store.append('run/1', 0, [note('a')]);
        await store.append('run/2', 0, [note('a')]);
        world.breakWrites();
        const large = Array.from({ length: 30 }, () => note('x'.repeat(200_000)));
        const pending = [
          store.append('run/1', 1, large),
          store.append('run/1', 31, [note('behind')]),
          store.append('run/2', 1, [note('beside')]),
        ];
        const healed = pending[0]?.catch(() => world.healWrites());
        const outcomes = await Promise.allSettled(pending);
        await healed;
        expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : outcome.value.lastSeq))).toEqual([
          'journal.writeFailed',
          'journal.stopped',
          2,
        ]);
        expect([textsOf(store, 'run/1'), textsOf(store, 'run/2')]).toEqual([['a'], ['a', 'beside']]);
      });

      it('lets the stream go on from what is on disk after resume', async () => {
        await store.append('run/1', 0, [note('a')]);
        world.breakWrites();
        await expect(store.append('run/1', 1, [note('lost')])).rejects.toMatchObject({ code: 'journal.writeFailed' });
        world.healWrites();
        store.resume('run/1');
        expect(store.stopReason('run/1')).toBeUndefined();
        await expect(store.append('run/1', 2, [note('x')])).rejects.toMatchObject({ code: 'journal.conflict' });
        await store.append('run/1', 1, [note('b')]);
        expect(textsOf(await reopen(), 'run/1')).toEqual(['a', 'b']);
        expect(store.verify().streams).toEqual([{ stream: 'run/1', status: 'intact', events: 2 }]);
      });

      it('lets a stream that failed at its very first event begin anew', async () => {
        world.breakWrites();
        await expect(store.append('run/new', 0, [note('lost')])).rejects.toMatchObject({ code: 'journal.writeFailed' });
        world.healWrites();
        store.resume('run/new');
        await store.append('run/new', 0, [note('a')]);
        await store.append('run/new', 1, [note('b')]);
        expect(store.verify()).toEqual({ storageProblems: [], streams: [{ stream: 'run/new', status: 'intact', events: 2 }] });
      });

      it('does not resume a stream that is damaged', async () => {
        await store.append('run/1', 0, ['a', 'b', 'c'].map(note));
        world.breakWrites();
        await expect(store.append('run/1', 3, [note('lost')])).rejects.toMatchObject({ code: 'journal.writeFailed' });
        world.healWrites();
        world.changeEvent('run/1', 1);
        expect(() => store.resume('run/1')).toThrow(expect.objectContaining({ code: 'journal.damaged' }));
        await expect(store.append('run/1', 3, [note('x')])).rejects.toMatchObject({ code: 'journal.stopped' });
      });

      it('treats resume of a running or unknown stream as nothing to do, also with appends under way', async () => {
        const pending = [store.append('run/1', 0, [note('a')]), store.append('run/1', 1, [note('b')])];
        store.resume('run/1');
        store.resume('run/none');
        pending.push(store.append('run/1', 2, [note('c')]));
        await Promise.all(pending);
        expect(textsOf(store, 'run/1')).toEqual(['a', 'b', 'c']);
      });
    });

    describe('large payloads', () => {
      it.each([
        ['just below the threshold', blobThresholdBytes - 11],
        ['just above the threshold', blobThresholdBytes - 10],
        ['one megabyte', 1024 * 1024],
      ])('come back whole: %s', async (_, length) => {
        const large = note('x'.repeat(length));
        await store.append('run/1', 0, [note('a'), large, note('b')]);
        await reopen();
        expect(store.read('run/1').map(({ data }) => data)).toEqual([{ text: 'a' }, large.data, { text: 'b' }]);
        expect(store.verify().streams).toEqual([{ stream: 'run/1', status: 'intact', events: 3 }]);
      });

      it('are measured in bytes, not in characters', async () => {
        const text = '运'.repeat(100_000);
        await store.append('run/1', 0, [note(text)]);
        expect(textsOf(await reopen(), 'run/1')).toEqual([text]);
      });
    });

    describe('projections', () => {
      it('are kept by name and key, replaced, and deleted by name', async () => {
        store.saveProjection({ name: 'runs', key: 'b', seq: 1, value: '1' });
        store.saveProjection({ name: 'runs', key: 'a', seq: 2, value: '2' });
        store.saveProjection({ name: 'cost', key: 'a', seq: 3, value: '3' });
        store.saveProjection({ name: 'runs', key: 'b', seq: 4, value: '4' });
        await store.append('run/1', 0, [note('a')]);
        await reopen();
        expect(store.loadProjections('runs')).toEqual([
          { name: 'runs', key: 'a', seq: 2, value: '2' },
          { name: 'runs', key: 'b', seq: 4, value: '4' },
        ]);
        store.deleteProjections('runs');
        expect([store.loadProjections('runs'), store.loadProjections('cost')]).toEqual([
          [],
          [{ name: 'cost', key: 'a', seq: 3, value: '3' }],
        ]);
        expect(textsOf(store, 'run/1')).toEqual(['a']);
      });
    });
  });
}

/** A small event whose data is one text. */
function note(text: string): NewEvent {
  return { type: 'note.taken', version: 1, atMs: 1, data: { text } };
}

/** The texts of all notes of a stream. */
function textsOf(store: EventStore, stream: string): unknown[] {
  return store.read(stream).map(({ data }) => data.text);
}

function envelope(stream: string, seq: number, text: string): EventEnvelope {
  return { stream, seq, ...note(text) };
}
