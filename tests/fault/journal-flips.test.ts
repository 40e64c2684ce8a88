import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventStore } from '#main/event-store/event-store.ts';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { loadRunState } from '#main/runtime/read-journal.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { RunState } from '#shared/run/state.ts';
import { toRunSummary } from '#shared/run/summary.ts';
import { createRandom } from '../support/random.ts';
import { createRunWorld } from '../support/run-world.ts';
import { toDocument } from '../support/workflow-builder.ts';

const seed = Number(process.env.HEDDLE_DISK_SEED ?? 20_261_120);
let random = createRandom(seed);
const below = (limit: number): number => Math.floor(random() * limit);

/** A file of the finished journal, and what it holds undamaged. */
interface JournalPart {
  readonly path: string;
  readonly bytes: Buffer;
}

let base: string;
let database: JournalPart;
let blobs: readonly JournalPart[];
const states = new Map<string, RunState>();
const summaries = new Map<string, string>();

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'heddle-flips-'));
  await writeRuns(join(base, 'pristine'));
  const toPart = (path: string): JournalPart => ({ path, bytes: readFileSync(join(base, 'pristine', path)) });
  const files = readdirSync(join(base, 'pristine'), { recursive: true, encoding: 'utf8' });
  database = toPart('journal.db');
  blobs = files.filter((path) => path.startsWith('blobs/') && statSync(join(base, 'pristine', path)).isFile()).map(toPart);
  expect(blobs.length).toBeGreaterThan(1);
  expect(files).not.toContain('journal.db-wal');
  cpSync(join(base, 'pristine'), join(base, 'damaged'), { recursive: true });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('a finished journal of runs that was damaged afterwards', { timeout: 120_000 }, () => {
  it('is what the tests below think it is: undamaged, every run opens and nothing is noticed', async () => {
    expect(await examine()).toEqual({ isNoticed: false, wrong: [] });
  });

  it('shows no wrong state after any of 1,000 flipped bits: each is noticed or harmless', async () => {
    const noticed = await damageEach(1_000, 'bits flipped', (part) => {
      const offset = below(part.bytes.length);
      const bytes = Buffer.from(part.bytes);
      bytes[offset] = (bytes[offset] ?? 0) ^ (1 << below(8));
      return { bytes, what: `bit of byte ${offset}` };
    });
    expect(noticed).toBeGreaterThan(500);
  });

  it('shows no wrong state after any of 200 truncations', async () => {
    const noticed = await damageEach(200, 'files cut', (part) => {
      const length = below(part.bytes.length);
      return { bytes: part.bytes.subarray(0, length), what: `cut to ${length}` };
    });
    // Not the last page of a database that ends in free pages, for instance.
    expect(noticed).toBeGreaterThan(190);
  });

  it('shows no wrong state after any of 200 zeroed blocks of 4 KiB', async () => {
    const noticed = await damageEach(200, 'blocks zeroed', (part) => {
      const block = below(Math.ceil(part.bytes.length / 4096));
      const bytes = Buffer.from(part.bytes);
      bytes.subarray(block * 4096, (block + 1) * 4096).fill(0);
      return { bytes, what: `block ${block} zeroed` };
    });
    expect(noticed).toBeGreaterThan(150);
  });
});

/** Damages a copy so many times, one part at a time, four times of five the database. Answers how often somebody noticed. */
async function damageEach(
  times: number,
  name: string,
  damage: (part: JournalPart) => { readonly bytes: Uint8Array; readonly what: string },
): Promise<number> {
  // Each test by itself meets what it meets among the others.
  random = createRandom(seed);
  let noticed = 0;
  for (let time = 0; time < times; time += 1) {
    const part = random() < 0.8 ? database : (blobs[below(blobs.length)] ?? database);
    const { bytes, what } = damage(part);
    for (const suffix of ['-wal', '-shm']) rmSync(join(base, 'damaged', `journal.db${suffix}`), { force: true });
    writeFileSync(join(base, 'damaged', 'journal.db'), database.bytes);
    writeFileSync(join(base, 'damaged', part.path), bytes);
    const { isNoticed, wrong } = await examine();
    writeFileSync(join(base, 'damaged', part.path), part.bytes);
    expect(wrong, `seed ${seed}, damage ${time}: ${part.path}, ${what}`).toEqual([]);
    if (isNoticed) noticed += 1;
  }
  process.stdout.write(`${times} ${name}: ${noticed} noticed, ${times - noticed} harmless, 0 wrong states shown as good (seed ${seed})\n`);
  return noticed;
}

