import { type ErrorInfo, HeddleError } from '#shared/base/errors.ts';
import { type JsonObject, toCanonicalJson } from '#shared/base/json.ts';
import { parseScopePath, toScopePath, toWholeGraph } from '#shared/run/frame.ts';
import { attemptsOf, findNodeState, findScope, findSubworkflow, scopeAt } from '#shared/run/node-states.ts';
import type { ScopeState } from '#shared/run/state.ts';
import type { Attempt } from './attempt.ts';
import type { ScopeOrder, ScopeOutcome } from './executor.ts';
import type { RunJournal } from './run-journal.ts';
import { checkInputs } from './start-check.ts';
import type { Waiters } from './waiters.ts';

/** How deep maps, loops and subflows may nest: a workflow that runs itself without end stops here. */
const mostScopesDeep = 64;

interface ScopeRunnerDependencies {
  readonly journal: RunJournal;
  readonly waiters: Waiters;
  readonly isStopping: (address: string) => boolean;
  /** Aborts when the host stops driving the run. */
  readonly leaving: AbortSignal;
  readonly go: (changed: readonly string[]) => void;
}

/**
 * Runs workflows below attempts. The scope's nodes are planned and driven like those of the run itself; here is only waited for its end.
 * A scope that an abort meets is stopped in order: what is in it is cancelled first, so that nothing in it outlives it.
 */
export function createScopeRunner(dependencies: ScopeRunnerDependencies): (attempt: Attempt, order: ScopeOrder) => Promise<ScopeOutcome> {
  const { journal, waiters, isStopping, leaving, go } = dependencies;

  return async (attempt, order) => {
    const path = toScopePath(attempt.start.frame, order.index);
    if (findScope(journal.state(), path) === undefined) {
      const done = findEarlier(attempt, order);
      if (done !== undefined) return toOutcome(done);
      await attempt.pass();
      attempt.signal.throwIfAborted();
      if (order.signal?.aborted === true) return { type: 'cancelled' };
      if (isStopping(attempt.address)) throw new HeddleError('run.cancelled', 'The run was stopped.');
      begin(path, order);
    }
    await ended(path, attempt, order);
    if (attempt.signal.aborted) throw attempt.signal.reason;
    return toOutcome(findScope(journal.state(), path) as ScopeState);
  };

  function begin(path: string, { workflowPath, inputs }: ScopeOrder): void {
    if (parseScopePath(path).length > mostScopesDeep) {
      throw new HeddleError(
        'run.tooDeep',
        `Workflows are nested more than ${mostScopesDeep} deep here. Does one run itself without an end?`,
      );
    }
    const workflow = findSubworkflow(journal.state(), workflowPath);
    if (workflow === undefined)
      throw new HeddleError('workflow.notFound', `There is no workflow “${workflowPath}” to run. Choose one in the inspector.`);
    const checked = checkInputs(workflow, inputs);
    journal.note('scope.started', { scope: path, workflowPath, inputs: checked });
    go([toWholeGraph(path)]);
  }

  async function ended(path: string, attempt: Attempt, order: ScopeOrder): Promise<void> {
    const isOver = () => findScope(journal.state(), path)?.endedAtMs !== null;
    const gone = new AbortController();
    const stop = () => {
      const { reason } = attempt.signal;
      // A host that stops records nothing more, and an interrupted run keeps its scopes as they are.
      if (isLeaving(reason)) gone.abort(reason);
      else if (!isOver() && findScope(journal.state(), path)?.cancelReason === null) {
        const words = attempt.signal.aborted ? toWords(reason) : 'enough results are there';
        void journal.record('scope.cancelRequested', { scope: path, reason: words }).catch(() => gone.abort(reason));
        go([toWholeGraph(path)]);
      }
    };
    if (attempt.signal.aborted || order.signal?.aborted === true) stop();
    // An attempt is told once: when its time was up before, its scope may still be on its way to its end.
    const leave = () => gone.abort(leaving.reason);
    leaving.addEventListener('abort', leave, { once: true });
    attempt.signal.addEventListener('abort', stop, { once: true });
    order.signal?.addEventListener('abort', stop, { once: true });
    try {
      await attempt.activity.parked(() => waiters.until(path, isOver, gone.signal));
    } finally {
      leaving.removeEventListener('abort', leave);
      attempt.signal.removeEventListener('abort', stop);
      order.signal?.removeEventListener('abort', stop);
    }
  }

  /** What an earlier attempt at the node brought to a good end is kept: trying a map again runs only the items that failed. */
  function findEarlier({ address, start }: Attempt, { index, workflowPath, inputs }: ScopeOrder): ScopeState | undefined {
    const workflow = findSubworkflow(journal.state(), workflowPath);
    if (start.attempt === 1 || workflow === undefined) return undefined;
    const wanted = toCanonicalJson(checkInputs(workflow, inputs));
    return attemptsOf(findNodeState(journal.state(), address))
      .slice(0, start.attempt - 1)
      .map((earlier) => scopeAt(earlier, index))
      .findLast(
        (scope) => scope?.status === 'succeeded' && scope.workflowPath === workflowPath && toCanonicalJson(scope.inputs) === wanted,
      );
  }
}

function toOutcome(scope: ScopeState): ScopeOutcome {
  switch (scope.status) {
    case 'succeeded':
      return { type: 'succeeded', outputs: scope.outputs as JsonObject, endedSeq: scope.endedSeq as number };
    case 'failed':
      return { type: 'failed', error: scope.error as ErrorInfo };
    default:
      return { type: 'cancelled' };
  }
}

function isLeaving(reason: unknown): boolean {
  return (
    reason instanceof HeddleError &&
    (reason.code === 'journal.stopped' || reason.code === 'run.interrupted' || reason.code === 'run.cancelled')
  );
}

function toWords(reason: unknown): string {
  return (reason as Error).message;
}
