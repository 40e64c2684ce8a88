import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import { findKind } from '#shared/nodes/registry.ts';
import type { FailureConsequence } from '#shared/run/events.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import { findNodeState, listNodeStates } from '#shared/run/node-states.ts';
import { isFinal, type PlannedStep, planNext } from '#shared/run/plan-next.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import { toRetryDelayMs } from '#shared/run/retry.ts';
import { toRunGraph } from '#shared/run/run-graph.ts';
import type { AttemptState, RunState } from '#shared/run/state.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { orAborted } from './abortable.ts';
import { type Attempt, createTimeLimit, type OutsideWorld, type People } from './attempt.ts';
import { createConversation } from './conversation.ts';
import type { Executor } from './executor.ts';
import { createNodeContext } from './node-context.ts';
import { createRecordedCalls } from './recorded-calls.ts';
import { createRunJournal, type RunJournal } from './run-journal.ts';

export interface RunLoopDependencies {
  readonly store: EventStore;
  readonly world: OutsideWorld;
  readonly executors: Readonly<Record<string, Executor<JsonObject>>>;
  readonly checkJson: (schema: JsonSchema, value: JsonValue) => string | undefined;
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
  /** Plans and starts what can start now. After a decision or a cancel has been recorded, call it again. */
  go(changed?: readonly string[]): void;
  /** Tells whoever waits for this approval to look at the state again. */
  wake(approvalId: string): void;
  /** Stops driving without recording anything more, as a crash would; resolves when no executor is at work. */
  abandon(): Promise<void>;
}

