import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { toRunEvent, toRunId, toRunStream } from '#shared/run/events.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState, RunSummary } from '#shared/run/state.ts';
import { toRunSummary } from '#shared/run/summary.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { orAborted } from './abortable.ts';
import { checkAnswer, requireFit, toOpenApprovals } from './approvals.ts';
import { openReuse, reportFork, toForkStart } from './fork-run.ts';
import { toTicketId } from './node-queue.ts';
import { loadRunState } from './read-journal.ts';
import { replayStored } from './replay-run.ts';
import { createRunLoop, type RunLoop } from './run-loop.ts';
import type { RunLoopDependencies } from './run-loop-dependencies.ts';
import type { Runs, StartRun } from './runs.ts';
import { toSharedDocument, toSharedDocuments } from './shared-documents.ts';
import { snapshotsIn } from './snapshots.ts';
import { checkStart } from './start-check.ts';
import { checkSteering } from './steering-check.ts';
import { createSummaries } from './summaries.ts';

export interface RunsDependencies extends Omit<RunLoopDependencies, 'reuse'> {
  readonly store: EventStore;
  /** A new run id: unique in the workspace, sortable by time. */
  readonly newRunId: () => string;
  /** Reported once for what a person should know and no run can say. */
  readonly onProblem: (message: string) => void;
}

/** `state` is what the summary was made of, where it was made of one. */
type Listener = (summary: RunSummary, state?: RunState) => void;
type DeltaListener = (frame: string, delta: ModelDelta) => void;

/** A run holds all of them in its state, each with what it brought. */
const mostKeptSignals = 1000;

