import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import type { RunState } from '#shared/run/state.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { OutsideWorld } from './attempt.ts';
import type { Executor } from './executor.ts';
import type { RegisteredHook } from './hooks.ts';
import type { Reuse } from './reuse.ts';

/** What it takes to drive a run. */
export interface RunLoopDependencies {
  readonly store: Pick<EventStore, 'append'>;
  readonly world: OutsideWorld;
  readonly executors: Readonly<Record<string, Executor<JsonObject>>>;
  readonly checkJson: (schema: JsonSchema, value: JsonValue) => string | undefined;
  /** Asked in every run, besides those that its workflow declares. */
  readonly hooks?: readonly RegisteredHook[];
  /** Where the run gets answers that were given before; undefined for one that is no fork. */
  readonly reuse?: Reuse | undefined;
}

/** Who hears of a run that is being driven. */
export interface RunLoopListeners {
  /** More of the journal is on disk; `isFlushed` when all that `state` was folded from is. */
  readonly onProgress: (state: RunState, isFlushed: boolean) => void;
  /** The run cannot go on here until someone takes it up again. */
  readonly onFault: (error: ErrorInfo) => void;
  readonly onDelta: (frame: string, delta: ModelDelta) => void;
}
