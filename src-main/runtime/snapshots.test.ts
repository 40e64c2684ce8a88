import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { NewEvent } from '#shared/events/envelope.ts';
import { type RunEvent, toRunStream } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { createRandom } from '../../tests/support/random.ts';
import { rounds } from '../../tests/support/rounds.ts';
import { createRunWorld } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { createSqliteEventStore } from '../event-store/sqlite-event-store.ts';
import { loadRunState } from './read-journal.ts';
import { snapshotsIn } from './snapshots.ts';

const folder = mkdtempSync(join(tmpdir(), 'heddle-snapshots-'));
const runId = 'run-1';
let events: readonly RunEvent[] = [];
let stores: ReturnType<typeof createSqliteEventStore>[] = [];

/** A run of some thousand events as the runtime records them. */
beforeAll(async () => {
  const world = createRunWorld({ tools: { look: { run: (args) => ({ seen: args, text: 'x'.repeat(100) }) } } });
  const ids = Array.from({ length: 800 }, (_, index) => `n${index}`);
  const document = toDocument(
    Object.fromEntries(ids.map((id, index) => [id, { kind: 'tool', config: { tool: 'look', arguments: { at: index } } }] as const)),
    ids.flatMap((id, index) => (index % 10 === 0 ? [] : [`n${index - 1}.result->${id}.in`])),
  );
  await world.settled(await world.start(document));
  events = world.events(runId);
  await world.runs.close();
  const store = open('build 1');
  await store.append(toRunStream(runId), 0, events as unknown as NewEvent[]);
});

afterEach(async () => {
  await closeAll();
  for (const end of ['', '-wal', '-shm']) rmSync(`${cachePath}${end}`, { force: true });
});

const cachePath = join(folder, 'cache.sqlite');

function open(build: string, place = folder, readOnly = false) {
  const store = createSqliteEventStore({
    path: join(place, 'journal.db'),
    blobFolder: join(place, 'blobs'),
    readOnly,
    snapshots: { path: join(place, 'cache.sqlite'), build: () => build },
  });
  stores.push(store);
  return store;
}

async function closeAll(): Promise<void> {
  await Promise.all(stores.map((store) => store.close()));
  stores = [];
}

function cacheOf(store: ReturnType<typeof open>) {
  if (store.snapshots === undefined) throw new Error('This store keeps snapshots');
  return store.snapshots;
}

async function fillCache(build = 'build 1'): Promise<void> {
  const store = open(build);
  loadRunState(store, runId);
  await snapshotsIn(cacheOf(store)).idle();
  expect(cacheOf(store).find(toRunStream(runId), events.length)?.seq).toBeGreaterThan(events.length - 1001);
  await closeAll();
}

const fold = (seq: number) => foldRun(events.slice(0, seq));

