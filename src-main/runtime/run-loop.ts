import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { findWorkflowNode, isStopping, listInFlight, listRunning } from '#shared/run/at-work.ts';
import { toAttemptFrame, toWholeGraph } from '#shared/run/frame.ts';
import { attemptsOf, findNodeState, openerAddress, rankOf } from '#shared/run/node-states.ts';
import { isOverBudget, type PlannedStep, planNext } from '#shared/run/plan-next.ts';
import type { AttemptState, RunState } from '#shared/run/state.ts';
import type { Attempt } from './attempt.ts';
import { toFailureConsequence } from './failure-consequence.ts';
import { createHooks } from './hooks.ts';
import { isInterruption, toInterruption } from './interruption.ts';
import type { Ticket } from './lanes/lane-ticket.ts';
import { createNodeQueue } from './node-queue.ts';
import { createRunEnding, wholeRun } from './run-end.ts';
import { createRunJournal, type RunJournal } from './run-journal.ts';
import type { RunLoopDependencies, RunLoopListeners } from './run-loop-dependencies.ts';
import { createScopeRunner } from './run-scope.ts';
import { type ExecutorSurroundings, startExecutor, type WorkingAttempt } from './start-executor.ts';
import { createWaiters } from './waiters.ts';

/** Drives one run: does what is planned, records what came of it, plans again. Decides nothing itself. */
export interface RunLoop {
  readonly journal: RunJournal;
  /** Plans and starts what can start now. After a decision, a change or a cancel has been recorded, call it again. */
  go(changed?: readonly string[]): void;
  /** Tells whoever waits for this approval or wait frame to look at the state again. */
  wake(key: string): void;
  /** After an interrupt has been recorded: holds or drops what is at work. */
  hold(): void;
  /** After the run was told to go on, or to end: lets what was held go on, and takes up again what was dropped. */
  release(): void;
  /** Stops driving without recording anything more, as a crash would; resolves when no executor is at work. */
  abandon(): Promise<void>;
}

/** The key under which attempts wait for an interrupted run to go on. */
const gate = 'gate';

