// Runs trials of one workload on a disk that fails on order, and prints one line of JSON: what was tried and what went wrong.
// Arguments: a folder to work in, the number of the workload, how many trials, the seed, and which share of how many is this one's.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DiskCall, type Fault, type ForkEnd, loadFaultShim } from '../../support/fault-shim/fault-shim.ts';
import { inspect } from './inspect.ts';
import { planTrials, type Trial } from './trials.ts';
import { workloads } from './workloads.ts';
import { type Said, work } from './writer.ts';

/** What one process of trials found. */
export interface TrialsReport {
  readonly trials: number;
  readonly calls: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  /** Writers that stopped for good after an error of the disk, and those that stopped until there was room. */
  readonly fatal: number;
  readonly full: number;
  readonly problems: readonly string[];
}

const [base = '', workloadNumber = '0', count = '1', seed = '1', share = '0', shares = '1'] = process.argv.slice(2);
const workload = workloads[Number(workloadNumber)];
if (workload === undefined) throw new Error(`There is no workload ${workloadNumber}.`);
const shim = loadFaultShim();
const place = join(base, `share-${workloadNumber}-${share}`);
const folder = join(place, 'journal');

const { calls } = await tryOnce({ kind: 'count', at: 0, argument: 0 });
const byKind: Record<string, number> = {};
const problems: string[] = [];
const totals = { trials: 0, acknowledged: 0, fatal: 0, full: 0 };
for (const [index, trial] of planTrials(calls, Number(count), Number(seed)).entries()) {
  if (index % Number(shares) !== Number(share)) continue;
  const found = await runTrial(trial);
  if (found.length > 0) problems.push(`${workload.name}, ${JSON.stringify(trial.faults)} (${nameCall(trial)}): ${found.join(' ')}`);
}
rmSync(place, { recursive: true, force: true });
const report: TrialsReport = { ...totals, calls: calls.length, byKind, problems };
process.stdout.write(`${JSON.stringify(report)}\n`);

async function runTrial({ faults }: Trial): Promise<readonly string[]> {
  const found: string[] = [];
  const acknowledged = new Map<string, number>();
  for (const [depth, fault] of faults.entries()) {
    const { end, said } = await tryOnce(fault, depth > 0);
    found.push(...judge(fault, calls[fault.at - 1], depth, end, said));
    for (const each of said) if (each.type === 'acknowledged') acknowledged.set(each.stream, each.lastSeq);
    byKind[fault.kind] = (byKind[fault.kind] ?? 0) + 1;
    if (end.signal === null) break;
  }
  found.push(...(await inspect(folder, workload as never, acknowledged)));
  totals.trials += 1;
  totals.acknowledged += [...acknowledged.values()].reduce((sum, seq) => sum + seq, 0);
  return found;
}

async function tryOnce(fault: Fault, isSecond = false): Promise<{ end: ForkEnd; said: readonly Said[]; calls: readonly DiskCall[] }> {
  if (!isSecond) {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const end = await shim.inFork(async (say) => {
    shim.arm(folder, fault);
    await work(folder, workload as never, (said) => say(JSON.stringify(said)), shim.makeRoom);
    for (const call of shim.disarm()) say(JSON.stringify(call));
  });
  const lines = end.lines.map((line) => JSON.parse(line) as Said | DiskCall);
  return { end, said: lines.filter((line) => 'type' in line), calls: lines.filter((line) => 'call' in line) };
}

/** Whether the writer met its fault as it should. What it left on disk is looked at by `inspect`. */
function judge(fault: Fault, call: DiskCall | undefined, depth: number, end: ForkEnd, said: readonly Said[]): readonly string[] {
  if (fault.kind !== 'ioError' && fault.kind !== 'full') {
    if (end.signal === 9 || (depth > 0 && end.exitCode === 0)) return [];
    return [`The writer did not die of its fault: ${JSON.stringify({ ...end, lines: end.lines.slice(-2) })}.`];
  }
  const found: string[] = [];
  if (end.exitCode !== 0 || said.at(-1)?.type !== 'done') found.push(`The writer did not get to its end: ${JSON.stringify(end)}.`);
  const refused = said.filter((each) => each.type === 'refused');
  for (const { message, isStreamClosed } of refused) if (!isStreamClosed) found.push(`A refused append left its stream open: ${message}`);
  if (fault.kind === 'full') {
    totals.full += 1;
    for (const each of said) {
      if (each.type === 'refused' && (each.isFatal || !/disk is full.*Free some space/.test(each.message)))
        found.push(`A full disk was called: ${each.message}`);
      if (each.type === 'notOpened' && !/disk is full.*Free some space/i.test(each.message))
        found.push(`A full disk at the opening was called: ${each.message}`);
    }
    return found;
  }
  if (refused.some(({ isFatal }) => isFatal)) totals.fatal += 1;
  for (const { message, isFatal } of refused) if (!isFatal) found.push(`An error of the disk was not fatal: ${message}`);
  const isUnnoticed = said.every(({ type }) => type !== 'refused' && type !== 'notOpened');
  if (isUnnoticed && !isHarmless(fault.at - 1)) found.push(`An error of the disk went unnoticed at ${call?.call} ${call?.path}.`);
  return found;
}

/**
 * Errors that SQLite keeps to itself and that cost nothing: while it copies from the WAL into the database, because the WAL keeps what
 * was not copied and it is copied again; in its sync of the folder; in the lock, which holds nothing; in the noted ends, a second witness; and at the close, after the last commit.
 */
function isHarmless(index: number): boolean {
  const { call, path } = calls[index] ?? { call: 'write', path: '' };
  const lastCommit = calls.findLastIndex((each) => each.call === 'write' && each.path === '/journal.db-wal') + 1;
  return (
    path === '' ||
    ['/journal.db', '/journal.db-ends'].includes(path) ||
    path.startsWith('/lock.db') ||
    call === 'remove' ||
    index > lastCommit
  );
}

function nameCall({ faults }: Trial): string {
  const call = calls[(faults[0]?.at ?? 0) - 1];
  return `${call?.call} ${call?.path}`;
}
