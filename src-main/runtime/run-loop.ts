import { assertNever } from '#shared/base/assert-never.ts';
import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import { listCompensations, listUndoing } from '#shared/run/compensations.ts';
import type { FailureConsequence } from '#shared/run/events.ts';
import { parseAddress, scopeOf, toAttemptFrame } from '#shared/run/frame.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import { attemptsOf, findGraph, findNodeState, findScope, listActive, openerAddress } from '#shared/run/node-states.ts';
import { isFinal, isOverBudget, type PlannedStep, planNext } from '#shared/run/plan-next.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import { toRetryDelayMs } from '#shared/run/retry.ts';
import { toRunGraph } from '#shared/run/run-graph.ts';
import type { AttemptState, NodeState, RunState } from '#shared/run/state.ts';
import type { NodePolicy, WorkflowNode } from '#shared/workflow/document.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Attempt, OutsideWorld } from './attempt.ts';
import type { Executor } from './executor.ts';
import { createHooks, type RegisteredHook } from './hooks.ts';
import { isInterruption, toInterruption } from './interruption.ts';
import type { Ticket } from './lanes/lane-ticket.ts';
import { createNodeQueue } from './node-queue.ts';
import type { Reuse } from './reuse.ts';
import { createRunJournal, type RunJournal } from './run-journal.ts';
import { createScopeRunner } from './run-scope.ts';
import { startExecutor, type WorkingAttempt } from './start-executor.ts';
import { createWaiters } from './waiters.ts';

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

export interface RunLoopListeners {
  /** More of the journal is on disk; `isFlushed` when all that `state` was folded from is. */
  readonly onProgress: (state: RunState, isFlushed: boolean) => void;
  /** The run cannot go on here until someone takes it up again. */
  readonly onFault: (error: ErrorInfo) => void;
  readonly onDelta: (frame: string, delta: ModelDelta) => void;
}

