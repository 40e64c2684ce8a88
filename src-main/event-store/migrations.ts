import type { Database } from 'better-sqlite3';
import { HeddleError } from '#shared/base/errors.ts';

/** One step of the journal's schema. Its number is its place in the list; a step that was released is never edited. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * `events.key` is `stream id × eventKeysPerStream + seq`: one B-tree holds everything, a stream lies together in it, and a running
 * stream grows at the right edge. 2^27 events a stream and 2^26 streams stay exact in a JavaScript number.
 */
export const eventKeysPerStream = 2 ** 27;

/** The first key of a stream stays free and the last is for the end mark. */
export const maxEventsPerStream = eventKeysPerStream - 2;

/** The rows of `events` that are no events: where their stream ends. */
export const isEndMark = 'data IS NULL AND blob IS NULL';

/** Every step since the first release, oldest first. */
export const journalMigrations: readonly Migration[] = [
  {
    name: 'create streams',
    sql: `CREATE TABLE streams (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      last_seq INTEGER NOT NULL,
      last_hash TEXT NOT NULL
    ) STRICT`,
  },
  {
    name: 'create events',
    sql: `CREATE TABLE events (
      key INTEGER PRIMARY KEY,
      type TEXT NOT NULL,
      version INTEGER NOT NULL,
      at_ms REAL NOT NULL,
      hash TEXT NOT NULL,
      blob TEXT,
      data TEXT
    ) STRICT`,
  },
  {
    // In the database rather than in the writer: no event without its head, and one statement is enough for the common single event.
    name: 'let heads follow events',
    sql: `CREATE TRIGGER head_follows_event AFTER INSERT ON events BEGIN
      UPDATE streams SET last_seq = NEW.key & ${eventKeysPerStream - 1}, last_hash = NEW.hash WHERE id = NEW.key / ${eventKeysPerStream};
    END`,
  },
  {
    name: 'create projections',
    sql: `CREATE TABLE projections (
      name TEXT NOT NULL,
      key TEXT NOT NULL,
      seq INTEGER NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (name, key)
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // The head of a stream becomes its end mark: the row after its newest event, without data, holding the newest event's hash. It lies
    // beside that event, so that an append changes one page. An append turns the mark into the event, and the mark moves on: by a trigger
    // still, for no event without its end. A head that was damaged, or met by events after it, leaves a mark at the wrong place or none:
    // the stream is blamed afterwards as it was before.
    name: 'let the end mark follow the newest event',
    sql: `DROP TRIGGER head_follows_event;
    INSERT OR IGNORE INTO events (key, type, version, at_ms, hash)
      SELECT id * ${eventKeysPerStream} + last_seq + 1, '', 0, 0, last_hash FROM streams WHERE last_seq BETWEEN 0 AND ${maxEventsPerStream};
    ALTER TABLE streams DROP COLUMN last_seq;
    ALTER TABLE streams DROP COLUMN last_hash;
    CREATE TRIGGER stream_begins_at_its_end AFTER INSERT ON streams BEGIN
      INSERT INTO events (key, type, version, at_ms, hash) VALUES (NEW.id * ${eventKeysPerStream} + 1, '', 0, 0, '');
    END;
    CREATE TRIGGER end_follows_event AFTER UPDATE OF type ON events BEGIN
      INSERT INTO events (key, type, version, at_ms, hash) VALUES (NEW.key + 1, '', 0, 0, NEW.hash);
    END`,
  },
  {
    // The key and hash of a pack are those of its last event; see `packs.ts`.
    name: 'create packs',
    sql: `CREATE TABLE packs (
      key INTEGER PRIMARY KEY,
      events INTEGER NOT NULL,
      hash TEXT NOT NULL,
      data BLOB NOT NULL
    ) STRICT`,
  },
];

/** Brings a database to the newest schema in one transaction, so a crash leaves the old schema or the new one. */
export function migrate(db: Database, migrations: readonly Migration[] = journalMigrations): void {
  if (schemaVersion(db, migrations) === migrations.length) return;
  db.transaction(() => {
    for (const { sql } of migrations.slice(schemaVersion(db, migrations))) db.exec(sql);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

/** How many steps the database has behind it; `journal.newerSchema` when it has more than this program knows. */
export function schemaVersion(db: Database, migrations: readonly Migration[] = journalMigrations): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version >= 0 && version <= migrations.length) return version;
  throw new HeddleError(
    'journal.newerSchema',
    `The journal ${db.name} has schema ${version}, but this Heddle knows only up to ${migrations.length}. Open it with the newer Heddle that wrote it.`,
    { details: { path: db.name, schema: version, knownSchema: migrations.length } },
  );
}
