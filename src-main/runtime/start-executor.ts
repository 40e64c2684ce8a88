import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { parseAddress, scopeOf } from '#shared/run/frame.ts';
import { attemptsOf, findGraph, findNodeState } from '#shared/run/node-states.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import { toRunGraph } from '#shared/run/run-graph.ts';
import type { AttemptState, RunState } from '#shared/run/state.ts';
import type { HookPoint, NodePolicy } from '#shared/workflow/document.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import { orAborted } from './abortable.ts';
import { type Attempt, createTimeLimit } from './attempt.ts';
import { type AttemptActivity, createAttemptActivity } from './attempt-activity.ts';
import { createConversation } from './conversation.ts';
import type { ScopeOrder, ScopeOutcome } from './executor.ts';
import { withHooks } from './hooked-context.ts';
import type { Hooks } from './hooks.ts';
import type { Ticket } from './lanes/lane-ticket.ts';
import { createNodeContext } from './node-context.ts';
import { createRecordedCalls } from './recorded-calls.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunLoopDependencies, RunLoopListeners } from './run-loop-dependencies.ts';
import type { Waiters } from './waiters.ts';

/** An attempt whose executor is at work. */
export interface WorkingAttempt {
  readonly controller: AbortController;
  readonly activity: AttemptActivity;
  /** Resolves, and never rejects, when the executor has ended and `onEnd` has been called. */
  readonly done: Promise<void>;
}

export interface ExecutorSurroundings extends Omit<RunLoopDependencies, 'hooks'> {
  readonly journal: RunJournal;
  readonly waiters: Waiters;
  readonly hooks: Hooks;
  readonly onDelta: RunLoopListeners['onDelta'];
  readonly pass: (attempt: Attempt) => Promise<void>;
  readonly runScope: (attempt: Attempt, order: ScopeOrder) => Promise<ScopeOutcome>;
  /** The executor waits for nothing but people, times, scopes, or the run to go on. */
  readonly onRest: () => void;
  readonly onEnd: (attempt: Attempt, result: { readonly outputs: JsonObject } | { readonly error: unknown }) => void;
}

/** Starts the executor of a node's last journalled attempt. Throws when it has none. */
export function startExecutor(address: string, ticket: Ticket | undefined, surroundings: ExecutorSurroundings): WorkingAttempt {
  const { journal, world, waiters, onDelta, onEnd } = surroundings;
  const scope = scopeOf(address);
  const graph = findGraph(journal.state(), scope);
  const graphNode = graph === undefined ? undefined : toRunGraph(graph.workflow).get(parseAddress(address).id);
  const attemptState = attemptsOf(findNodeState(journal.state(), address)).at(-1);
  if (graphNode === undefined || attemptState === undefined) throw new Error(`${address} has no attempt to run`);
  const controller = new AbortController();
  const limitMs = toLimitMs(graphNode.node.policy, () => world.clock.nowMs() - firstStartOf(journal.state(), address, attemptState));
  const timeLimit = createTimeLimit(world.clock, limitMs, toPlace(ticket, controller.signal), (error) => controller.abort(error));
  const activity = createAttemptActivity(surroundings.onRest);
  const attempt: Attempt = {
    address,
    scope,
    node: attemptState.began?.node ?? graphNode.node,
    modelOverride: attemptState.began === null ? journal.state().modelOverride : attemptState.began.modelOverride,
    graphNode,
    start: attemptState,
    recorded: createRecordedCalls(attemptState),
    reuse: surroundings.reuse,
    conversation: createConversation(),
    journal,
    world,
    signal: controller.signal,
    timeLimit,
    waiters,
    activity,
    onDelta,
    nextOrdinal: createOrdinals(attemptState),
    pass: () => surroundings.pass(attempt),
    runScope: (order) => surroundings.runScope(attempt, order),
  };
  /** Before what follows is planned: the next node need not wait for the place that this one has. */
  const release = () => {
    timeLimit.end();
    ticket?.leave();
  };
  const done = execute(attempt, surroundings).then(
    (outputs) => {
      release();
      onEnd(attempt, { outputs });
    },
    (thrown: unknown) => {
      release();
      onEnd(attempt, { error: controller.signal.aborted ? controller.signal.reason : thrown });
    },
  );
  return { controller, activity, done };
}

/** The attempt's place in its lane; one that is stopped does not wait to have it back. */
function toPlace(ticket: Ticket | undefined, signal: AbortSignal): Pick<Ticket, 'pause' | 'resume'> | undefined {
  if (ticket === undefined) return undefined;
  return { pause: () => ticket.pause(), resume: () => orAborted(signal, ticket.resume()) };
}

async function execute(attempt: Attempt, surroundings: ExecutorSurroundings): Promise<JsonObject> {
  const { hooks } = surroundings;
  const { address, start, activity, signal } = attempt;
  const place = { frame: start.frame, ordinal: 1, node: address };
  const ask = async (point: HookPoint, value: JsonObject): Promise<JsonObject> =>
    requireRecord(await activity.during(() => hooks.ask(point, place, value, signal)), point);
  const inputs = hooks.concern('beforeNode', address) ? await ask('beforeNode', start.inputs) : start.inputs;
  const begun = inputs === start.inputs ? attempt : { ...attempt, start: { ...start, inputs } };
  const outputs = await callExecutor(begun, surroundings);
  return hooks.concern('afterNode', address) ? ask('afterNode', outputs) : outputs;
}

function requireRecord(value: JsonValue, point: HookPoint): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new HeddleError('node.vetoed', `A hook at ${point} must give a record by port; it gave ${JSON.stringify(value).slice(0, 200)}.`);
}

async function callExecutor(attempt: Attempt, { executors, checkJson, hooks }: ExecutorSurroundings): Promise<JsonObject> {
  const { node } = attempt;
  const executor = executors[node.kind];
  const view = viewNode(node);
  if (view.type === 'unknownKind' || executor === undefined) {
    throw new HeddleError(
      'workflow.invalid',
      `This build cannot run nodes of kind “${node.kind}”. Open the workflow with the build that made it, or replace the node.`,
    );
  }
  if (view.type === 'badConfig')
    throw new HeddleError(
      'workflow.invalid',
      `The settings of ${node.name || node.id} are not valid: ${view.issues[0]?.message ?? 'unknown'}`,
    );
  const context = createNodeContext(attempt, view.ports.inputs, checkJson);
  return executor(view.config, withHooks(context, attempt, hooks));
}

/** What is left for this attempt of what it alone, and of what all attempts together may take. */
function toLimitMs(policy: NodePolicy | undefined, countTakenMs: () => number): number | undefined {
  const { timeoutMs, totalTimeoutMs } = policy ?? {};
  if (totalTimeoutMs === undefined) return timeoutMs;
  return Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, Math.max(1, totalTimeoutMs - countTakenMs()));
}

function firstStartOf(state: RunState, address: string, attempt: AttemptState): number {
  return attemptsOf(findNodeState(state, address))[0]?.startedAtMs ?? attempt.startedAtMs;
}

/** Numbers new calls below each frame after those that the journal has. Waits are numbered anew: they are found again by their place. */
function createOrdinals(attempt: AttemptState): Attempt['nextOrdinal'] {
  let counts: Map<string, number> | undefined;
  return (parentFrame, type) => {
    counts ??= countCalls(attempt);
    const key = `${parentFrame} ${type}`;
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    return ordinal;
  };
}

function countCalls(attempt: AttemptState): Map<string, number> {
  const counts = new Map<string, number>();
  for (const call of callsOf(attempt)) {
    const key = `${call.frame.slice(0, call.frame.lastIndexOf('/'))} ${call.type}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