/** Drives one run: does what is planned, records what came of it, plans again. Decides nothing itself. */
export interface RunLoop {
  readonly journal: RunJournal;
  /** Plans and starts what can start now. After a decision, a change or a cancel has been recorded, call it again. */
  go(changed?: readonly string[]): void;
  /** Tells whoever waits for this approval or wait frame to look at the state again. */
  wake(key: string): void;
  /** After an interrupt has been recorded: holds or drops what is at work. */
  hold(): void;
  /** After the run was told to go on: lets what was held go on, and takes up again what was dropped. */
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
  let isEnding = false;

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
    findNode: (address) => findNode(journal.state(), address),
    guarded,
  });
  /** What the hooks of the run's own beginning and end are aborted by. */
  const leaving = new AbortController();
  const runScope = createScopeRunner({ journal, waiters, isStopping, go: (changed) => guarded(() => go(changed)) });

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
    for (let look = changed; ; ) {
      const changedNow: string[] = [];
      for (const step of planNext(journal.state(), look)) perform(step, changedNow);
      // Skips and ends settle at once, so what follows from them may be planned in the same breath.
      if (changedNow.length === 0 || isAbandoned) return;
      look = changedNow;
    }
  }

  function perform(step: PlannedStep, changedNow: string[]): void {
    switch (step.type) {
      case 'startNode':
        startNode(step.node, step.attempt, step.inputs);
        return;
      case 'skipNode':
        note(journal.record('node.skipped', { node: step.node, reason: step.reason }));
        changedNow.push(step.node);
        return;
      case 'retryNodeAt':
        scheduleRetry(step.node, step.attempt, step.dueAtMs);
        return;
      case 'stopNode':
        stopNode(step.node, changedNow);
        return;
      case 'cancelScope':
        note(journal.record('scope.cancelRequested', { scope: step.scope, reason: step.reason }));
        changedNow.push(`${step.scope}/`);
        return;
      case 'succeedScope':
        note(journal.record('scope.succeeded', { scope: step.scope, outputs: step.outputs }));
        endScope(step.scope, changedNow);
        return;
      case 'failScope':
        note(journal.record('scope.failed', { scope: step.scope, error: step.error, node: step.node }));
        endScope(step.scope, changedNow);
        return;
      case 'endCancelledScope':
        note(journal.record('scope.cancelled', { scope: step.scope }));
        endScope(step.scope, changedNow);
        return;
      case 'startSaga':
        note(journal.record('saga.started', { scope: step.scope, reason: step.reason }));
        changedNow.push(toWhole(step.scope));
        return;
      case 'completeSaga':
        note(journal.record('saga.completed', { scope: step.scope, failed: [...step.failed] }));
        changedNow.push(toWhole(step.scope));
        return;
      case 'interruptRun':
        note(journal.record('run.interruptRequested', { mode: 'finish', reason: step.reason, by: 'budget' }));
        hold();
        return;
      case 'succeedRun':
      case 'failRun':
      case 'cancelRun':
        endRun(step);
        return;
      default:
        assertNever(step);
    }
  }

  function endRun(step: RunEnd): void {
    if (!hooks.concern('afterRun', null)) {
      recordEnd(step);
      return;
    }
    if (isEnding) return;
    isEnding = true;
    const value = toEndValue(step);
    hooks.ask('afterRun', wholeRun, value, leaving.signal).then(
      (given) => guarded(() => recordEnd(given === value ? step : withOutputs(step, given))),
      (thrown: unknown) =>
        guarded(() => recordEnd(step.type === 'succeedRun' ? { type: 'failRun', error: toErrorInfo(thrown), node: null } : step)),
    );
  }

  function recordEnd(step: RunEnd): void {
    switch (step.type) {
      case 'succeedRun':
        note(journal.record('run.succeeded', { outputs: step.outputs }));
        return;
      case 'failRun':
        note(journal.record('run.failed', { error: step.error, node: step.node }));
        return;
      case 'cancelRun':
        note(journal.record('run.cancelled', { reason: step.reason }));
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
    const steering = dependencies.reuse?.steeringBefore(toAttemptFrame(address, attempt)) ?? [];
    if (steering.length > 0) {
      note(journal.record('run.steered', { by: 'fork', changes: [...steering] }));
      // The node itself may be left out now, or follow another document.
      go([address]);
      return;
    }
    queue.enter(address, {
      onWaiting(lane) {
        if (findNodeState(journal.state(), address)?.status !== 'queued')
          note(journal.record('node.queued', { node: address, attempt, lane, inputs }));
      },
      onTicket(ticket) {
        note(journal.record('node.started', { node: address, attempt, inputs }));
        runExecutor(address, ticket);
      },
      onRefused(error) {
        // As an attempt of its own, so that its tries are counted.
        note(journal.record('node.started', { node: address, attempt, inputs }));
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
    const working = startExecutor(address, ticket, {
      ...dependencies,
      journal,
      waiters,
      hooks,
      pass,
      runScope,
      onDelta: listeners.onDelta,
      onRest: reachInterruption,
      onEnd: (attempt, result) => guarded(() => finish(attempt, result)),
    });
    atWork.set(address, working);
  }

  function finish(attempt: Attempt, result: { readonly outputs: JsonObject } | { readonly error: unknown }): void {
    const { address, scope } = attempt;
    atWork.delete(address);
    if ('error' in result && isInterruption(result.error)) {
      dropped(attempt);
      return;
    }
    const place = { node: address, attempt: attempt.start.attempt };
    if ('outputs' in result) note(journal.record('node.succeeded', { ...place, outputs: result.outputs }));
    else if (isStopping(scope) && !isCompensating(address)) note(journal.record('node.cancelled', place));
    else if (hooks.concern('onError', address)) {
      askAboutError(attempt, toErrorInfo(result.error));
      return;
    } else recordFailure(address, attempt.start.attempt, toErrorInfo(result.error));
    go([address]);
    reachInterruption();
  }

  /** An interrupt has dropped the attempt. What was asked of the run since then decides what becomes of it. */
  function dropped({ address, scope, start: { attempt } }: Attempt): void {
    if (isStopping(scope) && !isCompensating(address)) {
      note(journal.record('node.cancelled', { node: address, attempt }));
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
        if (isStopping(attempt.scope) && !isCompensating(address))
          note(journal.record('node.cancelled', { node: address, attempt: began.attempt }));
        else recordFailure(address, began.attempt, { ...error, message }, given?.consequence);
        go([address]);
        reachInterruption();
      });
    }
  }

  function recordFailure(address: string, attempt: number, error: ErrorInfo, wanted?: JsonValue): void {
    const policy = findNode(journal.state(), address)?.policy;
    // Model calls have used up their tries by themselves.
    const mayRetry = !error.code.startsWith('model.') && !leftDoubt(journal.state(), address);
    const delayMs = mayRetry ? toRetryDelayMs(policy, error, attempt, world.random()) : undefined;
    const usual: FailureConsequence =
      delayMs !== undefined ? { type: 'retry', dueAtMs: world.clock.nowMs() + delayMs } : { type: policy?.onFailure ?? 'stop' };
    const consequence = toWanted(wanted, usual, mayRetry, world.clock.nowMs());
    note(journal.record('node.failed', { node: address, attempt, error, consequence: withinTotal(address, policy, consequence) }));
  }

  /** No further attempt when that would come after all the time that the node has. */
  function withinTotal(address: string, policy: NodePolicy | undefined, consequence: FailureConsequence): FailureConsequence {
    const total = policy?.totalTimeoutMs;
    const begun = attemptsOf(findNodeState(journal.state(), address))[0]?.startedAtMs;
    if (consequence.type !== 'retry' || total === undefined || begun === undefined || consequence.dueAtMs < begun + total)
      return consequence;
    return { type: policy?.onFailure ?? 'stop' };
  }

  /** Whether the graph with this scope, or one that it is in, is on its way to its end. */
  function isStopping(scope: string): boolean {
    const state = journal.state();
    for (let path = scope; path !== ''; path = scopeOf(openerAddress(path))) {
      const graph = findScope(state, path);
      if (graph === undefined || graph.failure !== null || graph.cancelReason !== null) return true;
    }
    return state.cancelReason !== null || state.failure !== null;
  }

  /** Whether the node undoes another: it goes on although its graph is being stopped. */
  function isCompensating(address: string): boolean {
    const state = journal.state();
    for (let path = scopeOf(address); ; path = scopeOf(openerAddress(path))) {
      const graph = findGraph(state, path);
      if (graph?.saga?.status === 'compensating') return listCompensations(state, path, graph).some((item) => item.address === address);
      if (path === '') return false;
    }
  }

  function scheduleRetry(address: string, attempt: number, dueAtMs: number): void {
    if (retryTimers.has(address)) return;
    const retry = () => {
      retryTimers.delete(address);
      const nodeState = findNodeState(journal.state(), address);
      if (nodeState?.status !== 'retrying' || journal.state().interrupt !== null) return;
      startNode(address, attempt, nodeState.attempts.at(-1)?.inputs ?? {});
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
    note(journal.record('node.cancelled', { node: address, attempt: Math.max(1, attempts) }));
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
      note(journal.record('run.interrupted', {}));
    });
  }

  function release(): void {
    waiters.wake(gate);
    for (const address of listRunning(journal.state())) if (!atWork.has(address) && !queue.has(address)) runAttempt(address);
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

  /** Asks what is to be asked before a run begins; what they said is not asked again when it is taken up. */
  function resume(): void {
    if (!hooks.concern('beforeRun', null) || start.interrupt !== null) {
      begin();
      return;
    }
    hooks.ask('beforeRun', wholeRun, start.inputs as JsonValue, leaving.signal).then(
      () => guarded(begin),
      (thrown: unknown) => guarded(() => recordEnd({ type: 'failRun', error: toErrorInfo(thrown), node: null })),
    );
  }

  function begin(): void {
    const running = listRunning(start);
    if (start.lastSeq > 1) {
      const inFlightFrames = running.flatMap((address) => {
        const attempt = attemptsOf(findNodeState(start, address)).at(-1);
        return attempt === undefined ? [] : listInFlight(attempt);
      });
      note(journal.record('run.resumed', { inFlightFrames }));
    }
    if (start.interrupt !== null) {
      reachInterruption();
      return;
    }
    for (const address of running) if (!isStopping(scopeOf(address)) || isCompensating(address)) runAttempt(address);
    go();
  }

  if (!isFinal(start.status)) queueMicrotask(() => guarded(resume));

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

/** Where the hooks of the run itself are asked. */
const wholeRun = { frame: '', ordinal: 1, node: null } as const;

type RunEnd =
  | Exclude<Extract<PlannedStep, { type: 'succeedRun' | 'failRun' | 'cancelRun' }>, { type: 'failRun' }>
  | { readonly type: 'failRun'; readonly error: ErrorInfo; readonly node: string | null };

/** What hooks after a run are told: how it ends, and with what. */
function toEndValue(step: RunEnd): JsonObject {
  switch (step.type) {
    case 'succeedRun':
      return { status: 'succeeded', outputs: step.outputs };
    case 'failRun':
      return { status: 'failed', error: step.error as unknown as JsonValue };
    case 'cancelRun':
      return { status: 'cancelled', reason: step.reason };
  }
}

function withOutputs(step: RunEnd, given: JsonValue): RunEnd {
  const outputs = typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as JsonObject).outputs : undefined;
  return step.type === 'succeedRun' && typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs)
    ? { ...step, outputs: outputs as JsonObject }
    : step;
}