export function createRunLoop(start: RunState, dependencies: RunLoopDependencies, listeners: RunLoopListeners): RunLoop {
  const { world } = dependencies;
  const atWork = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();
  const retryTimers = new Map<string, () => void>();
  const waitingForPeople = new Map<string, () => void>();
  let isAbandoned = false;

  const journal = createRunJournal(dependencies.store, world.clock, start, {
    onDurable: (durableSeq) => listeners.onProgress(journal.state(), durableSeq === journal.state().lastSeq),
    onFault(error) {
      stopEverything(new HeddleError('journal.stopped', error.message));
      listeners.onFault(error);
    },
  });

  const people: People = {
    decided(approvalId, signal) {
      const isOpen = () => journal.state().approvals[approvalId]?.decision.type === 'open';
      if (!isOpen()) return Promise.resolve();
      const answered = new Promise<void>((resolve) => waitingForPeople.set(approvalId, resolve));
      return orAborted(signal, answered).finally(() => waitingForPeople.delete(approvalId));
    },
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
    for (let look = changed; ; ) {
      const settledNow: string[] = [];
      for (const step of planNext(journal.state(), look)) perform(step, settledNow);
      // Skips settle nodes at once, so their successors may be planned in the same breath.
      if (settledNow.length === 0 || isAbandoned) return;
      look = settledNow;
    }
  }

  function perform(step: PlannedStep, settledNow: string[]): void {
    switch (step.type) {
      case 'startNode':
        startAttempt(step.node, step.attempt, step.inputs);
        return;
      case 'skipNode':
        note(journal.record('node.skipped', { node: step.node, reason: step.reason }));
        settledNow.push(step.node);
        return;
      case 'retryNodeAt':
        scheduleRetry(step.node, step.attempt, step.dueAtMs);
        return;
      case 'stopNode':
        stopNode(step.node, settledNow);
        return;
      case 'succeedRun':
        note(journal.record('run.succeeded', { outputs: step.outputs }));
        return;
      case 'failRun':
        note(journal.record('run.failed', { error: step.error, node: step.node }));
        return;
      case 'cancelRun':
        note(journal.record('run.cancelled', { reason: step.reason }));
        return;
    }
  }

  function startAttempt(id: string, attempt: number, inputs: JsonObject): void {
    note(journal.record('node.started', { node: id, attempt, inputs }));
    runAttempt(id);
  }

  /** Starts the executor of the node's last journalled attempt, whether that was recorded a moment ago or before a crash. */
  function runAttempt(id: string): void {
    const state = journal.state();
    const nodeState = findNodeState(state, id);
    const graphNode = toRunGraph(state.workflow).get(id);
    const attemptState = nodeState !== undefined && 'attempts' in nodeState ? nodeState.attempts.at(-1) : undefined;
    if (graphNode === undefined || attemptState === undefined) throw new Error(`${id} has no attempt to run`);
    const controller = new AbortController();
    const timeLimit = createTimeLimit(world.clock, graphNode.node.policy?.timeoutMs, (error) => controller.abort(error));
    const attempt: Attempt = {
      node: graphNode.node,
      graphNode,
      start: attemptState,
      recorded: createRecordedCalls(attemptState),
      conversation: createConversation(),
      journal,
      world,
      signal: controller.signal,
      timeLimit,
      people,
      onDelta: listeners.onDelta,
      nextOrdinal: createOrdinals(attemptState),
    };
    const done = execute(attempt)
      .then(
        (outputs) => guarded(() => finish(attempt, { outputs })),
        (thrown: unknown) =>
          guarded(() => finish(attempt, { error: toErrorInfo(controller.signal.aborted ? controller.signal.reason : thrown) })),
      )
      .finally(() => timeLimit.end());
    atWork.set(id, { controller, done });
  }

  async function execute(attempt: Attempt): Promise<JsonObject> {
    const { node } = attempt;
    const kind = findKind(node.kind);
    const executor = dependencies.executors[node.kind];
    if (kind === undefined || executor === undefined) {
      throw new HeddleError(
        'workflow.invalid',
        `This build cannot run nodes of kind “${node.kind}”. Open the workflow with the build that made it, or replace the node.`,
      );
    }
    const config = kind.configSchema.safeParse(node.config);
    if (!config.success)
      throw new HeddleError(
        'workflow.invalid',
        `The settings of ${node.name || node.id} are not valid: ${config.error.issues[0]?.message ?? 'unknown'}`,
      );
    return executor(config.data, createNodeContext(attempt, kind.ports(config.data).inputs, dependencies.checkJson));
  }

  function finish(attempt: Attempt, result: { readonly outputs: JsonObject } | { readonly error: ErrorInfo }): void {
    const { id } = attempt.node;
    atWork.delete(id);
    const place = { node: id, attempt: attempt.start.attempt };
    if ('outputs' in result) note(journal.record('node.succeeded', { ...place, outputs: result.outputs }));
    else if (isStopping()) note(journal.record('node.cancelled', place));
    else recordFailure(attempt, result.error);
    go([id]);
  }

  function recordFailure(attempt: Attempt, error: ErrorInfo): void {
    const { id, policy } = attempt.node;
    // Model calls have used up their tries by themselves.
    const mayRetry = !error.code.startsWith('model.') && !leftDoubt(journal.state(), id);
    const delayMs = mayRetry ? toRetryDelayMs(policy, error, attempt.start.attempt) : undefined;
    const consequence: FailureConsequence =
      delayMs !== undefined ? { type: 'retry', dueAtMs: world.clock.nowMs() + delayMs } : { type: policy?.onFailure ?? 'stop' };
    note(journal.record('node.failed', { node: id, attempt: attempt.start.attempt, error, consequence }));
  }

  function isStopping(): boolean {
    const state = journal.state();
    return state.status === 'cancelling' || state.failure !== null;
  }

  function scheduleRetry(id: string, attempt: number, dueAtMs: number): void {
    if (retryTimers.has(id)) return;
    const retry = () => {
      retryTimers.delete(id);
      const nodeState = findNodeState(journal.state(), id);
      if (nodeState?.status === 'retrying') startAttempt(id, attempt, nodeState.attempts.at(-1)?.inputs ?? {});
    };
    retryTimers.set(
      id,
      world.clock.schedule(Math.max(0, dueAtMs - world.clock.nowMs()), () => guarded(retry)),
    );
  }

  function stopNode(id: string, settledNow: string[]): void {
    const working = atWork.get(id);
    if (working !== undefined) {
      working.controller.abort(new HeddleError('run.cancelled', 'The run was stopped.'));
      return;
    }
    // Waiting for its next attempt, or left over from a host that died: nothing is at work, so it is cancelled at once.
    retryTimers.get(id)?.();
    retryTimers.delete(id);
    const nodeState = findNodeState(journal.state(), id);
    const attempt = nodeState !== undefined && 'attempts' in nodeState ? nodeState.attempts.length : 1;
    note(journal.record('node.cancelled', { node: id, attempt }));
    settledNow.push(id);
  }

  function stopEverything(reason: HeddleError): void {
    isAbandoned = true;
    journal.stop();
    for (const cancel of retryTimers.values()) cancel();
    retryTimers.clear();
    for (const { controller } of atWork.values()) controller.abort(reason);
  }

  function resume(): void {
    const running = listNodeStates(start).flatMap(([id, node]) =>
      node.status === 'running' ? [{ id, attempt: node.attempts.at(-1) }] : [],
    );
    if (start.lastSeq > 1) {
      const inFlightFrames = running.flatMap(({ attempt }) => (attempt === undefined ? [] : listInFlight(attempt)));
      note(journal.record('run.resumed', { inFlightFrames }));
    }
    if (!isStopping()) for (const { id } of running) runAttempt(id);
    go();
  }

  if (!isFinal(start.status)) queueMicrotask(() => guarded(resume));

  return {
    journal,
    go: (changed) => guarded(() => go(changed)),
    wake: (approvalId) => waitingForPeople.get(approvalId)?.(),
    async abandon() {
      stopEverything(new HeddleError('run.cancelled', 'The host is stopping.'));
      await Promise.allSettled([...atWork.values()].map(({ done }) => done));
    },
  };
}

/** A fact nobody waits for: a failed write reaches the journal's fault listener. */
function note(written: Promise<void>): void {
  written.catch(() => undefined);
}

/** True when the last attempt was stopped in the middle of an effect that must not be done twice: trying again could double it. */
function leftDoubt(state: RunState, id: string): boolean {
  const node = findNodeState(state, id);
  const attempt = node !== undefined && 'attempts' in node ? node.attempts.at(-1) : undefined;
  return (attempt === undefined ? [] : callsOf(attempt)).some(
    (call) => call.outcome.type === 'failed' && call.outcome.error.code === 'tool.outcomeUnknown',
  );
}

function listInFlight(attempt: AttemptState): readonly string[] {
  return callsOf(attempt)
    .filter((call) => (call.type === 'model' ? call.outcome.type === 'pending' : call.outcome.type === 'started'))
    .map((call) => call.frame);
}

/** Numbers new calls below each frame after those that the journal has. */
function createOrdinals(attempt: AttemptState): Attempt['nextOrdinal'] {
  const counts = new Map<string, number>();
  for (const call of callsOf(attempt)) {
    const key = `${call.frame.slice(0, call.frame.lastIndexOf('/'))} ${call.type}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (parentFrame, type) => {
    const key = `${parentFrame} ${type}`;
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    return ordinal;
  };
}
