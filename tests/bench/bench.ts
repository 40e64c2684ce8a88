/** One measured promise: our figure beside a peer's, taken in alternating pairs in one run. */
export interface BenchLine {
  readonly bench: string;
  /** What was measured, with its unit in the name: `medianMs`, `bytes`. */
  readonly metric: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  /** The median of ours / peer over the pairs. */
  readonly ratio: number;
  /** What the ratio must satisfy: `<= 0.7`, `>= 0.5`. */
  readonly goal: string;
  readonly holds: boolean;
}

/** What each `tests/bench/<name>.bench.ts` exports as `bench`. */
export interface Bench {
  readonly name: string;
  readonly about?: string;
  /** True when it uses a peer: the packages of `tests/bench/peers/package.json` are installed before it runs. */
  readonly needsPeers?: boolean;
  run(report: (line: BenchLine) => void): Promise<void>;
}

/**
 * What `tests/bench/peers/<name>.ts` exports. Peers have a package of their own, so that nothing of theirs enters the product's lockfile,
 * and are not type-checked with it: say in `Peer` what you call.
 */
export async function loadPeer<Peer>(name: string): Promise<Peer> {
  return (await import(new URL(`./peers/${name}.ts`, import.meta.url).href)) as Peer;
}