/** What a hook wants to follow from an error, where that may be: an effect that could be doubled is never tried again. */
function toWanted(wanted: JsonValue | undefined, usual: FailureConsequence, mayRetry: boolean, nowMs: number): FailureConsequence {
  if (wanted === 'stop' || wanted === 'skip') return { type: wanted };
  if (wanted === 'retry' && mayRetry) return { type: 'retry', dueAtMs: usual.type === 'retry' ? usual.dueAtMs : nowMs + 1000 };
  return usual;
}

/** The addresses of all nodes whose executor should be at work, those of open scopes after the node that opened them. */
function listRunning(state: RunState): readonly string[] {
  const isRunning = (node: NodeState) => node.status === 'running';
  const forward = listActive(state).flatMap(([address, node]) => (isRunning(node) ? [address] : []));
  const undoing = listUndoing(state).flatMap((item) => (isRunning(item.state) ? [item.address] : []));
  return [...new Set([...forward, ...undoing])];
}

function findNode(state: RunState, address: string): WorkflowNode | undefined {
  return toRunGraph(findGraph(state, scopeOf(address))?.workflow ?? state.workflow).get(parseAddress(address).id)?.node;
}

/** A change to a whole graph, as the planner is told of it. */
function toWhole(scope: string): string {
  return `${scope}/`;
}

/** A fact nobody waits for: a failed write reaches the journal's fault listener. */
function note(written: Promise<void>): void {
  written.catch(() => undefined);
}

/** True when the last attempt was stopped in the middle of an effect that must not be done twice: trying again could double it. */
function leftDoubt(state: RunState, address: string): boolean {
  const attempt = attemptsOf(findNodeState(state, address)).at(-1);
  return (attempt === undefined ? [] : callsOf(attempt)).some(
    (call) => call.outcome.type === 'failed' && call.outcome.error.code === 'tool.outcomeUnknown',
  );
}

function listInFlight(attempt: AttemptState): readonly string[] {
  return callsOf(attempt)
    .filter((call) => (call.type === 'model' ? call.outcome.type === 'pending' : call.outcome.type === 'started'))
    .map((call) => call.frame);
}
