// Kills, tears and cuts the power at calls to the disk while a journal is packed, or replaced by its backup, and prints one line of JSON:
// what was tried and what went wrong. Arguments: a folder to work in, `pack` or `restore`, how many trials, the seed.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { blobThresholdBytes } from '#main/event-store/event-store.ts';
import { restoreBackup } from '#main/event-store/restore-backup.ts';
import { createSqliteEventStore, type SqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import { type DiskCall, type Fault, loadFaultShim } from '../../support/fault-shim/fault-shim.ts';
import { createRandom } from '../../support/random.ts';

/** What the trials found. */
export interface UpkeepReport {
  readonly trials: number;
  readonly calls: number;
  /** How often the work was found undone, and done, after the death. */
  readonly before: number;
  readonly after: number;
  readonly problems: readonly string[];
}

const [base = '', task = 'pack', count = '100', seed = '1'] = process.argv.slice(2);
const shim = loadFaultShim();
const pristine = join(base, `pristine-${task}`);
const folder = join(base, `trial-${task}`);
const backup = join(base, `${task}.backup`);
const streams = ['run/a', 'run/b', 'run/c'];
const random = createRandom(Number(seed));

const open = (place: string): SqliteEventStore =>
  createSqliteEventStore({ path: join(place, 'journal.db'), blobFolder: join(place, 'blobs') });

/** The journal as it was, and for `restore` one event a stream longer than its backup. */
const texts = await prepare();
const calls = (await tryOnce({ kind: 'count', at: 0, argument: 0 })).map((line) => JSON.parse(line) as DiskCall);
const problems: string[] = [];
const found = { before: 0, after: 0 };
const lastTrials = 30;
const kinds = ['killBefore', 'killAfter', 'torn', 'power', 'power'] as const;
for (let trial = 0; trial < Number(count); trial += 1) {
  // Spread over all calls; the last of them, around the one that counts, with each fault.
  const fromEnd = Number(count) - 1 - trial;
  const at =
    fromEnd < lastTrials ? calls.length - Math.floor(fromEnd / kinds.length) : 1 + Math.floor((trial * calls.length) / Number(count));
  const kind = kinds[trial % kinds.length] ?? 'power';
  const argument = kind === 'torn' ? 50 : kind === 'power' && trial % 2 === 0 ? 1 + Math.floor(random() * 1e6) : 0;
  await tryOnce({ kind, at, argument });
  for (const problem of await inspect()) problems.push(`${task}, ${kind} at ${at} (${JSON.stringify(calls[at - 1])}): ${problem}`);
}
for (const place of [pristine, folder, backup]) rmSync(place, { recursive: true, force: true });
const report: UpkeepReport = { trials: Number(count), calls: calls.length, ...found, problems };
process.stdout.write(`${JSON.stringify(report)}\n`);

async function prepare(): Promise<ReadonlyMap<string, readonly string[]>> {
  mkdirSync(pristine, { recursive: true });
  const store = open(pristine);
  for (const [index, stream] of streams.entries()) {
    const events: NewEvent[] = Array.from({ length: 600 }, (_, at) => ({
      type: 'note.taken',
      version: 1,
      atMs: at,
      data: {
        text: `${stream} ${at} `.repeat(1 + Math.floor(random() * 30)),
        ...(at === 300 && index === 0 ? { large: 'x'.repeat(blobThresholdBytes) } : {}),
      },
    }));
    await store.append(stream, 0, events);
  }
  if (task === 'restore') {
    await store.upkeep.backUp(backup, { atMs: 1, version: '0', workspace: 'here' });
    for (const stream of streams)
      await store.append(stream, 600, [{ type: 'note.taken', version: 1, atMs: 1, data: { text: 'since the backup' } }]);
  }
  const written = new Map(streams.map((stream) => [stream, store.read(stream).map((event) => JSON.stringify(event))] as const));
  await store.close();
  return written;
}

async function work(): Promise<void> {
  if (task === 'restore') {
    await restoreBackup(
      backup,
      { folder, path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') },
      { force: true, asideName: 'aside' },
    );
    return;
  }
  const store = open(folder);
  for (const stream of streams) await store.upkeep.pack(stream);
  await store.upkeep.giveSpaceBack();
  await store.close();
}

async function tryOnce(fault: Fault): Promise<readonly string[]> {
  rmSync(folder, { recursive: true, force: true });
  cpSync(pristine, folder, { recursive: true });
  const end = await shim.inFork(async (say) => {
    shim.arm(folder, fault);
    await work();
    for (const call of shim.disarm()) say(JSON.stringify(call));
  });
  if (fault.kind === 'count' ? end.exitCode !== 0 : end.signal !== 9)
    throw new Error(`${JSON.stringify(fault)} ended otherwise: ${JSON.stringify(end)}`);
  return end.lines;
}

/** Everything must be there as it was, in one form or the other, and go on; or, of a restored journal, all that is in the backup. */
async function inspect(): Promise<readonly string[]> {
  const wrong: string[] = [];
  const lengths = new Set<number>();
  let store: SqliteEventStore | undefined;
  try {
    store = open(folder);
    const { storageProblems, streams: verdicts } = store.verify();
    wrong.push(...storageProblems, ...verdicts.filter(({ status }) => status === 'damaged').map((verdict) => JSON.stringify(verdict)));
    let packed = 0;
    for (const stream of streams) {
      const events = store.read(stream).map((event) => JSON.stringify(event));
      const expected = texts.get(stream) ?? [];
      lengths.add(events.length);
      if (events.length < 600 || events.some((event, index) => event !== expected[index])) wrong.push(`${stream} is not what it was.`);
      if (store.upkeep.loose(stream).events === 0) packed += 1;
      await store.append(stream, events.length, [{ type: 'note.taken', version: 1, atMs: 2, data: {} }]);
    }
    if (task === 'pack') found[packed === streams.length ? 'after' : 'before'] += 1;
    else found[lengths.has(600) ? 'after' : 'before'] += 1;
    if (task === 'restore' && lengths.size !== 1) wrong.push('Some of it is old and some is new.');
    const isReplaced = task === 'restore' && lengths.has(600);
    if (isReplaced && !existsSync(join(folder, 'aside', 'journal.db')))
      wrong.push(`The old journal is gone: ${readdirSync(folder).join(' ')}`);
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await store?.close();
  }
  return wrong;
}