export function createRunLoop(start: RunState, dependencies: RunLoopDependencies, listeners: RunLoopListeners): RunLoop {
  const { world } = dependencies;
  const atWork = new Map<string, WorkingAttempt>();
  const retryTimers = new Map<string, () => void>();
  const waiters = createWaiters();
  let isAbandoned = false;
  /** Nothing starts before the hooks before the run have been asked, whatever else is wanted of it; it can only be stopped. */
  let beginning: 'before' | 'asking' | 'over' = 'before';

  const journal = createRunJournal(dependencies.store, world.clock, start, {
    onDurable: (durableSeq) => listeners.onProgress(journal.state(), durableSeq === journal.state().lastSeq),
    onFault(error) {
      stopEverything(new HeddleError('journal.stopped', error.message));
      listeners.onFault(error);
    },
  });
  const hooks = createHooks({
    journal,
    clock: world.clock,
    toolbox: world.toolbox,
    registered: dependencies.hooks ?? [],
    reuse: dependencies.reuse,
  });
  const queue = createNodeQueue({
    lanes: world.lanes,
    runId: start.runId,
    findNode: (address) => findWorkflowNode(journal.state(), address),
    rankOf: (address) => rankOf(journal.state(), address),
    guarded,
  });
  /** What the hooks of the run's own beginning and end are aborted by. */
  const leaving = new AbortController();
  const endRun = createRunEnding({ journal, hooks, leaving: leaving.signal, guarded, replan: go });
  const runScope = createScopeRunner({
    journal,
    waiters,
    isStopping: (address) => isStopping(journal.state(), address),
    leaving: leaving.signal,
    go: (changed) => guarded(() => go(changed)),
  });

  const surroundings: ExecutorSurroundings = {
    ...dependencies,
    journal,
    waiters,
    hooks,
    pass,
    runScope,
    onDelta: listeners.onDelta,
    onRest: reachInterruption,
    onEnd: (attempt, result) => guarded(() => finish(attempt, result)),
  };

  /** Everything that the outside sets in motion here goes through this: a bug stops this run with a word, never the host. */
  function guarded(work: () => void): void {
    if (isAbandoned) return;
    try {
      work();
    } catch (bug) {
      journal.fail(bug);
    }
  }

  function go(changed?: readonly string[]): void {
    if (!mayPlan()) return;
    for (let look = changed; ; ) {
      const changedNow: string[] = [];
      let isSteered = false;
      for (const step of planNext(journal.state(), look)) {
        isSteered = step.type === 'startNode' && steersBefore(step.node, step.attempt);
        if (isSteered) break;
        perform(step, changedNow);
      }
      // Skips and ends settle at once, so what follows from them may be planned in the same breath; after steering, all is planned anew.
      if ((changedNow.length === 0 && !isSteered) || isAbandoned) return;
      look = isSteered ? undefined : changedNow;
    }
  }

  function mayPlan(): boolean {
    return beginning === 'over' || journal.state().cancelReason !== null;
  }

  /** A fork is steered again where its origin was. */
  function steersBefore(address: string, attempt: number): boolean {
    if (queue.has(address)) return false;
    const steering = dependencies.reuse?.steeringBefore(toAttemptFrame(address, attempt)) ?? [];
    if (steering.length > 0) journal.note('run.steered', { by: 'fork', changes: [...steering] });
    return steering.length > 0;
  }

  function perform(step: PlannedStep, changedNow: string[]): void {
    switch (step.type) {
      case 'startNode':
        startNode(step.node, step.attempt, step.inputs);
        return;
      case 'skipNode':
        journal.note('node.skipped', { node: step.node, reason: step.reason });
        changedNow.push(step.node);
        return;
      case 'retryNodeAt':
        scheduleRetry(step.node, step.attempt, step.dueAtMs);
        return;
      case 'stopNode':
        stopNode(step.node, changedNow);
        return;
      case 'cancelScope':
        journal.note('scope.cancelRequested', { scope: step.scope, reason: step.reason });
        changedNow.push(toWholeGraph(step.scope));
        return;
      case 'succeedScope':
        journal.note('scope.succeeded', { scope: step.scope, outputs: step.outputs });
        endScope(step.scope, changedNow);
        return;
      case 'failScope':
        journal.note('scope.failed', { scope: step.scope, error: step.error, node: step.node });
        endScope(step.scope, changedNow);
        return;
      case 'endCancelledScope':
        journal.note('scope.cancelled', { scope: step.scope });
        endScope(step.scope, changedNow);
        return;
      case 'startSaga':
        journal.note('saga.started', { scope: step.scope, reason: step.reason });
        changedNow.push(toWholeGraph(step.scope));
        return;
      case 'completeSaga':
        journal.note('saga.completed', { scope: step.scope, failed: [...step.failed] });
        changedNow.push(toWholeGraph(step.scope));
        return;
      case 'interruptRun':
        journal.note('run.interruptRequested', { mode: 'finish', reason: step.reason, by: 'budget' });
        hold();
        return;
      // What is left are the ends of the run, as the types say.
      default:
        endRun(step);
    }
  }

  /** Whoever opened the scope hears of its end; when it is being stopped too, that goes on. */
  function endScope(scope: string, changedNow: string[]): void {
    waiters.wake(scope);
    changedNow.push(openerAddress(scope));
  }

  /** Begins an attempt, or lets it wait for room in its lane: a node that is queued stays planned. */
  function startNode(address: string, attempt: number, inputs: JsonObject): void {
    if (queue.has(address)) return;
    const before = findNodeState(journal.state(), address);
    queue.enter(address, {
      lane: before?.status === 'queued' ? before.lane : undefined,
      onWaiting(lane) {
        if (findNodeState(journal.state(), address)?.status !== 'queued')
          journal.note('node.queued', { node: address, attempt, lane, inputs });
      },
      onTicket(ticket) {
        journal.note('node.started', { node: address, attempt, inputs });
        runExecutor(address, ticket);
      },
      onRefused(error) {
        // As an attempt of its own, so that its tries are counted.
        journal.note('node.started', { node: address, attempt, inputs });
        recordFailure(address, attempt, error);
        go([address]);
      },
    });
  }

  /** Takes up an attempt that was journalled before: of an earlier life of the host, or dropped by an interrupt. */
  function runAttempt(address: string): void {
    queue.enter(address, {
      onWaiting: () => undefined,
      onTicket: (ticket) => runExecutor(address, ticket),
      onRefused(error) {
        recordFailure(address, attemptsOf(findNodeState(journal.state(), address)).length, error);
        go([address]);
      },
    });
  }

  function runExecutor(address: string, ticket: Ticket | undefined): void {
    atWork.set(address, startExecutor(address, ticket, surroundings));
  }

  function finish(attempt: Attempt, result: { readonly outputs: JsonObject } | { readonly error: unknown }): void {
    const { address } = attempt;
    atWork.delete(address);
    if ('error' in result && isInterruption(result.error)) {
      dropped(attempt);
      return;
    }
    const place = { node: address, attempt: attempt.start.attempt };
    if ('outputs' in result) journal.note('node.succeeded', { ...place, outputs: result.outputs });
    else if (isStopping(journal.state(), address)) journal.note('node.cancelled', place);
    else if (hooks.concern('onError', address)) {
      askAboutError(attempt, toErrorInfo(result.error));
      return;
    } else recordFailure(address, attempt.start.attempt, toErrorInfo(result.error));
    go([address]);
    reachInterruption();
  }

  /** An interrupt has dropped the attempt. What was asked of the run since then decides what becomes of it. */
  function dropped({ address, start: { attempt } }: Attempt): void {
    if (isStopping(journal.state(), address)) {
      journal.note('node.cancelled', { node: address, attempt });
      go([address]);
    } else if (journal.state().interrupt === null) runAttempt(address);
    else reachInterruption();
  }

  /** A hook may say what follows from an error; meanwhile the attempt still counts as at work. */
  function askAboutError(attempt: Attempt, error: ErrorInfo): void {
    const { address, start: began } = attempt;
    const controller = new AbortController();
    const place = { frame: began.frame, ordinal: 1, node: address };
    const value = error as unknown as JsonValue;
    const done = hooks.ask('onError', place, value, controller.signal).then(
      (given) => end(given === value ? undefined : (given as JsonObject)),
      (thrown: unknown) => end({ consequence: 'stop', message: `${error.message} (${toErrorInfo(thrown).message})` }),
    );
    const isAtRest = () => true;
    atWork.set(address, { controller, done, activity: { isAtRest, during: (work) => work(), parked: (wait) => wait() } });

    function end(given: JsonObject | undefined): void {
      guarded(() => {
        atWork.delete(address);
        const message = typeof given?.message === 'string' ? given.message : error.message;
        if (isStopping(journal.state(), address)) journal.note('node.cancelled', { node: address, attempt: began.attempt });
        else recordFailure(address, began.attempt, { ...error, message }, given?.consequence);
        go([address]);
        reachInterruption();
      });
    }
  }

  function recordFailure(address: string, attempt: number, error: ErrorInfo, wanted?: JsonValue): void {
    const circumstances = { address, attempt, error, wanted, nowMs: world.clock.nowMs(), chance: world.random() };
    const consequence = toFailureConsequence(journal.state(), circumstances);
    journal.note('node.failed', { node: address, attempt, error, consequence });
  }

  function scheduleRetry(address: string, attempt: number, dueAtMs: number): void {
    if (retryTimers.has(address)) return;
    const retry = () => {
      retryTimers.delete(address);
      const nodeState = findNodeState(journal.state(), address);
      if (nodeState?.status !== 'retrying' || journal.state().interrupt !== null) return;
      if (steersBefore(address, attempt)) go();
      else startNode(address, attempt, (nodeState.attempts.at(-1) as AttemptState).inputs);
    };
    retryTimers.set(
      address,
      world.clock.schedule(Math.max(0, dueAtMs - world.clock.nowMs()), () => guarded(retry)),
    );
  }

  function stopNode(address: string, changedNow: string[]): void {
    const working = atWork.get(address);
    if (working !== undefined) {
      working.controller.abort(new HeddleError('run.cancelled', 'The run was stopped.'));
      return;
    }
    // Waiting for its next attempt, or left over from a host that died: nothing is at work, so it is cancelled at once.
    retryTimers.get(address)?.();
    retryTimers.delete(address);
    queue.leave(address);
    const attempts = attemptsOf(findNodeState(journal.state(), address)).length;
    journal.note('node.cancelled', { node: address, attempt: Math.max(1, attempts) });
    changedNow.push(address);
  }

  /** Resolves when nothing holds the run, or rejects when the attempt is stopped meanwhile. */
  async function pass(attempt: Attempt): Promise<void> {
    guarded(() => {
      if (isOverBudget(journal.state())) go([]);
    });
    const isFree = () => journal.state().interrupt === null;
    if (isFree()) return;
    await attempt.timeLimit.whilePaused(() => attempt.activity.parked(() => waiters.until(gate, isFree, attempt.signal)));
  }

  function hold(): void {
    const { interrupt } = journal.state();
    if (interrupt === null) return;
    if (interrupt.mode === 'abandon') {
      for (const { controller, activity } of atWork.values()) if (!activity.isAtRest()) controller.abort(toInterruption());
    }
    reachInterruption();
  }

  /** An interrupted run has come to rest when nothing of it is at work outside. */
  function reachInterruption(): void {
    guarded(() => {
      const { interrupt } = journal.state();
      if (interrupt === null || interrupt.isReached) return;
      for (const { activity } of atWork.values()) if (!activity.isAtRest()) return;
      journal.note('run.interrupted', {});
    });
  }

  function release(): void {
    if (!mayPlan()) {
      if (beginning === 'before') askFirst();
      return;
    }
    waiters.wake(gate);
    takeUp();
    for (const cancel of retryTimers.values()) cancel();
    retryTimers.clear();
    go();
  }

  function stopEverything(reason: HeddleError): void {
    isAbandoned = true;
    leaving.abort(reason);
    queue.leaveAll();
    journal.stop();
    for (const cancel of retryTimers.values()) cancel();
    retryTimers.clear();
    for (const { controller } of atWork.values()) controller.abort(reason);
  }

  /** Starts the executors of attempts that the journal has and nobody drives: of an earlier life of the host, or dropped by an interrupt. */
  function takeUp(): void {
    for (const address of listRunning(journal.state()))
      if (!atWork.has(address) && !queue.has(address) && !isStopping(journal.state(), address)) runAttempt(address);
  }

  function resume(): void {
    if (start.interrupt === null) {
      askFirst();
      return;
    }
    noteResumed();
    reachInterruption();
  }

  /** Asks what is to be asked before a run begins; what they said is not asked again when it is taken up. */
  function askFirst(): void {
    if (!hooks.concern('beforeRun', null)) {
      begin();
      return;
    }
    beginning = 'asking';
    hooks.ask('beforeRun', wholeRun, start.inputs as JsonValue, leaving.signal).then(
      () => guarded(begin),
      (thrown: unknown) => guarded(() => endRun({ type: 'failRun', error: toErrorInfo(thrown), node: null })),
    );
  }

  function begin(): void {
    beginning = 'over';
    if (start.interrupt === null) noteResumed();
    if (journal.state().interrupt !== null) return;
    takeUp();
    go();
  }

  function noteResumed(): void {
    if (start.lastSeq === 1) return;
    const inFlightFrames = listRunning(start).flatMap((address) => listInFlight(start, address));
    journal.note('run.resumed', { inFlightFrames });
  }

  queueMicrotask(() => guarded(resume));

  return {
    journal,
    go: (changed) => guarded(() => go(changed)),
    wake: (key) => waiters.wake(key),
    hold: () => guarded(hold),
    release: () => guarded(release),
    async abandon() {
      stopEverything(new HeddleError('run.cancelled', 'The host is stopping.'));
      await Promise.allSettled([...atWork.values()].map(({ done }) => done));
    },
  };
}

/** A fact nobody waits for: a failed write reaches the journal's fault listener. */
