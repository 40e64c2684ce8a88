/**
 * Where time comes from. Whoever records asks a clock; reducers and planners only read the times in events.
 * Tests pass a simulated one.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. May jump; use it for facts, never for durations. */
  nowMs(): number;
  /** Milliseconds that never run backwards; only differences mean something. */
  monotonicMs(): number;
  /** Calls `wake` once after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, wake: () => void): () => void;
}
