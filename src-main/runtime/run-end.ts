import { type ErrorInfo, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { PlannedStep } from '#shared/run/plan-next.ts';
import type { Hooks } from './hooks.ts';
import type { RunJournal } from './run-journal.ts';

/** Where the hooks of the run itself are asked. */
export const wholeRun = { frame: '', ordinal: 1, node: null } as const;

/** How a run ends; a hook may have failed it, and then no node has. */
export type RunEnd =
  | Extract<PlannedStep, { type: 'succeedRun' | 'cancelRun' }>
  | { readonly type: 'failRun'; readonly error: ErrorInfo; readonly node: string | null };

/** Ends a run once, after the hooks that want to have a word. */
export function createRunEnding(dependencies: {
  readonly journal: RunJournal;
  readonly hooks: Hooks;
  /** Aborts when the host stops driving the run. */
  readonly leaving: AbortSignal;
  readonly guarded: (work: () => void) => void;
  /** Plans again: while the hooks were asked, the run was told to end otherwise. */
  readonly replan: () => void;
}): (end: RunEnd) => void {
  const { journal, hooks, leaving, guarded, replan } = dependencies;
  let isAsking = false;

  function record(end: RunEnd): void {
    switch (end.type) {
      case 'succeedRun':
        journal.note('run.succeeded', { outputs: end.outputs });
        return;
      case 'failRun':
        journal.note('run.failed', { error: end.error, node: end.node });
        return;
      case 'cancelRun':
        journal.note('run.cancelled', { reason: end.reason });
    }
  }

  return (end) => {
    if (!hooks.concern('afterRun', null)) {
      record(end);
      return;
    }
    if (isAsking) return;
    isAsking = true;
    const value = toValue(end);
    const { cancelReason } = journal.state();
    const recordUnlessCancelled = (last: RunEnd) => {
      isAsking = false;
      if (journal.state().cancelReason === cancelReason) record(last);
      else replan();
    };
    hooks.ask('afterRun', wholeRun, value, leaving).then(
      (given) => guarded(() => recordUnlessCancelled(given === value ? end : withOutputs(end, given))),
      (thrown: unknown) =>
        guarded(() => recordUnlessCancelled(end.type === 'succeedRun' ? { type: 'failRun', error: toErrorInfo(thrown), node: null } : end)),
    );
  };
}

/** What hooks after a run are told: how it ends, and with what. */
function toValue(end: RunEnd): JsonObject {
  switch (end.type) {
    case 'succeedRun':
      return { status: 'succeeded', outputs: end.outputs };
    case 'failRun':
      return { status: 'failed', error: end.error as unknown as JsonValue };
    case 'cancelRun':
      return { status: 'cancelled', reason: end.reason };
  }
}

function withOutputs(end: RunEnd, given: JsonValue): RunEnd {
  const outputs = typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as JsonObject).outputs : undefined;
  return end.type === 'succeedRun' && typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs)
    ? { ...end, outputs: outputs as JsonObject }
    : end;
}
