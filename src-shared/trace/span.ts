/**
 * What a stretch of a run's time was spent on. The first six nest as frames do; the others are waits, and the undoing of a saga.
 * `queue` waits for room in a lane, `retry` for the next try, `held` while the run was interrupted or its host was gone.
 */
export type SpanKind =
  | 'run'
  | 'attempt'
  | 'scope'
  | 'turn'
  | 'model'
  | 'tool'
  | 'saga'
  | 'queue'
  | 'retry'
  | 'approval'
  | 'timer'
  | 'signal'
  | 'held';

/** How a span came to its end; `reused` is an answer taken over from the run that this one was forked from. */
export type SpanOutcome = 'open' | 'succeeded' | 'failed' | 'cancelled' | 'unknown' | 'reused';

/** A stretch of a run's time, with what it was spent on. Spans are numbered in the order of their start; times are milliseconds since 1970. */
export interface Span {
  readonly index: number;
  /** The span around it; -1 for the run's own. A parent's number is smaller than its children's. */
  readonly parent: number;
  readonly kind: SpanKind;
  readonly name: string;
  /** The frame or scope to look at when it is chosen; null for the run and what hangs on it alone. */
  readonly frame: string | null;
  /** The kind of the node that it belongs to. */
  readonly nodeKind: string | null;
  /** The whole name of the model, for model calls. */
  readonly model: string | null;
  readonly startedAtMs: number;
  readonly startedSeq: number;
  /** Null while it goes on. */
  readonly endedAtMs: number | null;
  readonly endedSeq: number | null;
  readonly outcome: SpanOutcome;
  /** Of this call alone; 0 for everything that is no model call. */
  readonly tokens: number;
  /** Of this call alone; null when a model has no price. */
  readonly costUsd: number | null;
}

const waits: ReadonlySet<SpanKind> = new Set(['queue', 'retry', 'approval', 'timer', 'signal', 'held']);

/** Whether nothing was done in it: the run waited for room, a time, a person or its host. */
export function isWait({ kind }: Pick<Span, 'kind'>): boolean {
  return waits.has(kind);
}