/** Opens the damaged copy as the host would, reads every run, and asks the doctor. */
async function examine(): Promise<{ readonly isNoticed: boolean; readonly wrong: readonly string[] }> {
  let store: EventStore | undefined;
  try {
    store = openIn(join(base, 'damaged'));
    const opened = store;
    const wrong: string[] = [];
    const { storageProblems, streams } = opened.verify();
    let isNoticed = storageProblems.length > 0 || streams.some(({ status }) => status === 'damaged');
    for (const [runId, state] of states) {
      const shown = orRefusal(() => loadRunState(opened, runId));
      if (!(shown instanceof HeddleError)) {
        if (!isDeepStrictEqual(shown, state)) wrong.push(`${runId} shows another state`);
      } else if (!isNoticed) wrong.push(`${runId} is refused (${shown.code}), and the doctor has noticed nothing`);
    }
    for (const { key, value } of opened.loadProjections('runSummary')) {
      if (value !== summaries.get(key)) wrong.push(`the summary of ${key} is another: ${value}`);
    }
    const names = opened.heads('run/').map(({ stream }) => stream);
    if (!isNoticed && names.length !== states.size) wrong.push(`${names.length} runs are listed, and the doctor has noticed nothing`);
    isNoticed ||= names.length !== states.size;
    return { isNoticed, wrong };
  } catch (error) {
    // The whole file was refused: that is noticing it.
    if (error instanceof HeddleError) return { isNoticed: true, wrong: [] };
    throw error;
  } finally {
    await store?.close();
  }
}

function openIn(folder: string): EventStore {
  return createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
}

/** A refusal is an answer; anything else thrown is a bug. */
function orRefusal<Result>(action: () => Result): Result | HeddleError {
  try {
    return action();
  } catch (error) {
    if (error instanceof HeddleError) return error;
    throw error;
  }
}

/** Eight runs of a workflow with a tool, two of whose results are large enough for a blob, brought from memory to disk event by event. */
async function writeRuns(folder: string): Promise<void> {
  const world = createRunWorld({
    tools: { fetch: { run: ({ size }) => ({ text: 'lorem ipsum '.repeat(Number(size)) }) } },
  });
  const document = toDocument(
    {
      start: { kind: 'input', config: { fields: [{ name: 'size', type: 'number', required: true }] } },
      look: { kind: 'tool', config: { tool: 'fetch', arguments: { size: '{{ start.size }}' } } },
      short: { kind: 'transform', config: { expression: 'start.size * 2.0', outputType: 'number' } },
      out: { kind: 'output', config: { name: 'sum' } },
    },
    ['start.size->look.in', 'start.size->short.in', 'short.value->out.value'],
  );
  const store = openIn(folder);
  for (const size of [10, 40_000, 20, 300, 5, 41_000, 60, 7]) {
    const runId = await world.start(document, { inputs: { size } });
    await world.settled(runId);
    const events = world.store.read(`run/${runId}`);
    for (const { type, version, atMs, data, seq, stream } of events) await store.append(stream, seq - 1, [{ type, version, atMs, data }]);
    const state = loadRunState(store, runId);
    expect(state.status).toBe('succeeded');
    states.set(runId, state);
    const value = JSON.stringify(toRunSummary(state));
    summaries.set(runId, value);
    store.saveProjection({ name: 'runSummary', key: runId, seq: state.lastSeq, value });
  }
  await store.close();
}
