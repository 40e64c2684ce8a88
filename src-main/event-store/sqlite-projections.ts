import type { Database } from 'better-sqlite3';
import { sha256 } from './chain.ts';
import type { Projection } from './event-store.ts';
import { explainWriteFailure } from './sqlite-errors.ts';

/** Cached folds. They are rebuilt from events when they are missing, so losing one is never an error. */
export interface ProjectionTable {
  save(projection: Projection): void;
  load(name: string): readonly Projection[];
  delete(name: string): void;
}

/**
 * Saves without an fsync of its own: the next commit of events carries it to disk. A disk error still ends the writer.
 * No chain covers these rows, so each carries a seal: one that was damaged, or has none, counts as missing.
 */
export function createProjectionTable(db: Database, shutDown: (reason: string) => void): ProjectionTable {
  const put = db.prepare<[string, string, number, string]>(
    'INSERT OR REPLACE INTO projections (name, key, seq, value) VALUES (?, ?, ?, ?)',
  );
  const byName = db.prepare<[string], Projection>('SELECT name, key, seq, value FROM projections WHERE name = ? ORDER BY key');
  const remove = db.prepare<[string]>('DELETE FROM projections WHERE name = ?');

  function withoutSync(change: () => void): void {
    db.pragma('synchronous = NORMAL');
    try {
      change();
    } catch (error) {
      const { reason, isFatal } = explainWriteFailure(error);
      if (isFatal) shutDown(reason);
    } finally {
      db.pragma('synchronous = FULL');
    }
  }

  return {
    save: (projection) => withoutSync(() => void put.run(projection.name, projection.key, projection.seq, toSealed(projection))),
    load(name) {
      try {
        return byName.all(name).flatMap(unseal);
      } catch {
        return [];
      }
    },
    delete: (name) => withoutSync(() => void remove.run(name)),
  };
}

/** The value behind a SHA-256 of the whole row. */
function toSealed({ name, key, seq, value }: Projection): string {
  return `${sha256(JSON.stringify([name, key, seq, value]))} ${value}`;
}

function unseal(row: Projection): Projection[] {
  if (typeof row.value !== 'string') return [];
  const projection = { ...row, value: row.value.slice(sealLength) };
  return row.value === toSealed(projection) ? [projection] : [];
}

/** 64 hex digits and a space. */
const sealLength = 65;
