import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewEvent } from '#shared/events/envelope.ts';
import { createRandom } from '../../tests/support/random.ts';
import { rounds } from '../../tests/support/rounds.ts';
import { blobThresholdBytes } from './event-store.ts';
import { followStream } from './follow.ts';
import { createSqliteEventStore, type SqliteEventStore } from './sqlite-event-store.ts';

let folder: string;
let store: SqliteEventStore;
const path = (): string => join(folder, 'journal.db');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-upkeep-'));
  store = open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): SqliteEventStore {
  return createSqliteEventStore({ path: path(), blobFolder: join(folder, 'blobs') });
}

async function reopen(): Promise<void> {
  await store.close();
  store = open();
}

/** Events of many sizes, with a blob now and then, and text that lines and zlib must not trip over. */
function toEvents(count: number, seed: number): NewEvent[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    type: `note.taken${index % 3}`,
    version: 1 + (index % 2),
    atMs: 1_700_000_000_000 + index / 8,
    data: {
      index,
      text: `line\nbreak \\n "quoted" ü\u2028 ${'word '.repeat(Math.floor(random() * 40))}`,
      ...(index === 700 ? { large: 'x'.repeat(blobThresholdBytes + 1) } : {}),
    },
  }));
}

async function fill(stream: string, count: number, seed = 1): Promise<void> {
  const { lastSeq } = store.head(stream);
  await store.append(stream, lastSeq, toEvents(count, seed));
}

describe('packing', () => {
  test('leaves what is read of a stream as it was, from any place, also after it went on and was packed again', {
    timeout: 60_000,
  }, async () => {
    await fill('run/a', 1500);
    await fill('run/b', 40);
    const written = store.read('run/a');
    const before = { heads: store.heads('run/'), report: store.verify() };
    await store.upkeep.pack('run/a');
    await reopen();
    expect({ heads: store.heads('run/'), report: store.verify() }).toEqual(before);
    expect(store.read('run/a')).toEqual(written);

    await fill('run/a', 300, 2);
    const longer = store.read('run/a');
    expect(longer.slice(0, 1500)).toEqual(written);
    const random = createRandom(3);
    for (const isPackedAgain of [false, true]) {
      if (isPackedAgain) expect((await store.upkeep.pack('run/a')).events).toBe(300);
      for (let round = 0; round < rounds(15, 60); round += 1) {
        const afterSeq = Math.floor(random() * 1800);
        const limit = 1 + Math.floor(random() * 900);
        expect(store.read('run/a', { afterSeq, limit })).toEqual(longer.slice(afterSeq, afterSeq + limit));
      }
    }
    expect(store.verify().streams).toEqual([
      { stream: 'run/a', status: 'intact', events: 1800 },
      { stream: 'run/b', status: 'intact', events: 40 },
    ]);
  });

  test('keeps followers following', { timeout: 60_000 }, async () => {
    await fill('run/a', 600);
    await store.upkeep.pack('run/a');
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { seq } of followStream(store, 'run/a', { signal: stop.signal })) {
      seen.push(seq);
      if (seq === 600) void fill('run/a', 2, 9);
      if (seq === 602) stop.abort();
    }
    expect(seen).toEqual(Array.from({ length: 602 }, (_, index) => index + 1));
  });

  test('makes the file smaller, and says by how much', { timeout: 60_000 }, async () => {
    await fill('run/a', 3000);
    await fill('run/b', 3000, 2);
    const packed = await store.upkeep.pack('run/a');
    expect(packed.events).toBe(3000);
    expect(packed.bytesAfter).toBeLessThan(packed.bytesBefore / 3);
    for (const stream of ['run/a', 'run/b']) {
      // The first time by rewriting the file, after that bit by bit.
      if (stream === 'run/b') await store.upkeep.pack(stream);
      await reopen();
      const before = statSync(path()).size;
      const freed = await store.upkeep.giveSpaceBack();
      expect(freed).toBeGreaterThan(100_000);
      expect(statSync(path()).size).toBe(before - freed);
    }
    expect(store.verify()).toMatchObject({ storageProblems: [], streams: [{ status: 'intact' }, { status: 'intact' }] });
    expect(await store.upkeep.pack('run/a')).toEqual({ stream: 'run/a', events: 0, bytesBefore: 0, bytesAfter: 0 });
  });

  test('changes nothing in a stream that is damaged', { timeout: 60_000 }, async () => {
    await fill('run/a', 600);
    await store.close();
    const db = new Database(path());
    db.prepare(`UPDATE events SET data = replace(data, 'word', 'ward') WHERE key % 600 = 300`).run();
    const rows = db.prepare('SELECT * FROM events').all();
    expect(db.prepare('SELECT changes()').pluck().get()).toBe(1);
    db.close();
    store = open();
    await expect(store.upkeep.pack('run/a')).rejects.toMatchObject({ code: 'journal.damaged' });
    await store.close();
    const after = new Database(path());
    expect(after.prepare('SELECT * FROM events').all()).toEqual(rows);
    expect(after.prepare('SELECT count(*) FROM packs').pluck().get()).toBe(0);
    after.close();
    store = open();
  });

  test('is for journals that may be written', { timeout: 60_000 }, async () => {
    await fill('run/a', 10);
    const reader = createSqliteEventStore({ path: path(), blobFolder: join(folder, 'blobs'), readOnly: true });
    await expect(reader.upkeep.pack('run/a')).rejects.toMatchObject({ code: 'host.readOnly' });
    expect(reader.upkeep.loose('run/a').events).toBe(10);
    await reader.close();
  });
});

