import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import { type JsonObject, toCanonicalJson } from '#shared/base/json.ts';
import type { ToolApproval } from '#shared/nodes/agent/agent.ts';
import type { EffectClass } from '#shared/run/events.ts';
import { toCallFrame } from '#shared/run/frame.ts';
import { attemptsOf, findNodeState, rankOf } from '#shared/run/node-states.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import type { ToolCallState } from '#shared/run/state.ts';
import type { Tool, ToolDefinition, ToolResult } from '../tools/tool.ts';
import { orAborted } from './abortable.ts';
import type { Attempt } from './attempt.ts';
import { toContentHash } from './content-hash.ts';
import type { ToolCallOrder, ToolCallOutcome } from './executor.ts';
import { isInterruption } from './interruption.ts';
import { ask } from './questions.ts';
import type { ReusedToolCall } from './reuse.ts';

/**
 * Calls a tool: journals the request, checks the arguments, asks a person where the rule says so, journals the intent durably, acts,
 * journals what came back. After a crash it goes on where the journal ends: a finished call is not made again; one in flight is made
 * again under the same idempotency key when its tool allows that, and otherwise a person is asked what happened.
 */
export async function callTool(attempt: Attempt, order: ToolCallOrder): Promise<ToolCallOutcome> {
  const asked = order.arguments ?? order.rawArguments;
  const argumentsHash = toContentHash({ tool: order.tool, arguments: asked, callId: order.callId });
  const recorded = attempt.recorded.takeToolCall(argumentsHash, order.turnFrame);
  const done = recorded === undefined ? undefined : toRecordedOutcome(recorded);
  if (done !== undefined) return done;

  const parentFrame = order.turnFrame ?? attempt.start.frame;
  const frame = recorded?.frame ?? toCallFrame(parentFrame, 'tool', attempt.nextOrdinal(parentFrame, 'tool'));
  const idempotencyKey = toIdempotencyKey(attempt, argumentsHash);
  if (recorded === undefined) {
    attempt.journal.note('toolCall.requested', { frame, tool: order.tool, arguments: asked, argumentsHash, callId: order.callId });
  }
  try {
    return await settleCall(attempt, order, { frame, argumentsHash, idempotencyKey }, recorded);
  } catch (thrown) {
    // The journal says that it was in flight, as after a crash; going on settles it.
    if (isInterruption(attempt.signal.reason)) throw attempt.signal.reason;
    if (attempt.signal.aborted) {
      const isDoubt = thrown instanceof HeddleError && thrown.code === 'tool.outcomeUnknown';
      attempt.journal.note('toolCall.failed', { frame, error: toErrorInfo(isDoubt ? thrown : attempt.signal.reason) });
      throw attempt.signal.reason;
    }
    if (!(thrown instanceof HeddleError) || thrown.code.startsWith('journal.')) throw thrown;
    return fail(attempt, frame, toErrorInfo(thrown));
  }
}

interface CallPlace {
  readonly frame: string;
  readonly argumentsHash: string;
  readonly idempotencyKey: string;
}

async function settleCall(
  attempt: Attempt,
  order: ToolCallOrder,
  place: CallPlace,
  recorded: ToolCallState | undefined,
): Promise<ToolCallOutcome> {
  const { toolbox } = attempt.world;
  if (recorded?.outcome.type === 'unknown') {
    return settleUnknown(attempt, order, place, recorded.arguments as JsonObject, recorded.approvalId);
  }
  if (recorded?.outcome.type === 'started') {
    // In flight when the host died: only the tool's promise tells whether doing it again is safe.
    if (recorded.effect === 'neither')
      return settleUnknown(attempt, order, place, recorded.arguments as JsonObject, recordDoubt(attempt, place));
    const tool = await orAborted(attempt.signal, toolbox.find(order.tool, attempt.signal));
    await attempt.pass();
    return act(attempt, order, place, tool, {
      args: recorded.arguments as JsonObject,
      effect: recorded.effect ?? 'neither',
      isIntended: true,
    });
  }

  const reused = recorded?.approvalId == null ? reuse(attempt, order, place) : undefined;
  if (reused !== undefined) return reused;
  if (order.refusal !== undefined) throw new HeddleError('tool.notFound', order.refusal);
  const tool = await orAborted(attempt.signal, toolbox.find(order.tool, attempt.signal));
  if (order.arguments === null) {
    throw new HeddleError(
      'tool.argumentsInvalid',
      `The arguments are not a JSON object: ${clip(order.rawArguments)}. Send one JSON object that fits the tool's schema.`,
    );
  }
  refuseBadArguments(attempt, tool, order.arguments);
  const agreed = mustAsk(order.approval, tool.definition)
    ? await askFirst(attempt, order, place, order.arguments, recorded?.approvalId ?? null)
    : order.arguments;
  if (agreed !== order.arguments) refuseBadArguments(attempt, tool, agreed);
  const effect = tool.effectOf(agreed);
  await attempt.pass();
  return act(attempt, order, place, tool, { args: agreed, effect, isIntended: false });
}

