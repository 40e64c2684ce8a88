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
  readonly about: string;
  /** True when it imports packages of `tests/bench/package.json`: they are installed before it runs. */
  readonly needsPeers?: boolean;
  run(report: (line: BenchLine) => void): Promise<void>;
}