/** All runs of one workspace over one journal. Starts nothing by itself; `recover` takes up what was running. */
export function createRuns(dependencies: RunsDependencies): Runs {
  const { store, world } = dependencies;
  const loops = new Map<string, RunLoop>();
  const listeners = new Set<Listener>();
  const deltaListeners = new Map<string, Set<DeltaListener>>();
  const summaries = createSummaries(store, dependencies.onProblem);
  const snapshots = store.snapshots && snapshotsIn(store.snapshots);

  function publish(summary: RunSummary, state?: RunState): void {
    summaries.put(summary);
    for (const listener of listeners) tell(() => listener(summary, state));
  }

  /** A listener that throws is a bug of its own: the run goes on and the others hear of it. */
  function tell(listener: () => void): void {
    try {
      listener();
    } catch (bug) {
      dependencies.onProblem(toErrorInfo(bug).message);
    }
  }

  function drive(state: RunState): RunLoop {
    const { runId } = state;
    const given = { ...dependencies, reuse: openReuse(store, state) };
    const loop = createRunLoop(state, given, {
      onProgress(current, isFlushed) {
        if (!isFlushed) return;
        const summary = toRunSummary(current);
        publish(summary, current);
        snapshots?.offer(current);
        if (isFinal(current.status)) {
          loops.delete(runId);
          summaries.save(summary);
        }
      },
      onFault(error) {
        loops.delete(runId);
        const known = summaries.get(runId);
        // What stopped it is no fact of the journal: that could not be written, or it is a bug. It holds until someone resumes it.
        if (known !== undefined) publish({ ...known, status: isFinal(known.status) ? known.status : 'interrupted', error });
        dependencies.onProblem(`Run ${runId} stopped: ${error.message}`);
      },
      onDelta(frame, delta) {
        for (const listener of deltaListeners.get(runId) ?? []) tell(() => listener(frame, delta));
      },
    });
    loops.set(runId, loop);
    return loop;
  }

  function driven(runId: string): RunLoop {
    const loop = loops.get(runId);
    if (loop !== undefined) return loop;
    const { status, error } = summaries.require(runId);
    if (isFinal(status)) throw new HeddleError('run.alreadyFinished', `Run ${runId} has ended (${status}).`);
    throw new HeddleError(
      'run.notActive',
      `Run ${runId} was stopped by a fault${error === null ? '' : ` (${error.message.replace(/\.$/, '')})`}, so it cannot be told anything. Resume it first.`,
    );
  }

  async function start(request: StartRun): Promise<{ runId: string }> {
    const document = toSharedDocument(request.document);
    const subworkflows = toSharedDocuments(request.subworkflows ?? {});
    const inputs = checkStart({ ...request, document, subworkflows });
    const runId = dependencies.newRunId();
    const { workflowPath, approvalMode, modelOverride, startedBy, budgetUsd = null, forkedFrom = null, part = null } = request;
    const event = toRunEvent(
      'run.started',
      {
        runId,
        workflow: document,
        workflowPath,
        inputs,
        approvalMode,
        modelOverride,
        startedBy,
        subworkflows,
        budgetUsd,
        forkedFrom,
        part,
      },
      world.clock.nowMs(),
    );
    const stream = toRunStream(runId);
    await store.append(stream, 0, [event as never]);
    const state = foldRun([{ ...event, stream, seq: 1 } as never]);
    if (state === null) throw new Error('run.started folds to nothing');
    publish(toRunSummary(state));
    drive(state);
    return { runId };
  }

  async function resume(runId: string): Promise<void> {
    if (loops.has(runId)) return;
    const stream = toRunStream(runId);
    if (store.stopReason(stream) !== undefined) store.resume(stream);
    // Not asked of the summaries: a command that resumes one run has recovered none, and so they know only those that ended.
    const state = loadRunState(store, runId);
    publish(toRunSummary(state));
    if (isFinal(state.status))
      throw new HeddleError('run.alreadyFinished', `Run ${runId} has ended (${state.status}); there is nothing to resume.`);
    drive(state);
  }

  return {
    start,
    resume,
    fork: async (request) => start(await toForkStart(store, request, dependencies.checkJson)),
    forkReport: (runId) => reportFork(store, loops.get(runId)?.journal.state() ?? loadRunState(store, runId)),
    replay: async (runId, options) => replayStored(store, runId, dependencies, options),
    summaries: () => summaries.list(),
    summary: (runId) => summaries.require(runId),
    state: (runId, atSeq) => (atSeq === undefined ? loops.get(runId)?.journal.state() : undefined) ?? loadRunState(store, runId, atSeq),
    async cancel(runId, reason) {
      const loop = driven(runId);
      if (loop.journal.state().status === 'cancelling') return;
      const written = loop.journal.record('run.cancelRequested', { reason });
      loop.release();
      await written;
    },
    async compensate(runId, reason, by) {
      const loop = driven(runId);
      if (loop.journal.state().isCompensationRequested) return;
      const written = loop.journal.record('run.compensationRequested', { reason, by });
      loop.release();
      await written;
    },
    async interrupt(runId, mode, reason, by) {
      const loop = driven(runId);
      const { interrupt, cancelReason } = loop.journal.state();
      if (cancelReason !== null) throw new HeddleError('run.notActive', `Run ${runId} is being cancelled.`);
      if (interrupt !== null && (interrupt.isReached || interrupt.mode === mode || mode === 'finish')) return;
      const written = loop.journal.record('run.interruptRequested', { mode, reason, by });
      loop.hold();
      await written;
    },
    async continue(runId, by) {
      const loop = driven(runId);
      const { interrupt, budgetUsd, usage } = loop.journal.state();
      if (interrupt === null) throw new HeddleError('run.notInterrupted', `Run ${runId} is not interrupted.`);
      if (budgetUsd !== null && usage.modelCalls > 0 && (usage.costUsd ?? 0) >= budgetUsd) {
        throw new HeddleError('run.overBudget', `The run has cost its budget of $${budgetUsd}. Give it a larger budget, then continue it.`);
      }
      const written = loop.journal.record('run.continued', { by });
      loop.release();
      await written;
    },
    async steer(runId, changes, by) {
      const loop = driven(runId);
      checkSteering(loop.journal.state(), changes);
      const written = loop.journal.record('run.steered', { by, changes: [...changes] });
      loop.go();
      await written;
    },
    async move(runId, node, lane, by) {
      const loop = driven(runId);
      if (!world.lanes.move(toTicketId(runId, node), lane)) {
        const message = `${node} waits in no lane (any more), so it cannot be moved.`;
        throw new HeddleError('run.steeringInvalid', message);
      }
      await loop.journal.record('node.moved', { node, lane, by });
    },
    async signal(runId, name, payload, by) {
      const loop = driven(runId);
      const { openSignalWaits, keptSignals } = loop.journal.state();
      const waiting = openSignalWaits.find((wait) => wait.name === name);
      if (waiting === undefined && keptSignals.length >= mostKeptSignals) {
        const message = `Run ${runId} keeps ${mostKeptSignals} signals that nobody has waited for yet, and takes no more. Wait until it has read some.`;
        throw new HeddleError('request.tooMany', message);
      }
      const written = loop.journal.record('signal.received', { name, payload, by });
      if (waiting !== undefined) loop.wake(waiting.frame);
      await written;
    },
    async decide(runId, approvalId, answer, by) {
      const loop = driven(runId);
      const decision = checkAnswer(loop.journal.state(), approvalId, answer, by);
      if (decision.type === 'approval.granted' && decision.toolToCheck !== undefined) {
        await refuseBadEdit(dependencies, decision.toolToCheck, decision.data.value as JsonObject);
        // Somebody else may have answered while the tool was looked up.
        checkAnswer(loop.journal.state(), approvalId, answer, by);
      }
      if (decision.type === 'approval.granted' && decision.schemaToFit !== undefined)
        requireFit(dependencies.checkJson, decision.schemaToFit, decision.data.value);
      const written = loop.journal.record(decision.type, decision.data as never);
      loop.wake(approvalId);
      await written;
    },
    openApprovals: () => [...loops.values()].flatMap((loop) => toOpenApprovals(loop.journal.state())),
    async settled(runId, signal) {
      const isSettled = (summary: RunSummary) =>
        isFinal(summary.status) || summary.status === 'waiting' || summary.status === 'interrupted' || summary.error !== null;
      // What is told of a run lags behind what it does: one that was just told to go on may still be listed as waiting.
      const live = loops.get(runId)?.journal.state();
      let onDisk: RunState | undefined;
      if (!isSettled(summaries.require(runId)) || (live !== undefined && !isSettled(toRunSummary(live)))) {
        let end: () => void = () => undefined;
        const reached = new Promise<RunState | undefined>((resolve) => {
          const listener: Listener = (summary, state) => {
            if (summary.runId === runId && isSettled(summary)) resolve(state);
          };
          listeners.add(listener);
          end = () => listeners.delete(listener);
        });
        onDisk = await orAborted(signal, reached).finally(() => end());
      }
      return loops.get(runId)?.journal.state() ?? onDisk ?? loadRunState(store, runId);
    },
    onSummary(listener) {
      const own: Listener = (summary) => listener(summary);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    onDelta(runId, listener) {
      const set = deltaListeners.get(runId) ?? new Set();
      deltaListeners.set(runId, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) deltaListeners.delete(runId);
      };
    },
    async recover() {
      const resumed: string[] = [];
      const refused: { runId: string; reason: string }[] = [];
      for (const head of store.heads('run/')) {
        const runId = toRunId(head.stream);
        if (runId === undefined || summaries.isCurrent(runId, head.lastSeq)) continue;
        try {
          const state = loadRunState(store, runId);
          publish(toRunSummary(state));
          if (isFinal(state.status)) summaries.save(toRunSummary(state));
          else {
            drive(state);
            resumed.push(runId);
          }
        } catch (thrown) {
          const error = toErrorInfo(thrown);
          refused.push({ runId, reason: error.message });
          summaries.putDamaged(runId, head.lastSeq, error);
        }
      }
      return { resumed, refused };
    },
    recordedFigures: (workflowPath) => summaries.recordedFigures(workflowPath, (runId) => loadRunState(store, runId)),
    async close() {
      await Promise.all([...loops.values()].map((loop) => loop.abandon()));
      loops.clear();
    },
  };
}

async function refuseBadEdit(dependencies: RunsDependencies, toolName: string, args: JsonObject): Promise<void> {
  const tool = await dependencies.world.toolbox.find(toolName, AbortSignal.timeout(30_000));
  const wrong = dependencies.world.toolbox.checkArguments(tool.definition, args);
  if (wrong !== undefined) throw new HeddleError('approval.editInvalid', `The edited arguments do not fit ${toolName}: ${wrong}`);
}
