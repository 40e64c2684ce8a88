import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventStore } from '#main/event-store/event-store.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { spawnTalking } from '../support/child-lines.ts';
import { createRandom } from '../support/random.ts';

const program = fileURLToPath(new URL('../support/appending-program.ts', import.meta.url));
const flips = 200;
const random = createRandom(20_261_120);

let base: string;
let folder: string;
let acknowledged = 0;
let wal: Buffer;
let left: { readonly database: Buffer; readonly ends: Buffer };

/** A writer was killed: what it had acknowledged lies in the WAL, and nothing of it in the database. */
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'heddle-wal-'));
  folder = join(base, 'journal');
  const child = spawnTalking(process.execPath, [program, folder, '400']);
  for (let line = 0; line < 25; line += 1) acknowledged = ((await child.nextLine()) as { acknowledged: number }).acknowledged;
  await child.kill('SIGKILL');
  // The shared index goes with the machine; SQLite makes it anew from the WAL.
  rmSync(join(folder, 'journal.db-shm'));
  wal = withoutRoom(readFileSync(join(folder, 'journal.db-wal')));
  left = { database: readFileSync(join(folder, 'journal.db')), ends: readFileSync(join(folder, 'journal.db-ends')) };
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

it('an undamaged WAL is taken over whole, and nothing is blamed', async () => {
  const { readable, verdict } = await look();
  expect(readable).toBeGreaterThanOrEqual(acknowledged);
  expect(verdict).toMatchObject({ status: 'intact' });
});

it('a WAL that was damaged after the writer died never passes for a shorter journal: what was acknowledged is missed by name', async () => {
  let cuts = 0;
  for (let flip = 0; flip < flips; flip += 1) {
    const bytes = Buffer.from(wal);
    const offset = Math.floor(random() * bytes.length);
    bytes[offset] = (bytes[offset] ?? 0) ^ (1 << Math.floor(random() * 8));
    const { readable, verdict } = await look(bytes);
    if (readable !== undefined) expect(readable, `byte ${offset}`).toBeGreaterThanOrEqual(acknowledged);
    else {
      cuts += 1;
      expect(verdict, `byte ${offset}`).toMatchObject({ stream: 'run/1', status: 'damaged' });
    }
  }
  expect(cuts).toBeGreaterThan(flips / 2);
});

it('a stream that lost its end takes no event that would hide the loss, and is still blamed after the next start', async () => {
  put(Buffer.from(wal.subarray(0, Math.floor(wal.length * 0.7))));
  for (let start = 0; start < 2; start += 1) {
    const store = open();
    const { lastSeq } = store.head('run/1');
    expect(lastSeq).toBeLessThan(acknowledged);
    expect(() => store.read('run/1')).toThrow(
      expect.objectContaining({ code: 'journal.damaged', message: expect.stringContaining(`Events ${lastSeq + 1} to`) }),
    );
    await expect(store.append('run/1', lastSeq, [note])).rejects.toMatchObject({ code: 'journal.damaged' });
    await store.append('run/other', start, [note]);
    expect(store.verify().streams).toMatchObject([
      { stream: 'run/1', status: 'damaged', fromSeq: lastSeq + 1, readableEvents: lastSeq },
      { status: 'intact' },
    ]);
    await store.close();
  }
});

it('a stream of which nothing is left is named all the same', async () => {
  put(Buffer.alloc(0));
  const store = open();
  expect(store.heads('run/').map(({ stream }) => stream)).toEqual(['run/1']);
  expect(() => store.read('run/1')).toThrow(expect.objectContaining({ code: 'journal.damaged' }));
  await expect(store.append('run/1', 0, [note])).rejects.toMatchObject({ code: 'journal.damaged' });
  expect(store.verify().streams).toMatchObject([{ stream: 'run/1', status: 'damaged', fromSeq: 1 }]);
  await store.close();
});

const note = { type: 'note.taken', version: 1, atMs: 1, data: {} };

function open(): EventStore {
  return createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
}

/** Everything as the dead writer left it, except the WAL. The file of the database stays the same one: the notes are about that. */
function put(walBytes: Buffer): void {
  rmSync(join(folder, 'journal.db-shm'), { force: true });
  writeFileSync(join(folder, 'journal.db'), left.database);
  writeFileSync(join(folder, 'journal.db-wal'), walBytes);
  writeFileSync(join(folder, 'journal.db-ends'), left.ends);
}

/** The frames of a WAL, each a page with a header of 24 bytes, without the zeros that wait behind them for the next. */
function withoutRoom(bytes: Buffer): Buffer {
  const written = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return bytes.subarray(0, 32 + Math.ceil((written - 32) / 4120) * 4120);
}

async function look(walBytes: Buffer = wal) {
  put(walBytes);
  const store = open();
  try {
    const [verdict] = store.verify().streams;
    let readable: number | undefined;
    try {
      readable = store.read('run/1').length;
    } catch (error) {
      expect(error).toMatchObject({ code: 'journal.damaged' });
    }
    return { readable, verdict };
  } finally {
    await store.close();
  }
}