describe('the state of a run', () => {
  test('is the fold of its journal at any event, from whichever snapshot it starts', { timeout: 60_000 }, async () => {
    expect(events.length).toBeGreaterThan(2500);
    await fillCache();
    const random = createRandom(11);
    const seqs = [1, 2, 999, 1000, 1001, 2000, events.length - 1, events.length];
    for (let round = 0; round < rounds(4, 40); round += 1) seqs.push(1 + Math.floor(random() * events.length));
    for (const seq of seqs) {
      const store = open('build 1');
      const state = loadRunState(store, runId, seq);
      expect(JSON.stringify(state)).toBe(JSON.stringify(fold(seq)));
      await closeAll();
    }
  });

  test('goes on from a snapshot as from a fold', async () => {
    await fillCache();
    const store = open('build 1');
    const start = loadRunState(store, runId, 2100);
    expect(foldRun(events.slice(2100), start)).toEqual(fold(events.length));
  });

  test('reads from the journal only what follows the nearest snapshot', async () => {
    await fillCache();
    const store = open('build 1');
    const reads: number[] = [];
    const watched = {
      ...store,
      read(stream: string, options: { afterSeq?: number } = {}) {
        reads.push(options.afterSeq ?? 0);
        return store.read(stream, options);
      },
    };
    expect(loadRunState(watched, runId, 2345).lastSeq).toBe(2345);
    expect(reads).toEqual([2000]);
  });

  test('is folded from the beginning when another build took the snapshots', async () => {
    await fillCache();
    for (const readOnly of [true, false]) {
      const store = open('build 2', folder, readOnly);
      expect(cacheOf(store).find(toRunStream(runId), events.length)).toBeUndefined();
      expect(JSON.stringify(loadRunState(store, runId))).toBe(JSON.stringify(fold(events.length)));
      await closeAll();
    }
  });

  test('starts from a snapshot for whoever may only read, and then leaves none', async () => {
    await fillCache();
    const before = readFileSync(cachePath);
    const store = open('build 1', folder, true);
    expect(cacheOf(store).find(toRunStream(runId), 2500)?.seq).toBe(2000);
    expect(JSON.stringify(loadRunState(store, runId, 2500))).toBe(JSON.stringify(fold(2500)));
    await snapshotsIn(cacheOf(store)).idle();
    expect(readFileSync(cachePath)).toEqual(before);
  });

  test('is that of the journal when the snapshots are of another one', async () => {
    await fillCache();
    const place = mkdtempSync(join(tmpdir(), 'heddle-snapshots-other-'));
    writeFileSync(join(place, 'cache.sqlite'), readFileSync(cachePath));
    const store = open('build 1', place);
    const later = events.map(({ type, version, atMs, data }) => ({ type, version, atMs: atMs + 1, data })) as unknown as NewEvent[];
    await store.append(toRunStream(runId), 0, later);
    expect(cacheOf(store).find(toRunStream(runId), events.length)).toBeUndefined();
    expect(loadRunState(store, runId).startedAtMs).toBe((fold(1)?.startedAtMs ?? 0) + 1);
    await closeAll();
    rmSync(place, { recursive: true });
  });

  test('is never changed by damage to the cache, wherever it is', { timeout: 120_000 }, async () => {
    await fillCache();
    const whole = readFileSync(cachePath);
    const random = createRandom(5);
    const expected = JSON.stringify(fold(2900));
    for (let round = 0; round < rounds(5, 30); round += 1) {
      const bytes = Buffer.from(round % 5 === 4 ? whole.subarray(0, Math.floor(random() * whole.length)) : whole);
      for (let flip = 0; flip < 1 + round; flip += 1) {
        const at = Math.floor(random() * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      writeFileSync(cachePath, bytes);
      const store = open('build 1');
      expect(JSON.stringify(loadRunState(store, runId, 2900))).toBe(expected);
      await snapshotsIn(cacheOf(store)).idle();
      await closeAll();
      for (const end of ['-wal', '-shm']) rmSync(`${cachePath}${end}`, { force: true });
    }
  });

  test('can be asked for while the cache cannot be written', async () => {
    const blocked = open('build 1');
    writeFileSync(cachePath, 'not a database');
    loadRunState(blocked, runId);
    await snapshotsIn(cacheOf(blocked)).idle();
    expect(JSON.stringify(loadRunState(blocked, runId, 2500))).toBe(JSON.stringify(fold(2500)));
  });

  test('is refused before the first event, after the last, and of a run that is not there', () => {
    const store = open('build 1');
    expect(() => loadRunState(store, runId, 0)).toThrow(/has the events 1 to/);
    expect(() => loadRunState(store, runId, events.length + 1)).toThrow(/no state of it at event/);
    expect(() => loadRunState(store, 'run-2')).toThrow(/There is no run run-2/);
  });
});

describe('snapshots', () => {
  test('of a cache that throws are told of once, and taken again when it has come to its senses', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const cache = cacheOf(open('build 1'));
    let isBroken = true;
    const broken = {
      ...cache,
      addParts(parts: Parameters<typeof cache.addParts>[0]) {
        if (isBroken) throw new Error('The cache is on fire');
        return cache.addParts(parts);
      },
    };
    const snapshots = snapshotsIn(broken);
    const states = [1000, 2000].map((seq) => fold(seq)).filter((state) => state !== null);
    snapshots.offerAll(states.slice(0, 1));
    await snapshots.idle();
    expect(warn.mock.calls).toEqual([['The cache is on fire', 'SnapshotWarning']]);
    isBroken = false;
    snapshots.offerAll(states);
    await snapshots.idle();
    expect(cache.find(toRunStream(runId), 2500)?.seq).toBe(2000);
    const found = snapshots.find(runId, 2500, () => {
      throw new Error('Every part is there');
    });
    expect(JSON.stringify(found)).toBe(JSON.stringify(fold(2000)));
  });

  test('of which a part cannot be read any more are made up for by the fold, and all are given up', async () => {
    await fillCache();
    const cache = cacheOf(open('build 1'));
    let isTorn = false;
    const torn = { ...cache, readPart: (hash: string) => (isTorn ? undefined : cache.readPart(hash)) };
    const folds: number[] = [];
    const found = snapshotsIn(torn).find(runId, 2500, (seq) => {
      folds.push(seq);
      return fold(seq) as RunState;
    });
    isTorn = true;
    expect(JSON.stringify(found) === JSON.stringify(fold(2000))).toBe(true);
    expect([folds, cache.find(toRunStream(runId), 2500)]).toEqual([[2000], undefined]);
  });

  test('that are of another event than they say are no state of the run, and all are given up', async () => {
    await fillCache();
    const cache = cacheOf(open('build 1'));
    const wrong = { ...cache, find: (stream: string, atSeq: number) => ({ seq: 1999, root: cache.find(stream, atSeq)?.root ?? '' }) };
    expect(snapshotsIn(wrong).find(runId, 2500, (seq) => fold(seq) as RunState)).toBeNull();
    expect(cache.find(toRunStream(runId), 2500)).toBeUndefined();
  });

  test('of a run that goes on are taken every thousand events, and at its end', async () => {
    const store = open('build 1');
    const snapshots = snapshotsIn(cacheOf(store));
    let state = null;
    for (const event of events) {
      state = foldRun([event], state);
      if (state !== null) snapshots.offer(state);
      if (event.seq % 500 === 0) await snapshots.idle();
    }
    await snapshots.idle();
    const seqs = [900, 1500, 2999, events.length].map((seq) => cacheOf(store).find(toRunStream(runId), seq)?.seq);
    expect(seqs).toEqual([undefined, 1000, 2000, events.length]);
  });
});
