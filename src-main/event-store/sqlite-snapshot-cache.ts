import { rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Snapshot, SnapshotCache, SnapshotPart } from './snapshot-cache.ts';

/** What a file of snapshots needs to know. */
export interface SnapshotCacheOptions {
  readonly path: string;
  /** Names the build: what another one folded is not trusted. Asked when the file is first used. */
  readonly build: () => string;
  readonly readOnly: boolean;
  /** The chained hash of an event as the journal has it now, after checking it. */
  readonly linkAt: (stream: string, seq: number) => string | undefined;
  /** A larger file is thrown away when it is next opened. */
  readonly mostBytes?: number;
}

/** A cache that can be closed. */
export interface SnapshotFile extends SnapshotCache {
  close(): void;
}

const defaultMostBytes = 1024 ** 3;

/** Snapshots in a SQLite file of their own, opened when first used and never fsynced. A file that cannot be used is replaced. */
export function createSqliteSnapshotCache(options: SnapshotCacheOptions): SnapshotFile {
  const { linkAt } = options;
  let opened: OpenCache | 'unusable' | undefined;

  /** After a failure nothing is read or written until the next start: a cache is not worth more trouble. */
  function guarded<Result>(fallback: Result, work: (cache: OpenCache) => Result): Result {
    opened ??= openCache(options) ?? 'unusable';
    if (opened === 'unusable') return fallback;
    try {
      return work(opened);
    } catch {
      letGo();
      if (!options.readOnly) removeFiles(options.path);
      return fallback;
    }
  }

  function letGo(): void {
    if (typeof opened === 'object') closeQuietly(opened.db);
    opened = 'unusable';
  }

  return {
    find: (stream, atSeq) =>
      guarded<Snapshot | undefined>(undefined, ({ snapshotsUpTo, build }) => {
        for (const { seq, link, root } of snapshotsUpTo.all(stream, atSeq, build)) if (linkAt(stream, seq) === link) return { seq, root };
        return undefined;
      }),
    readPart: (hash) => guarded<Buffer | undefined>(undefined, ({ partByHash }) => partByHash.get(Buffer.from(hash, 'hex'))),
    addParts: (parts) =>
      !options.readOnly &&
      guarded(false, (cache) => {
        cache.addParts(parts);
        return true;
      }),
    save(stream, snapshot) {
      const link = options.readOnly ? undefined : linkAt(stream, snapshot.seq);
      if (link === undefined) return false;
      return guarded(false, (cache) => {
        cache.save(stream, snapshot, link);
        return true;
      });
    },
    clear() {
      if (!options.readOnly) guarded(undefined, ({ db }) => void db.exec('DELETE FROM snapshots; DELETE FROM parts'));
    },
    close: letGo,
  };
}

interface SnapshotRow extends Snapshot {
  readonly link: string;
}

interface OpenCache {
  readonly db: Database.Database;
  readonly build: string;
  readonly snapshotsUpTo: Database.Statement<[string, number, string], SnapshotRow>;
  readonly partByHash: Database.Statement<[Buffer], Buffer>;
  readonly addParts: (parts: readonly SnapshotPart[]) => void;
  readonly save: (stream: string, snapshot: Snapshot, link: string) => void;
}

function openCache({ path, build, readOnly, mostBytes = defaultMostBytes }: SnapshotCacheOptions): OpenCache | undefined {
  try {
    return readOnly
      ? prepare(new Database(path, { readonly: true, fileMustExist: true, timeout: 200 }), build())
      : openOwn(path, build(), mostBytes);
  } catch {
    return undefined;
  }
}

function openOwn(path: string, build: string, mostBytes: number): OpenCache {
  if (sizeOf(path) > mostBytes) removeFiles(path);
  try {
    return createTables(path, build);
  } catch {
    removeFiles(path);
    return createTables(path, build);
  }
}

function createTables(path: string, build: string): OpenCache {
  const db = new Database(path, { timeout: 200 });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = OFF');
    if (db.pragma('user_version', { simple: true }) !== layout) {
      db.exec(`DROP TABLE IF EXISTS snapshots; DROP TABLE IF EXISTS parts;
        CREATE TABLE parts (hash BLOB PRIMARY KEY, text BLOB NOT NULL);
        CREATE TABLE snapshots (stream TEXT NOT NULL, seq INTEGER NOT NULL, link TEXT NOT NULL, build TEXT NOT NULL, root TEXT NOT NULL,
          PRIMARY KEY (stream, seq)) WITHOUT ROWID;
        PRAGMA user_version = ${layout}`);
    }
    // Parts that only they refer to stay until the file is replaced: finding them would mean reading all.
    const cache = prepare(db, build);
    if (db.prepare<[string], number>('SELECT 1 FROM snapshots WHERE build <> ? LIMIT 1').pluck().get(build) !== undefined)
      db.exec('DELETE FROM snapshots; DELETE FROM parts');
    return cache;
  } catch (error) {
    closeQuietly(db);
    throw error;
  }
}

/** Changes whenever the tables or the form of parts do. */
const layout = 1;

function prepare(db: Database.Database, build: string): OpenCache {
  const addPart = db.prepare<[Buffer, Buffer]>('INSERT OR IGNORE INTO parts (hash, text) VALUES (?, ?)');
  const addSnapshot = db.prepare<[string, number, string, string, string]>(
    'INSERT OR REPLACE INTO snapshots (stream, seq, link, build, root) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    db,
    build,
    snapshotsUpTo: db.prepare<[string, number, string], SnapshotRow>(
      'SELECT seq, link, root FROM snapshots WHERE stream = ? AND seq <= ? AND build = ? ORDER BY seq DESC LIMIT 3',
    ),
    partByHash: db.prepare<[Buffer], Buffer>('SELECT text FROM parts WHERE hash = ?').pluck() as Database.Statement<[Buffer], Buffer>,
    addParts: db.transaction((parts: readonly SnapshotPart[]) => {
      for (const { hash, text } of parts) addPart.run(Buffer.from(hash, 'hex'), Buffer.from(text, 'utf8'));
    }),
    save: (stream, { seq, root }, link) => void addSnapshot.run(stream, seq, link, build, root),
  };
}

function closeQuietly(db: Database.Database): void {
  try {
    db.close();
  } catch {
    // It is only a cache.
  }
}

function removeFiles(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      rmSync(file, { force: true });
    } catch {
      // On Windows another process may have it open: then it is tried again at the next start.
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