describe('a packed journal that is damaged', () => {
  test('never gives an event that was not written, and says of every flip in a pack which stream it hit', { timeout: 60_000 }, async () => {
    for (const stream of ['run/a', 'run/b']) {
      await fill(stream, 600, stream === 'run/a' ? 5 : 6);
      await store.upkeep.pack(stream);
    }
    const written = new Map(['run/a', 'run/b'].map((stream) => [stream, store.read(stream)] as const));
    await store.upkeep.giveSpaceBack();
    await store.close();
    const whole = readFileSync(path());
    const places = findPacks(whole);
    expect(places.length).toBe(4);
    const random = createRandom(17);
    for (let round = 0; round < rounds(16, 150); round += 1) {
      const pack = places[round % places.length] ?? { stream: '', offset: 0, length: 0 };
      const bytes = Buffer.from(whole);
      const at = pack.offset + Math.floor(random() * pack.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      writeFileSync(path(), bytes);
      store = open();
      const verdicts = new Map(store.verify().streams.map((verdict) => [verdict.stream, verdict.status]));
      expect([at - pack.offset, verdicts.get(pack.stream)]).toEqual([at - pack.offset, 'damaged']);
      for (const [stream, events] of written) {
        if (stream !== pack.stream) expect(store.read(stream)).toEqual(events);
        else expect(() => store.read(stream)).toThrow(/is damaged from event/);
      }
      await store.close();
    }
    store = open();
  });

  /** Where the first bytes of each pack lie in the file: those before it may overflow to other pages. */
  function findPacks(whole: Buffer): { readonly stream: string; readonly offset: number; readonly length: number }[] {
    const db = new Database(path(), { readonly: true });
    const rows = db
      .prepare<[], { stream: string; data: Buffer }>('SELECT name AS stream, data FROM packs JOIN streams ON id = key / 134217728')
      .all();
    db.close();
    return rows.map(({ stream, data }) => ({ stream, offset: whole.indexOf(data.subarray(0, 64)), length: 64 }));
  }

  test('misses a pack that is gone', { timeout: 60_000 }, async () => {
    await fill('run/a', 1300);
    await store.upkeep.pack('run/a');
    await store.close();
    const db = new Database(path());
    db.exec('DELETE FROM packs WHERE key = (SELECT min(key) FROM packs WHERE key > (SELECT min(key) FROM packs))');
    db.close();
    store = open();
    expect(store.verify().streams).toMatchObject([{ status: 'damaged', fromSeq: 513, readableEvents: 512 }]);
    expect(store.read('run/a', { limit: 512 })).toHaveLength(512);
  });
});
