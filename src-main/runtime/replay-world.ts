import { AsyncLocalStorage } from 'node:async_hooks';
import { type ErrorInfo, HeddleError, toHeddleError } from '#shared/base/errors.ts';
import { type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { EffectClass, RunEvent } from '#shared/run/events.ts';
import type { ModelRequest, OfferedTool } from '#shared/run/message.ts';
import { toNodePath, toPlace } from '#shared/run/walk-attempts.ts';
import type { Tool, ToolDefinition, ToolResult } from '../tools/tool.ts';
import { orAborted } from './abortable.ts';
import type { OutsideWorld } from './attempt.ts';
import type { NodeContext, ToolCallOrder } from './executor.ts';
import type { Ticket } from './lanes/lane-ticket.ts';
import type { ReplayClock } from './replay-clock.ts';
import type { ReplayGates } from './replay-gates.ts';
import { isStop } from './replay-reuse.ts';
import { isEndOf, type RecordedEnds, type RecordedModelCall, type RecordedToolCall, type ReplayScript } from './replay-script.ts';

/** An outside world whose answers come only from a journal, and only when the replay has come to them. */
export interface ReplayWorld extends OutsideWorld {
  /** The executor's context with its calls held back until the journal goes on with its attempt. */
  hold(context: NodeContext): NodeContext;
  /** Gives a recorded end to the call that waits for it, or a place to the node that waits in its lane; false when nobody does. */
  release(event: RunEvent): boolean;
  /** Told of every event that the replay records, before anything follows from it. */
  noteRecorded(event: RunEvent): void;
  /** Whether an intent was stopped before it was on disk, so that the effect never began. */
  isNeverOnDisk(event: RunEvent): boolean;
  /** The host dies: nobody waits any more. */
  forget(): void;
}

export interface ReplayWorldDependencies {
  readonly script: ReplayScript;
  readonly clock: ReplayClock;
  readonly gates: ReplayGates;
  /** The event that the replay is at. */
  readonly head: () => RunEvent;
  readonly random: () => number;
  readonly onMissingModelCall: (frame: string, request: ModelRequest) => unknown;
  readonly onMissingToolCall: (frame: string, tool: string, args: JsonValue) => unknown;
}

/** A call of a tool from its context down to the tool, so that the tool knows which call it is. */
interface ToolCallScope {
  readonly attemptFrame: string;
  readonly order: ToolCallOrder;
  frame: string | undefined;
  /** As it was journalled: a hook may have changed what was ordered. */
  asked: JsonValue;
  recording: RecordedToolCall | undefined;
}

interface Waiter {
  readonly settle: (event: RunEvent) => void;
  readonly fail: (bug: Error) => void;
}

export function createReplayWorld(dependencies: ReplayWorldDependencies): ReplayWorld {
  const { script, clock, gates, head } = dependencies;
  const scopes = new AsyncLocalStorage<ToolCallScope>();
  /** The attempt that asks what tools there are. */
  const offering = new AsyncLocalStorage<string>();
  let offers: ReadonlyMap<string, OfferedTool> | undefined;
  const requestHashes = new Map<string, string>();
  const waiters = new Map<string, Waiter>();
  const laneWaiters = new Map<string, { readonly address: string; readonly give: (refusal: HeddleError | undefined) => void }>();
  const modelsByHash = Map.groupBy(script.models.values(), (call) => call.started.data.requestHash);
  const toolsByContent = Map.groupBy(script.tools.values(), (call) => toContent(call.requested.data.tool, call.requested.data.arguments));
  const toolsByParent = Map.groupBy(script.tools.values(), (call) => call.frame.slice(0, call.frame.lastIndexOf('/')));
  const taken = new Set<string>();
  const claimedTools = new Set<string>();
  const recordingOf = new WeakMap<ToolDefinition, { readonly call: RecordedToolCall; readonly asked: JsonValue }>();

  /** Waits for the next recorded end of a call; for ever when the journal has none. */
  function awaitEnd<Result>(call: RecordedEnds<RunEvent>, signal: AbortSignal, read: (event: RunEvent) => Result): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const settle = (event: RunEvent) => {
      waiters.delete(call.frame);
      try {
        resolve(read(event));
      } catch (thrown) {
        reject(thrown as Error);
      }
    };
    const isToCome = call.ends.some((event) => event.seq >= head().seq && !isTakenOver(event));
    const last = call.ends.at(-1);
    // The replay has passed it: this call comes later than it did.
    if (last !== undefined && !isToCome) settle(last);
    else waiters.set(call.frame, { settle, fail: reject });
    return orAborted(signal, promise);
  }

  function findModelCall(frame: string): RecordedModelCall | undefined {
    const hash = requestHashes.get(frame) ?? script.models.get(frame)?.started.data.requestHash ?? '';
    const here = script.models.get(frame);
    const found = here?.started.data.requestHash === hash ? here : pickNearest(modelsByHash.get(hash) ?? [], frame, true);
    if (found !== undefined) taken.add(found.frame);
    return found;
  }

  function findToolCall(scope: ToolCallScope): RecordedToolCall | undefined {
    const { order, attemptFrame } = scope;
    const parent = order.turnFrame ?? attemptFrame;
    if (scope.frame === undefined) {
      // Asked for before the host died or the run was interrupted: it goes on under its frame.
      const taken = findTakenUp(parent, order);
      scope.frame = taken?.frame ?? `${parent}/c0`;
      scope.asked = taken?.requested.data.arguments ?? scope.asked;
    }
    const { frame } = scope;
    const same = toolsByContent.get(toContent(order.tool, scope.asked)) ?? [];
    claimedTools.add(frame);
    const found = same.find((call) => call.frame === frame) ?? pickNearest(same, frame, false);
    if (found !== undefined) taken.add(found.frame);
    return found;
  }

  function findTakenUp(parent: string, { tool, callId, arguments: args, rawArguments }: ToolCallOrder): RecordedToolCall | undefined {
    const content = toContent(tool, args ?? rawArguments);
    const open = [...(toolsByParent.get(parent) ?? [])].filter(
      (call) =>
        call.requested.data.tool === tool &&
        call.requested.data.callId === callId &&
        !claimedTools.has(call.frame) &&
        (call.ends.at(-1)?.seq ?? Number.POSITIVE_INFINITY) >= head().seq,
    );
    return open.find((call) => toContent(tool, call.requested.data.arguments) === content) ?? open[0];
  }

  /** The bug that ended the attempt that the replay is at: nothing of what was thrown is in the journal but its words. */
  function bugOf(attemptFrame: string): Error | undefined {
    const event = head();
    if (event.type !== 'node.failed' || `${event.data.node}#${event.data.attempt}` !== attemptFrame) return undefined;
    return event.data.error.code === 'internal.bug' ? new Error(event.data.error.message) : undefined;
  }

  function pickNearest<Call extends RecordedEnds<unknown>>(calls: readonly Call[], frame: string, anywhere: boolean): Call | undefined {
    const open = calls.filter((call) => !taken.has(call.frame));
    const place = toPlace(frame);
    return (
      open.find((call) => toPlace(call.frame) === place) ??
      open.find((call) => toNodePath(toPlace(call.frame)) === toNodePath(place)) ??
      (anywhere ? open[0] : undefined)
    );
  }

  /** A promise that only the end of the attempt ends: what would follow from an answer that is not there cannot be known. */
  function never(signal: AbortSignal): Promise<never> {
    return orAborted(signal, new Promise<never>(() => undefined));
  }

  function toTool(name: string, call: RecordedToolCall, asked: JsonValue): Tool {
    const definition: ToolDefinition = {
      name,
      description: '',
      inputSchema: {},
      outputSchema: {},
      effect: 'neither',
      approval: call.wasAsked ? 'always' : 'never',
      timeoutMs: 0,
      outputCapBytes: 0,
      source: { type: 'builtin' },
    };
    recordingOf.set(definition, { call, asked });
    let tries = 0;
    const nextStart = () => call.starts[Math.min(tries, call.starts.length - 1)];
    return {
      definition,
      effectOf: (): EffectClass => nextStart()?.data.effect ?? 'idempotent',
      run(_args, { signal }) {
        tries += 1;
        return awaitEnd(call, signal, toToolResult);
      },
    };
  }

  /** A tool as a model was told of it, in this attempt or elsewhere in the run. */
  function toOffered(name: string, attemptFrame: string | undefined): Tool {
    const tool = toTool(name, nothingRecorded, null);
    const offered = attemptFrame === undefined ? undefined : (offeredIn(attemptFrame, name) ?? offeredAnywhere().get(name));
    if (offered !== undefined) return { ...tool, definition: { ...tool.definition, ...offered } };
    const [failed] = attemptFrame === undefined ? [] : (script.byKey.get(`node.failed ${attemptFrame}`) ?? []);
    if (failed?.type === 'node.failed' && !script.byKey.has(`turn.started ${attemptFrame}/t1`))
      throw failed.data.error.code === 'internal.bug' ? new Error(failed.data.error.message) : toHeddleError(failed.data.error);
    return tool;
  }

  function offeredIn(attemptFrame: string, name: string): OfferedTool | undefined {
    const first = script.models.get(`${attemptFrame}/t1/m1`) ?? script.models.get(`${attemptFrame}/m1`);
    return first?.started.data.request.tools?.find((tool) => tool.name === name);
  }

  function offeredAnywhere(): ReadonlyMap<string, OfferedTool> {
    offers ??= new Map(
      [...script.models.values()].flatMap(({ started }) => (started.data.request.tools ?? []).map((tool) => [tool.name, tool] as const)),
    );
    return offers;
  }

  return {
    clock,
    random: dependencies.random,
    models: {
      call(request, { signal, idempotencyKey }) {
        const frame = idempotencyKey.slice(script.started.runId.length + 1);
        const call = findModelCall(frame);
        if (call === undefined) {
          dependencies.onMissingModelCall(frame, request);
          return never(signal);
        }
        return awaitEnd(call, signal, toModelAnswer);
      },
    },
    toolbox: {
      list: () => [],
      async find(name, signal) {
        const scope = scopes.getStore();
        if (scope === undefined) return toOffered(name, offering.getStore());
        await gates.pass(scope.attemptFrame, scope.frame);
        signal.throwIfAborted();
        const call = findToolCall(scope);
        const bug = bugOf(scope.attemptFrame);
        if (bug !== undefined && call?.ends.length === 0 && call.starts.length === 0) throw bug;
        scope.recording = call;
        if (call === undefined) {
          dependencies.onMissingToolCall(scope.frame ?? scope.attemptFrame, name, scope.asked);
          return never(signal);
        }
        const error = toEarlyError(call);
        if (error !== undefined && error.code !== 'tool.argumentsInvalid' && error.code !== 'tool.circuitOpen' && !call.wasAsked)
          throw toHeddleError(error);
        return toTool(name, call, scope.asked);
      },
      checkArguments(definition, args) {
        const known = recordingOf.get(definition);
        const error = known === undefined ? undefined : toEarlyError(known.call);
        if (error?.code !== 'tool.argumentsInvalid') return undefined;
        // Where a person was asked, what was asked for had fitted, and what they made of it did not.
        return known?.call.wasAsked === true && toCanonicalJson(args) === toCanonicalJson(known.asked) ? undefined : error.message;
      },
    },
    calls: {
      async use({ type, signal }, work) {
        const scope = type === 'tool' ? scopes.getStore() : undefined;
        if (scope !== undefined) await gates.pass(scope.attemptFrame, scope.frame);
        signal.throwIfAborted();
        const error = scope?.recording === undefined ? undefined : toLastRefusal(scope.recording);
        if (error !== undefined) throw toHeddleError(error);
        // It never got its turn.
        if (scope?.recording?.starts.length === 0) return never(signal);
        return orAborted(signal, work());
      },
      configure: () => undefined,
      figures: notInReplay,
      onChange: () => () => undefined,
    },
    lanes: {
      tryEnter({ id }) {
        return hasQueued(toAddress(id)) ? undefined : freeTicket;
      },
      enter({ id, signal }) {
        const key = id ?? '';
        const { promise, resolve, reject } = Promise.withResolvers<Ticket>();
        const give = (refusal: HeddleError | undefined) => {
          laneWaiters.delete(key);
          if (refusal === undefined) resolve(freeTicket);
          else reject(refusal);
        };
        laneWaiters.set(key, { address: toAddress(id), give });
        return orAborted(signal, promise).finally(() => laneWaiters.delete(key));
      },
      move: () => true,
      configure: () => undefined,
      snapshot: notInReplay,
      waiters: () => [],
      onChange: () => () => undefined,
    },
    hold(context) {
      const { frame, signal } = context;
      const held =
        <Arguments extends readonly unknown[], Result>(call: (...args: Arguments) => Promise<Result>) =>
        async (...args: Arguments): Promise<Result> => {
          const result = await call(...args).finally(() => gates.pass(frame));
          // What came when the attempt had been stopped was not heard any more, unless the attempt came to a good end all the same.
          if (signal.aborted && !(head().type === 'node.succeeded' && isEndOf(head(), frame))) throw signal.reason;
          return result;
        };
      const callTool = (order: ToolCallOrder) => {
        const asked = order.arguments ?? order.rawArguments;
        const scope: ToolCallScope = { attemptFrame: frame, order, frame: undefined, asked, recording: undefined };
        return scopes.run(scope, () => context.callTool(order)).finally(() => claimedTools.delete(scope.frame ?? ''));
      };
      return {
        ...context,
        callModel: held(context.callModel),
        callTool: held(callTool),
        runScope: held(context.runScope),
        waitFor: held(context.waitFor),
        awaitSignal: held(context.awaitSignal),
        offerTools: held((names: readonly string[]) => offering.run(frame, () => context.offerTools(names))),
        askPerson: held(context.askPerson),
      };
    },
    release(event) {
      switch (event.type) {
        case 'node.started': {
          const waiting = [...laneWaiters.values()].find(({ address }) => address === event.data.node);
          waiting?.give(toLaneRefusal(event.data.node, event.data.attempt));
          return waiting !== undefined;
        }
        case 'modelCall.completed':
        case 'modelCall.failed':
        case 'toolCall.completed':
        case 'toolCall.failed':
        case 'toolCall.outcomeUnknown': {
          const waiter = waiters.get(event.data.frame);
          waiter?.settle(event);
          return waiter !== undefined;
        }
        case 'node.failed': {
          const attemptFrame = `${event.data.node}#${event.data.attempt}`;
          const bug = bugOf(attemptFrame);
          const [frame, waiter] = [...waiters].find(([key]) => bug !== undefined && key.startsWith(`${attemptFrame}/`)) ?? [];
          if (frame !== undefined) waiters.delete(frame);
          waiter?.fail(bug as Error);
          return waiter !== undefined;
        }
        default:
          return false;
      }
    },
    noteRecorded(event) {
      if (event.type === 'modelCall.started') requestHashes.set(event.data.frame, event.data.requestHash);
      const scope = event.type === 'toolCall.requested' ? scopes.getStore() : undefined;
      if (scope !== undefined && event.type === 'toolCall.requested') {
        scope.frame = event.data.frame;
        scope.asked = event.data.arguments;
      }
    },
    isNeverOnDisk(event) {
      if (event.type !== 'toolCall.started' || event.data.effect !== 'neither') return false;
      const end = script.tools.get(event.data.frame)?.ends.find(({ seq }) => seq >= head().seq);
      return end?.type === 'toolCall.failed' && isStop(end.data.error.code);
    },
    forget() {
      waiters.clear();
      laneWaiters.clear();
      claimedTools.clear();
    },
  };

  function toAddress(ticketId: string | undefined): string {
    return (ticketId ?? '').slice(script.started.runId.length + 1);
  }

  /** Whether the next attempt at a node waited in its lane when it was recorded. */
  function hasQueued(address: string): boolean {
    const at = head().seq;
    for (let attempt = 1; ; attempt += 1) {
      const [started] = script.byKey.get(`node.started ${address}#${attempt}`) ?? [];
      if (started === undefined) return script.queued.has(`${address}#${attempt}`);
      if (started.seq >= at) return script.queued.has(`${address}#${attempt}`);
      // Taken up again after the host had died or the run was held: how long that waited for its place nobody wrote down.
      if (!hasEnded(`${address}#${attempt}`, at)) return false;
    }
  }

  /** Why a call was not let through to its tool, this time or, when it was to be done again, the last time. */
  function toLastRefusal({ starts, ends }: RecordedToolCall): ErrorInfo | undefined {
    const at = head().seq;
    const last = ends.at(-1);
    if (starts.some(({ seq }) => seq >= at) || last?.type !== 'toolCall.failed' || last.seq < at) return undefined;
    return last.data.error.code === 'tool.circuitOpen' ? last.data.error : undefined;
  }

  function hasEnded(attemptFrame: string, beforeSeq: number): boolean {
    return ['succeeded', 'failed', 'cancelled'].some(
      (how) => (script.byKey.get(`node.${how} ${attemptFrame}`)?.[0]?.seq ?? beforeSeq) < beforeSeq,
    );
  }

  function toLaneRefusal(address: string, attempt: number): HeddleError | undefined {
    const [failed] = script.byKey.get(`node.failed ${address}#${attempt}`) ?? [];
    return failed?.type === 'node.failed' && failed.data.error.code.startsWith('lane.') ? toHeddleError(failed.data.error) : undefined;
  }
}

