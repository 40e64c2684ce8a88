import { setImmediate as turn } from 'node:timers/promises';
import { type ErrorInfo, HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { findWorkflowNode } from '#shared/run/at-work.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { attemptsOf, findNodeState } from '#shared/run/node-states.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { foldRun, reduceRun } from '#shared/run/reduce-run.ts';
import type { ReplayReport } from '#shared/run/replay-report.ts';
import { toRetryDelayMs } from '#shared/run/retry.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Executor } from './executor.ts';
import type { RegisteredHook } from './hooks.ts';
import { readRunEvents } from './read-journal.ts';
import { createReplayClock } from './replay-clock.ts';
import { isCommand, repeatCommand } from './replay-commands.ts';
import { compareWorkflows, toFrameOf } from './replay-compare.ts';
import { createReplayGates, type ReplayGates } from './replay-gates.ts';
import { createReplayLedger, isIgnored } from './replay-ledger.ts';
import { createReplayReuse, isStop } from './replay-reuse.ts';
import { isEndOf, type ReplayScript, toOwner, toReplayScript } from './replay-script.ts';
import { createReplayWorld } from './replay-world.ts';
import { wholeRun } from './run-end.ts';
import { createRunLoop, type RunLoop } from './run-loop.ts';
import type { RunLoopDependencies } from './run-loop-dependencies.ts';
import type { ReplayOptions } from './runs.ts';

export type ReplayDependencies = Pick<RunLoopDependencies, 'executors' | 'checkJson'> & ReplayOptions;

/** Replays a run as its journal has it now. Refuses with `run.notFound` one that is not there. */
export function replayStored(
  store: EventStore,
  runId: string,
  { executors, checkJson }: Pick<RunLoopDependencies, 'executors' | 'checkJson'>,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const events = [...readRunEvents(store, runId)];
  if (events.length === 0)
    throw new HeddleError('run.notFound', `There is no run ${runId} in this workspace. List the runs to see which there are.`);
  return replayRun(events, { executors, checkJson, ...options });
}

/** A timer may have gone off a little before its time was shown. */
const mostEarlyMs = 50;

/**
 * Runs a run again from its journal: the real planner, reducer and executors over a world whose answers come only from the journal, one
 * recorded event after the other. Nothing is asked, done or written. Gives what was not the same again, in order.
 */
export async function replayRun(events: readonly RunEvent[], dependencies: ReplayDependencies): Promise<ReplayReport> {
  const { signal } = dependencies;
  const script = toReplayScript(events);
  const end = foldRun(events);
  if (end === null) throw new HeddleError('run.notFound', 'There is nothing to replay.');
  const workflow = dependencies.workflow ?? script.started.workflow;
  const subworkflows = { ...script.started.subworkflows, ...dependencies.subworkflows };
  const clock = createReplayClock(end.startedAtMs);
  // Where a journal breaks off, what it has not is only what had not been written yet.
  const breaksOff = !script.isFinal && dependencies.workflow === undefined;
  const gates = createReplayGates((frame) => frame === wholeRun.frame || breaksOff || script.attempts.has(frame));
  let head = events[0] as RunEvent;
  const ledger = createReplayLedger(script, { workflow, subworkflows }, () => head);
  const world = createReplayWorld({
    script,
    clock,
    gates,
    head: () => head,
    random: () => toChance(toFailure(head, script), events, () => loop.journal.state()),
    onMissingModelCall: (frame, request) => breaksOff || ledger.noteMissingModelCall(frame, request),
    onMissingToolCall: (frame, tool, args) => breaksOff || ledger.noteMissingToolCall(frame, tool, args),
  });
  let fault: ErrorInfo | undefined;
  let folded: RunState | null = null;
  let foldedTo = 0;

  const [first] = events as readonly [Extract<RunEvent, { type: 'run.started' }>];
  const start = reduceRun(null, { ...first, data: { ...first.data, workflow, subworkflows } });
  let loop = drive(start);

  function drive(state: RunState): RunLoop {
    const before = { state };
    return createRunLoop(
      state,
      {
        store: {
          append(stream, expectedSeq, [event]) {
            world.noteRecorded(event as unknown as RunEvent);
            ledger.note(event as unknown as RunEvent, before.state);
            before.state = loop.journal.state();
            const appended = { stream, firstSeq: expectedSeq + 1, lastSeq: expectedSeq + 1 };
            return world.isNeverOnDisk(event as unknown as RunEvent) ? new Promise(() => undefined) : Promise.resolve(appended);
          },
        },
        world,
        executors: holdExecutors(dependencies.executors, gates, world.hold),
        checkJson: dependencies.checkJson,
        hooks: listForeignHooks(events, workflow),
        reuse: createReplayReuse(script, end as RunState, ledger.isMatched, gates),
      },
      {
        onProgress: () => undefined,
        onFault(error) {
          fault ??= error;
        },
        onDelta: () => undefined,
      },
    );
  }

  /** Lets the replay come to a recorded event by whatever it waits for; false when it does not. */
  async function reach(event: RunEvent): Promise<boolean> {
    const owner =
      event.type === 'hook.completed' && event.data.frame === wholeRun.frame ? wholeRun.frame : toOwner(event, script.approvalFrames);
    for (;;) {
      if (ledger.isMatched(event)) return true;
      if (signal?.aborted === true || fault !== undefined) return false;
      const moved =
        // A time limit may have gone off while what it stopped was still on its way to its end: then no other event says so.
        (isTimedOut(event) && clock.fireDueBy(event.atMs + mostEarlyMs)) ||
        (!isStopped(event) && world.release(event)) ||
        // Nothing of the attempt came after its end: all that it still heard of, it had heard of in the same moment.
        (owner !== undefined && (isEndOf(event, owner) ? gates.openAll(owner) : gates.open(owner, toFrameOf(event)))) ||
        clock.fireDueBy(event.atMs + mostEarlyMs) ||
        world.release(event) ||
        ((event.type === 'run.interrupted' || !ledger.isDiverged()) && gates.open());
      if (!moved) return false;
      await turn();
    }
  }

  /** The host died and was started again: the journal as it was is taken up. */
  async function restart(event: RunEvent): Promise<void> {
    await leave(loop);
    ledger.cutAt(event.seq - 1);
    if (!ledger.isDiverged()) {
      for (; foldedTo < event.seq - 1; foldedTo += 1) {
        const next = events[foldedTo] as RunEvent;
        folded = foldedTo === 0 ? start : reduceRun(folded, next);
      }
    }
    const state = ledger.isDiverged() || folded === null ? loop.journal.state() : folded;
    for (const { approvalId, frame } of Object.values(state.approvals)) ledger.approvalFrames.set(approvalId, frame);
    if (!isFinal(state.status)) loop = drive(state);
    await turn();
  }

  function isCommandNext({ seq }: RunEvent): boolean {
    for (let at = seq; at < events.length; at += 1) {
      const next = events[at] as RunEvent;
      if (!isIgnored(next) && !ledger.isMatched(next)) return isCommand(next) && isCertainCommand(next);
    }
    return false;
  }

  async function leave(left: RunLoop): Promise<void> {
    world.forget();
    clock.clear();
    const gone = left.abandon();
    // Those who wait leave, too.
    gates.setOpen(true);
    await gone;
    gates.setOpen(false);
  }

  await turn();
  for (const event of events.slice(1)) {
    head = event;
    clock.showAtLeast(event.atMs);
    if (signal?.aborted === true) break;
    if (isIgnored(event) || ledger.isMatched(event)) continue;
    if (event.type === 'run.resumed') {
      await restart(event);
      continue;
    }
    if (isCommand(event)) {
      // What a clock or an option decided comes by itself; what a person did has to be done again.
      if (!isCertainCommand(event) && (await reach(event))) continue;
      // What two people did at the same moment nobody had answered in between.
      if (repeatCommand(loop, event, ledger.approvalFrames, script.approvalFrames) && !isCommandNext(event)) await turn();
      continue;
    }
    await reach(event);
    if (fault !== undefined) break;
  }
  head = { ...head, seq: Number.POSITIVE_INFINITY };
  if (script.isFinal && fault === undefined && signal?.aborted !== true && !isFinal(loop.journal.state().status)) {
    // What is left runs on to its end, or to what the journal has no answer for.
    gates.setOpen(true);
    await turn();
  }
  const last = loop.journal.state();
  await leave(loop);
  signal?.throwIfAborted();
  if (fault !== undefined) ledger.noteFault(fault.message);
  const { divergences, unreached, replayed } = ledger.close({ hasEnded: script.isFinal });
  const changes = [
    ...(workflow === script.started.workflow ? [] : compareWorkflows('', script.started.workflow, workflow)),
    ...Object.keys(subworkflows).flatMap((path) =>
      subworkflows[path] === script.started.subworkflows[path]
        ? []
        : compareWorkflows(path, script.started.subworkflows[path], subworkflows[path]),
    ),
  ];
  const all = [...changes, ...divergences];
  return {
    runId: script.started.runId,
    isConsistent: all.length === 0,
    events: events.length,
    replayed,
    divergences: all,
    unreached: [...unreached],
    outcome: toOutcome(last, script.isFinal),
  };
}

function toOutcome({ status }: RunState, wasFinal: boolean): ReplayReport['outcome'] {
  if (status === 'succeeded' || status === 'failed' || status === 'cancelled') return status;
  return wasFinal ? 'unknown' : 'unfinished';
}

/** The real executors, each held back after everything it gets, and before its end. */
function holdExecutors(
  executors: ReplayDependencies['executors'],
  gates: ReplayGates,
  hold: ReturnType<typeof createReplayWorld>['hold'],
): ReplayDependencies['executors'] {
  return Object.fromEntries(
    Object.entries(executors).map(([kind, executor]) => {
      const held: Executor<JsonObject> = async (config, context) => {
        try {
          return await executor(config, hold(context));
        } finally {
          await gates.pass(context.frame);
        }
      };
      return [kind, held];
    }),
  );
}

/** Hooks that a program had registered are not there any more: what they said is in the journal. */
function listForeignHooks(events: readonly RunEvent[], { hooks = [] }: WorkflowDocument): readonly RegisteredHook[] {
  const declared = new Set(hooks.map(({ id }) => id));
  const foreign = new Map<string, RegisteredHook & { readonly nodes: Set<string | null> }>();
  for (const event of events) {
    if (event.type !== 'hook.completed' || declared.has(event.data.hook)) continue;
    const { hook: id, point, frame } = event.data;
    const key = `${id} ${point}`;
    const known = foreign.get(key) ?? {
      ...{ id, point, order: 0, timeoutMs: 1, onFailure: 'fail', nodes: new Set() },
      ask: () => Promise.resolve(null),
    };
    foreign.set(key, { ...known, nodes: known.nodes.add(frame === '' ? null : parseFrame(frame).node) });
  }
  return [...foreign.values()];
}

/** An error that came of stopping the attempt: it comes by itself when the attempt is stopped. */
function isStopped(event: RunEvent): boolean {
  if (event.type !== 'modelCall.failed' && event.type !== 'toolCall.failed') return false;
  return isStop(event.data.error.code) || event.data.error.code === 'tool.outcomeUnknown';
}

function isTimedOut(event: RunEvent): boolean {
  return event.type === 'node.failed' && event.data.error.code === 'node.timedOut';
}

function isCertainCommand(event: RunEvent): boolean {
  const { by } = event.data as { readonly by?: string };
  return by === undefined || !['budget', 'deadline', 'start option', 'fork'].some((word) => by.startsWith(word));
}

/** A node that its lane or a hook refused fails in the moment in which it starts or the hook speaks. */
function toFailure(event: RunEvent, { byKey }: ReplayScript): RunEvent {
  if (event.type !== 'node.started' && event.type !== 'hook.completed') return event;
  const attemptFrame = event.type === 'node.started' ? `${event.data.node}#${event.data.attempt}` : event.data.frame;
  return byKey.get(`node.failed ${attemptFrame}`)?.[0] ?? event;
}

/** The chance that was had when the failure at hand was recorded. */
function toChance(head: RunEvent, events: readonly RunEvent[], state: () => RunState): number {
  if (head.type !== 'node.failed' && head.type !== 'modelCall.failed') return 1;
  const dueAtMs =
    head.type === 'modelCall.failed' ? head.data.retryAtMs : head.data.consequence.type === 'retry' ? head.data.consequence.dueAtMs : null;
  if (dueAtMs === null) return 1;
  const address = head.type === 'node.failed' ? head.data.node : head.data.frame.replace(/#\d+(?:\/t\d+)?\/m\d+$/, '');
  // Model calls are tried again as the attempt began, whatever was steered since.
  const begun = head.type === 'modelCall.failed' ? attemptsOf(findNodeState(state(), address)).at(-1)?.began : null;
  const policy = (begun?.node ?? findWorkflowNode(state(), address))?.policy;
  const tries = head.type === 'node.failed' ? head.data.attempt : countTries(head.data.frame, events, head.seq);
  const longest = toRetryDelayMs(policy, { ...head.data.error, retryAfterMs: 0 }, tries, 1) ?? 0;
  return longest === 0 ? 1 : Math.min(1, Math.max(0, (dueAtMs - head.atMs) / longest));
}

/** How often the same request was sent before it failed this time. */
function countTries(frame: string, events: readonly RunEvent[], seq: number): number {
  const parent = frame.slice(0, frame.lastIndexOf('/'));
  const started = events.filter(
    (event) => event.type === 'modelCall.started' && event.seq < seq && event.data.frame.startsWith(`${parent}/m`),
  );
  const own = started.findLast((event) => event.type === 'modelCall.started' && event.data.frame === frame);
  if (own?.type !== 'modelCall.started') return 1;
  const { requestHash } = own.data;
  return started.filter((event) => event.type === 'modelCall.started' && event.data.requestHash === requestHash).length;
}