/** A node that is tried again does not do again what cannot be undone: an earlier attempt's same call of a `neither` tool counts. */
function findEarlierEffect(attempt: Attempt, tool: string, args: JsonObject, argumentsHash: string): ReusedToolCall | undefined {
  const { journal, address, start, recorded } = attempt;
  if (start.attempt === 1) return undefined;
  const wanted = toCanonicalJson(args);
  const done = attemptsOf(findNodeState(journal.state(), address))
    .slice(0, start.attempt - 1)
    .flatMap((earlier) => callsOf(earlier))
    .filter((call) => call.type === 'tool' && call.tool === tool && call.effect === 'neither' && call.outcome.type === 'completed')
    .filter((call) => call.type === 'tool' && (call.argumentsHash === argumentsHash || toCanonicalJson(call.arguments) === wanted));
  const call = done[recorded.countOf(argumentsHash) - 1];
  if (call?.type !== 'tool' || call.outcome.type !== 'completed') return undefined;
  const { result, isTruncated } = call.outcome;
  return { type: 'completed', result, isTruncated, from: { runId: journal.state().runId, frame: call.frame } };
}

/** What the same call came to before, where the run may take that over; an effect that is in doubt stays so. */
function reuse(attempt: Attempt, order: ToolCallOrder, place: CallPlace): ToolCallOutcome | Promise<ToolCallOutcome> | undefined {
  if (order.refusal !== undefined || order.arguments === null) return undefined;
  const { tool, arguments: args } = order;
  const reused =
    findEarlierEffect(attempt, tool, args, place.argumentsHash) ??
    attempt.reuse?.toolCall({ frame: place.frame, tool, arguments: args, argumentsHash: place.argumentsHash });
  switch (reused?.type) {
    case undefined:
      return undefined;
    case 'completed': {
      const { result, isTruncated, from } = reused;
      attempt.journal.note('toolCall.reused', { frame: place.frame, result, isTruncated, from });
      return { type: 'completed', value: result, isTruncated, isRecorded: false };
    }
    case 'failed':
      return fail(attempt, place.frame, reused.error);
    case 'inDoubt':
      return settleUnknown(attempt, order, place, args, recordDoubt(attempt, place));
  }
}

interface Deed {
  readonly args: JsonObject;
  readonly effect: EffectClass;
  /** Whether the journal has the intent already. */
  readonly isIntended: boolean;
}

/** The intent is journalled when the call has its slot: one that waits in line, or is refused there, has not begun. */
async function act(
  attempt: Attempt,
  order: ToolCallOrder,
  place: CallPlace,
  tool: Tool,
  { args, effect, isIntended }: Deed,
): Promise<ToolCallOutcome> {
  const { signal, journal, world } = attempt;
  const log = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => {
    if (!signal.aborted) journal.note('log.written', { frame: place.frame, level, text });
  };
  let hasBegun = false;
  let result: ToolResult;
  try {
    const { runId } = journal.state();
    const rank = rankOf(journal.state(), attempt.address);
    result = await world.calls.use({ type: 'tool', name: order.tool, run: runId, rank, signal }, async () => {
      if (!isIntended) {
        const { frame, idempotencyKey } = place;
        await journal.record('toolCall.started', { frame, tool: order.tool, arguments: args, effect, idempotencyKey });
        signal.throwIfAborted();
      }
      hasBegun = true;
      return tool.run(args, { signal, idempotencyKey: place.idempotencyKey, log });
    });
  } catch (thrown) {
    if (signal.aborted && hasBegun && effect === 'neither') throw stoppedInDoubt(order.tool);
    if (!signal.aborted && effect === 'neither' && leavesOutcomeUnknown(thrown)) {
      return settleUnknown(attempt, order, place, args, recordDoubt(attempt, place));
    }
    throw thrown;
  }
  journal.note('toolCall.completed', { frame: place.frame, result: result.value, isTruncated: result.isTruncated });
  return { type: 'completed', value: result.value, isTruncated: result.isTruncated, isRecorded: false };
}