const freeTicket: Ticket = { id: '', lane: '', leave: () => undefined, pause: () => undefined, resume: () => Promise.resolve() };

const nothingRecorded = { frame: '', ends: [], starts: [], wasAsked: false } as unknown as RecordedToolCall;

function notInReplay(): never {
  throw new Error('A replay has no figures');
}

/** What a fork took over was there at once. */
function isTakenOver({ type }: RunEvent): boolean {
  return type === 'modelCall.reused' || type === 'toolCall.reused';
}

function toContent(tool: string, args: JsonValue): string {
  return `${tool} ${toCanonicalJson(args)}`;
}

/** Why a call failed before it had begun; undefined when it began, or was stopped with its attempt. */
function toEarlyError({ starts, ends }: RecordedToolCall) {
  const [first] = ends;
  if (starts.length > 0 || first?.type !== 'toolCall.failed' || isStop(first.data.error.code)) return undefined;
  return first.data.error;
}

function toModelAnswer(event: RunEvent) {
  if (event.type === 'modelCall.completed' || event.type === 'modelCall.reused') return event.data.answer;
  if (event.type === 'modelCall.failed') throw toHeddleError(event.data.error);
  throw new Error(`${event.type} ends no model call`);
}

function toToolResult(event: RunEvent): ToolResult {
  if (event.type === 'toolCall.completed' || event.type === 'toolCall.reused')
    return { value: event.data.result, isTruncated: event.data.isTruncated };
  if (event.type === 'toolCall.failed') throw toHeddleError(event.data.error);
  throw new HeddleError('tool.outcomeUnknown', 'Nobody knows whether it took effect.');
}
