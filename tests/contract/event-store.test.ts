import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createMemoryDisk, createMemoryEventStore, type MemoryEventStore } from '#main/event-store/memory-event-store.ts';
import { eventKeysPerStream } from '#main/event-store/migrations.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { describeEventStore, type JournalWorld } from './event-store.contract.ts';

describeEventStore('SQLite', createSqliteWorld);
describeEventStore('memory', createMemoryWorld);

function createSqliteWorld(): JournalWorld {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-contract-'));
  const path = join(folder, 'journal.db');

  /** Another connection: what someone else does to the file. */
  function behindTheBack(sql: string, ...values: unknown[]): void {
    const db = new Database(path);
    try {
      db.prepare(sql).run(...values);
    } finally {
      db.close();
    }
  }

  const keyOf = `(SELECT id FROM streams WHERE name = ?) * ${eventKeysPerStream} + ?`;
  return {
    open: (options = {}) => createSqliteEventStore({ path, blobFolder: join(folder, 'blobs'), ...options }),
    breakWrites: () => behindTheBack("CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END"),
    healWrites: () => behindTheBack('DROP TRIGGER broken'),
    changeEvent: (stream, seq) => behindTheBack(`UPDATE events SET data = '{"text":"forged"}' WHERE key = ${keyOf}`, stream, seq),
    deleteEvent: (stream, seq) => behindTheBack(`DELETE FROM events WHERE key = ${keyOf}`, stream, seq),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function createMemoryWorld(): JournalWorld {
  const disk = createMemoryDisk();
  let store: MemoryEventStore;
  return {
    open(options = {}) {
      store = createMemoryEventStore({ disk, ...options });
      return store;
    },
    breakWrites: () => store.failNextWrite('full'),
    healWrites: () => undefined,
    changeEvent(stream, seq) {
      const stored = disk.streams.get(stream);
      if (stored !== undefined)
        stored.events = stored.events.map((event) => (event.seq === seq ? { ...event, text: '{"text":"forged"}' } : event));
    },
    deleteEvent(stream, seq) {
      const stored = disk.streams.get(stream);
      if (stored !== undefined) stored.events = stored.events.filter((event) => event.seq !== seq);
    },
    dispose: () => disk.streams.clear(),
  };
}
