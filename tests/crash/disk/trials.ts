import type { DiskCall, Fault } from '../../support/fault-shim/fault-shim.ts';
import { createRandom } from '../../support/random.ts';

/** A writer that meets one fault, and then, if it died, writers that meet the next ones while they recover. */
export interface Trial {
  readonly faults: readonly Fault[];
}

/** Calls that can run out of room. */
const growing: ReadonlySet<DiskCall['call']> = new Set(['write', 'create', 'mkdir', 'rename']);

/** A recovery makes about this many calls before it does anything new. */
const callsOfRecovery = 40;

/**
 * So many trials over the calls of an undisturbed writer. First each call with each fault that can strike it once, or an even choice of them
 * when that is more than asked for; then torn and unsynced writes and faults during recovery, up to three deep, by chance from the seed.
 */
export function planTrials(calls: readonly DiskCall[], count: number, seed: number): readonly Trial[] {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const each = calls.flatMap(({ call }, index) => faultsOf(call, index + 1, below)).map((fault) => ({ faults: [fault] }));
  const single = Math.min(each.length, Math.ceil(count * (1 - leastDeeper)));
  return [
    ...Array.from({ length: single }, (_, index) => each[Math.floor((index * each.length) / single)] as Trial),
    ...Array.from({ length: count - single }, () => toDeeperTrial(calls, below)),
  ];
}

/** The part of all trials in which more than one writer may die. */
const leastDeeper = 0.15;

function faultsOf(call: DiskCall['call'], at: number, below: (limit: number) => number): readonly Fault[] {
  const faults: Fault[] = [
    { kind: 'killBefore', at, argument: 0 },
    { kind: 'power', at, argument: 0 },
    { kind: 'ioError', at, argument: 0 },
    { kind: 'killAfter', at, argument: 0 },
    { kind: 'power', at, argument: 1 + below(1_000_000) },
  ];
  if (call === 'write') faults.push({ kind: 'torn', at, argument: [25, 50, 75][at % 3] ?? 50 });
  if (growing.has(call)) faults.push({ kind: 'full', at, argument: call === 'write' && at % 2 === 0 ? 50 : 0 });
  return faults;
}

function toDeeperTrial(calls: readonly DiskCall[], below: (limit: number) => number): Trial {
  const faults = [toDeath(1 + below(calls.length), below)];
  while (faults.length < 3 && below(2) === 0) faults.push(toDeath(1 + below(callsOfRecovery), below));
  return { faults };
}

function toDeath(at: number, below: (limit: number) => number): Fault {
  const kind = (['killBefore', 'killAfter', 'torn', 'power', 'power'] as const)[below(5)] ?? 'power';
  return { kind, at, argument: kind === 'torn' ? below(100) : kind === 'power' ? below(1_000_000) : 0 };
}
