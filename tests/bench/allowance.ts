import type { BenchLine } from './bench.ts';

/** A line whose goal is a figure and not a ratio to a peer: the peer is what is allowed. */
export function besideAllowance(bench: string, metric: string, ours: number, allowed: number): BenchLine {
  const ratio = allowed === 0 ? (ours === 0 ? 1 : Number.POSITIVE_INFINITY) : ours / allowed;
  return { bench, metric, ours, peer: allowed, peerName: 'allowed', ratio, goal: '<= 1', holds: ratio <= 1 };
}
