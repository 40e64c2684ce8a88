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