/** The doubt as a fact; it has yet to be asked about. */
function recordDoubt(attempt: Attempt, { frame }: CallPlace): null {
  attempt.journal.note('toolCall.outcomeUnknown', { frame });
  return null;
}

/** Nobody here knows whether the effect happened: a person decides. */
async function settleUnknown(
  attempt: Attempt,
  order: ToolCallOrder,
  place: CallPlace,
  args: JsonObject,
  askedBefore: string | null,
): Promise<ToolCallOutcome> {
  const { journal, signal, world } = attempt;
  const subject = { type: 'outcomeUnknown', tool: order.tool, arguments: args, callFrame: place.frame } as const;
  const decision = await ask(attempt, place.frame, subject, askedBefore).catch((thrown: unknown) => {
    throw signal.aborted ? stoppedInDoubt(order.tool) : thrown;
  });
  if (decision.type !== 'resolved') throw new Error('An unknown outcome can only be resolved');
  switch (decision.outcome.type) {
    case 'assumeDone': {
      const { result } = decision.outcome;
      journal.note('toolCall.completed', { frame: place.frame, result, isTruncated: false });
      return { type: 'completed', value: result, isTruncated: false, isRecorded: false };
    }
    case 'fail':
      return fail(attempt, place.frame, {
        code: 'tool.outcomeUnknown',
        message: `Whether ${order.tool} took effect is unknown, and it was decided to take the call as failed.`,
      });
    case 'retry': {
      const tool = await orAborted(signal, world.toolbox.find(order.tool, signal));
      const effect = tool.effectOf(args);
      await attempt.pass();
      return act(attempt, order, place, tool, { args, effect, isIntended: false });
    }
  }
}

async function askFirst(
  attempt: Attempt,
  order: ToolCallOrder,
  place: CallPlace,
  args: JsonObject,
  askedBefore: string | null,
): Promise<JsonObject> {
  const subject = { type: 'toolCall', tool: order.tool, arguments: args, callFrame: place.frame } as const;
  const decision = await ask(attempt, place.frame, subject, askedBefore);
  if (decision.type === 'granted') return decision.isEdited ? (decision.value as JsonObject) : args;
  throw new HeddleError(
    'approval.denied',
    `A person denied this call${decision.type === 'denied' && decision.reason !== '' ? `: ${decision.reason}` : '.'}`,
  );
}

function refuseBadArguments(attempt: Attempt, tool: Tool, args: JsonObject): void {
  const wrong = attempt.world.toolbox.checkArguments(tool.definition, args);
  if (wrong !== undefined) throw new HeddleError('tool.argumentsInvalid', wrong);
}

function mustAsk(rule: ToolApproval, definition: ToolDefinition): boolean {
  return rule === 'always' || (rule === 'default' && definition.approval === 'always');
}

/** A call that ran out of time, whose other side died, or that ended in a bug, may or may not have taken effect. */
function leavesOutcomeUnknown(thrown: unknown): boolean {
  if (!(thrown instanceof HeddleError)) return true;
  return thrown.code === 'tool.timedOut' || thrown.code === 'mcp.crashed' || thrown.code === 'tool.outcomeUnknown';
}

function stoppedInDoubt(tool: string): HeddleError {
  return new HeddleError('tool.outcomeUnknown', `The node was stopped while ${tool} was at work; whether it took effect is unknown.`);
}

function toRecordedOutcome(call: ToolCallState): ToolCallOutcome | undefined {
  switch (call.outcome.type) {
    case 'completed':
      return { type: 'completed', value: call.outcome.result, isTruncated: call.outcome.isTruncated, isRecorded: true };
    case 'failed':
      return { type: 'failed', error: call.outcome.error };
    default:
      return undefined;
  }
}

function fail(attempt: Attempt, frame: string, error: ErrorInfo): ToolCallOutcome {
  attempt.journal.note('toolCall.failed', { frame, error });
  return { type: 'failed', error };
}

/**
 * The same for every try of the same call, in whatever attempt of its node, so that a tool that dedupes by key does it once;
 * different for a second call with the same content.
 */
function toIdempotencyKey(attempt: Attempt, argumentsHash: string): string {
  return `${attempt.journal.state().runId}:${attempt.address}:${argumentsHash.slice(0, 16)}:${attempt.recorded.countOf(argumentsHash)}`;
}

function clip(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
