import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { sha256 } from './chain.ts';

/** Where streams ended when it was last noted, beside the database: a second witness for what SQLite drops without a word. */
export interface NotedEnds {
  /** Streams that were shorter than noted when the file was opened, with the last event that was acknowledged. */
  readonly lost: ReadonlyMap<string, number>;
  /** Called after a commit. Not synced, so it never says more than the journal had on disk, and survives whatever the system survives. */
  note(ends: readonly { readonly stream: string; readonly lastSeq: number }[]): void;
  /** `isSettled`: everything has moved from the WAL into the database, where damage is noticed, so that only losses are still of use. */
  close(isSettled: boolean): void;
}

/**
 * SQLite ends its recovery at the first damaged frame of the WAL and takes what follows for never written. What was acknowledged
 * there would be gone, and the shorter stream be whole. The notes belong to one database file and are ignored beside any other, as
 * after a backup was put in its place. `toLastSeq` says where a stream ends now.
 */
export function openNotedEnds(journalPath: string, toLastSeq: (stream: string) => number, readOnly: boolean): NotedEnds {
  const path = `${journalPath}-ends`;
  const owner = `${statSync(journalPath, { throwIfNoEntry: false })?.ino ?? 0}`;
  // Read before the database is asked: beside a running writer, notes that are newer than the database would blame it for nothing.
  const found = readNotes(path, owner);
  const lost = new Map([...found].filter(([stream, lastSeq]) => lastSeq > toLastSeq(stream)));
  const file = readOnly ? undefined : openRing(path);

  const toNote = (stream: string, lastSeq: number): string => {
    const note = `${lastSeq} ${owner} ${JSON.stringify(stream)}`;
    return `\n${sha256(note).slice(0, checkLength)} ${note}\n`;
  };

  let ringStart = 0;
  /** A witness that cannot write is no reason to stop: the journal is the truth. What was half written is skipped by its check. */
  const write = (notes: string, offset: number): number => {
    if (file === undefined || notes === '') return offset;
    const from = offset + notes.length > ringBytes ? ringStart : offset;
    try {
      return from + writeSync(file, notes, from);
    } catch {
      return from;
    }
  };

  // Losses stay at the beginning; what follows goes round behind them. Old notes that are not overwritten are still true.
  ringStart = write([...lost].map(([stream, lastSeq]) => toNote(stream, lastSeq)).join(''), 0);
  let offset = ringStart;

  return {
    lost,
    note(ends) {
      let notes = '';
      for (const { stream, lastSeq } of ends) notes += toNote(stream, lastSeq);
      offset = write(notes, offset);
    },
    close(isSettled) {
      if (file === undefined) return;
      closeSync(file);
      if (!isSettled || lost.size > 0) return;
      try {
        rmSync(path, { force: true });
      } catch {
        // What it says stays true.
      }
    },
  };
}

/**
 * A WAL is emptied when it has 1,000 pages, and a note of some 70 bytes stands for at least one page. The file keeps its size: one that
 * grew would have to be synced with the WAL, which makes a commit several times as slow.
 */
const ringBytes = 256 * 1024;

/** Of the SHA-256 that guards each note: enough that chance forges none. */
const checkLength = 16;

function readNotes(path: string, owner: string): Map<string, number> {
  const ends = new Map<string, number>();
  for (const line of readQuietly(path).split('\n')) {
    const note = line.slice(checkLength + 1);
    if (note === '' || line.startsWith('\0') || line.slice(0, checkLength) !== sha256(note).slice(0, checkLength)) continue;
    const [lastSeq = '', ownerOfNote = ''] = note.split(' ', 2);
    if (ownerOfNote !== owner) continue;
    const stream = JSON.parse(note.slice(lastSeq.length + ownerOfNote.length + 2)) as string;
    ends.set(stream, Math.max(Number(lastSeq), ends.get(stream) ?? 0));
  }
  return ends;
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Undefined where nothing can be written. */
function openRing(path: string): number | undefined {
  try {
    const file = openSync(path, (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= ringBytes ? 'r+' : 'w', 0o600);
    if (statSync(path).size < ringBytes) writeSync(file, Buffer.alloc(ringBytes), 0, ringBytes, 0);
    return file;
  } catch {
    return undefined;
  }
}
