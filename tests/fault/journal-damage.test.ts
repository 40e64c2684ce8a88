import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventStore, IntegrityReport } from '#main/event-store/event-store.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { createRandom } from '../support/random.ts';

const streams = ['run/a', 'run/b', 'run/c', 'run/d', 'run/e'];
const eventsPerStream = 40;
const random = createRandom(20_261_120);
const anyBelow = (limit: number): number => Math.floor(random() * limit);

let folder: string;
let pristine: Buffer;
const written = new Map<string, readonly EventEnvelope[]>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-damage-'));
  const store = open('pristine.db');
  for (let seq = 0; seq < eventsPerStream; seq += 1) {
    for (const stream of streams) {
      // Some events need overflow pages.
      const text = `${stream}#${seq}:${Array.from({ length: seq % 10 === 9 ? 6000 : 250 }, () => anyBelow(36).toString(36)).join('')}`;
      await store.append(stream, seq, [{ type: 'note.taken', version: 1, atMs: 1000 + seq, data: { text } }]);
    }
  }
  for (const stream of streams) written.set(stream, store.read(stream));
  await store.close();
  pristine = readFileSync(join(folder, 'pristine.db'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a damaged journal', () => {
  it('is what the tests below think it is: the untouched copy is intact', async () => {
    const { report, read } = await inspect(pristine);
    expect(report?.storageProblems).toEqual([]);
    expect(report?.streams).toEqual(streams.map((stream) => ({ stream, status: 'intact', events: eventsPerStream })));
    expect(streams.map((stream) => read.get(stream))).toEqual(streams.map((stream) => written.get(stream)));
  });

  it('names stream and event for every one of 200 flipped bits in event data, and still opens the other streams', async () => {
    // The first 200 characters lie in one page, whatever overflows. Splitting a page leaves dead copies behind, where a flip harms nothing.
    const targets = [...written.values()].flat().flatMap(({ stream, seq, data }) => {
      const start = String(data.text).slice(0, 200);
      const offset = pristine.indexOf(start);
      return pristine.indexOf(start, offset + 1) === -1 ? [{ stream, seq, offset }] : [];
    });
    expect(targets.length).toBeGreaterThan(100);
    for (let flip = 0; flip < 200; flip += 1) {
      const target = targets[anyBelow(targets.length)];
      if (target === undefined) continue;
      const { stream, seq } = target;
      const offset = target.offset + anyBelow(200);
      const { report, read } = await inspect(withFlippedBit(pristine, offset, anyBelow(8)));
      const verdicts = report?.streams.map((verdict) =>
        verdict.status === 'damaged' ? [verdict.stream, verdict.fromSeq, verdict.readableEvents] : [],
      );
      expect(verdicts, `flip ${flip} at byte ${offset}`).toEqual(streams.map((name) => (name === stream ? [stream, seq, seq - 1] : [])));
      for (const name of streams) {
        if (name === stream) expect(read.get(name)).toMatchObject({ code: 'journal.damaged', details: { stream, seq } });
        else expect(read.get(name)).toEqual(written.get(name));
      }
    }
  });

  it('never shows a wrong stream as good, whichever of 300 bits anywhere in the file is flipped', async () => {
    for (let flip = 0; flip < 300; flip += 1) {
      const offset = anyBelow(pristine.length);
      await expectHonesty(withFlippedBit(pristine, offset, anyBelow(8)), `flip ${flip} at byte ${offset}`);
    }
  });

  it('never shows a wrong stream as good when a page is zeroed or the file is cut', async () => {
    for (let page = 0; page < pristine.length / 4096; page += 1) {
      const zeroed = Buffer.from(pristine);
      zeroed.fill(0, page * 4096, (page + 1) * 4096);
      await expectHonesty(zeroed, `page ${page} zeroed`);
    }
    for (let cut = 0; cut < 60; cut += 1) {
      const length = anyBelow(pristine.length);
      await expectHonesty(pristine.subarray(0, length), `cut to ${length} bytes`);
    }
  });

  it('still lists and opens what lies on both sides of a lost page in the list of streams', async () => {
    const store = open('many.db');
    const names = Array.from({ length: 400 }, (_, index) => `run/${index}-${'n'.repeat(40)}`);
    await Promise.all(names.map((name) => store.append(name, 0, [{ type: 'note.taken', version: 1, atMs: 1, data: {} }])));
    await store.close();
    const bytes = readFileSync(join(folder, 'many.db'));
    // The first page that holds the name: of the list itself or of its index, either must do.
    const lost = Math.floor(bytes.indexOf(`run/200-${'n'.repeat(40)}`) / 4096);
    bytes.fill(0, lost * 4096, (lost + 1) * 4096);
    writeFileSync(join(folder, 'many.db'), bytes);
    const reopened = open('many.db');
    const report = reopened.verify();
    expect(report.storageProblems).not.toEqual([]);
    expect(report.streams.length).toBeGreaterThan(300);
    expect(reopened.heads('run/').length).toBe(report.streams.length);
    for (const name of [names[0] ?? '', names[399] ?? '']) expect(reopened.read(name)).toHaveLength(1);
    await reopened.close();
  });
});

/** Everything read equals what was written, or is refused; and what is missing or refused is in the report. */
async function expectHonesty(bytes: Buffer, what: string): Promise<void> {
  const { report, read } = await inspect(bytes);
  if (report === undefined) return;
  for (const stream of streams) {
    const events = read.get(stream);
    const verdict = report.streams.find((each) => each.stream === stream);
    if (events instanceof HeddleError) {
      expect(events.code, what).toBe('journal.damaged');
      expect(verdict?.status ?? 'missing', what).not.toBe('intact');
    } else if (events?.length === 0) {
      expect([verdict, report.storageProblems.length > 0], what).toEqual([undefined, true]);
    } else {
      expect(events, what).toEqual(written.get(stream));
    }
  }
}

/** Opens the bytes as a journal. No report: the file was refused as a whole, which is honest too. */
async function inspect(
  bytes: Buffer,
): Promise<{ report: IntegrityReport | undefined; read: ReadonlyMap<string, readonly EventEnvelope[] | HeddleError> }> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `copy.db${suffix}`), { force: true });
  writeFileSync(join(folder, 'copy.db'), bytes);
  const read = new Map<string, readonly EventEnvelope[] | HeddleError>();
  const store = orRefusal(() => open('copy.db'));
  if (store instanceof HeddleError) {
    expect(['journal.damaged', 'journal.newerSchema']).toContain(store.code);
    return { report: undefined, read };
  }
  try {
    for (const stream of streams)
      read.set(
        stream,
        orRefusal(() => store.read(stream)),
      );
    return { report: store.verify(), read };
  } finally {
    await store.close();
  }
}

/** A refusal is an answer; anything else thrown is a bug and fails the test. */
function orRefusal<Result>(action: () => Result): Result | HeddleError {
  try {
    return action();
  } catch (error) {
    if (error instanceof HeddleError) return error;
    throw error;
  }
}

function open(file: string): EventStore {
  return createSqliteEventStore({ path: join(folder, file), blobFolder: join(folder, 'blobs') });
}

function withFlippedBit(bytes: Buffer, offset: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[offset] = (flipped[offset] ?? 0) ^ (1 << bit);
  return flipped;
}
