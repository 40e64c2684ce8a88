import type { Clock } from '#shared/base/clock.ts';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { HookOutcome } from '#shared/run/events.ts';
import { findGraph, findNodeState } from '#shared/run/node-states.ts';
import type { HookState, RunState } from '#shared/run/state.ts';
import type { HookDeclaration, HookPoint, WorkflowNode } from '#shared/workflow/document.ts';
import { evaluateCondition, evaluateExpression } from '#shared/workflow/expression.ts';
import type { Toolbox } from '../tools/tool.ts';
import { orAborted } from './abortable.ts';
import type { Reuse } from './reuse.ts';
import type { RunJournal } from './run-journal.ts';

/** What a hook is told. */
export interface HookSubject {
  readonly point: HookPoint;
  readonly run: { readonly id: string; readonly inputs: JsonObject };
  /** Null when it is about the run itself. */
  readonly node: { readonly id: string; readonly kind: string; readonly name: string } | null;
  readonly value: JsonValue;
}

/** What a hook says: nothing (null), another value, or no. */
export type HookSaying = null | { readonly change: JsonValue } | { readonly veto: string };

/** A hook that a program registers, for every run of the workspace. */
export interface RegisteredHook {
  readonly id: string;
  readonly point: HookPoint;
  /** Lower ones are asked first; registered ones before declared ones of the same order. */
  readonly order: number;
  readonly timeoutMs: number;
  readonly onFailure: 'fail' | 'ignore';
  /** The addresses of the nodes that it is about, null for the run itself; left out for all. */
  readonly nodes?: ReadonlySet<string | null>;
  ask(subject: HookSubject, signal: AbortSignal): Promise<HookSaying>;
}

/** Where a hook is asked: below which frame ('' for the run), for the how-manieth time at this point there, and about which node. */
export interface HookPlace {
  readonly frame: string;
  readonly ordinal: number;
  /** The address of the node; null for the run. */
  readonly node: string | null;
}

/** Asks the hooks of a run. */
export interface Hooks {
  /** False when the run has none, at any point. */
  readonly hasAny: boolean;
  /** False when nobody is to be asked: callers then go straight on. */
  concern(point: HookPoint, node: string | null): boolean;
  /**
   * Asks every hook of the point in order, each about what the one before made of the value, and gives what the last left.
   * What a hook said is journalled, and never asked again. Rejects with `node.vetoed` when one refuses.
   */
  ask(point: HookPoint, place: HookPlace, value: JsonValue, signal: AbortSignal): Promise<JsonValue>;
}

const usualTimeoutMs = 5_000;

export function createHooks(dependencies: {
  readonly journal: RunJournal;
  readonly clock: Clock;
  readonly toolbox: Toolbox;
  readonly registered: readonly RegisteredHook[];
  readonly reuse: Reuse | undefined;
}): Hooks {
  const { journal, clock, toolbox, registered, reuse } = dependencies;
  // Most runs have none, and this is asked at every call.
  const hasAny = registered.length > 0 || hasDeclared(journal.state());

  /** Those of the program, of the run's workflow, and of the workflow that the node is in. */
  function listHooks(point: HookPoint, address: string | null): readonly RegisteredHook[] {
    const state = journal.state();
    const node = address === null ? null : findNode(state, address);
    const declared = [state.workflow.hooks ?? [], node === null || node.isOfRun ? [] : node.hooks]
      .flat()
      .filter((hook) => hook.point === point && hook.disabled !== true && concernsNode(hook, node?.node.id));
    const own = registered.filter((hook) => hook.point === point && hook.nodes?.has(address) !== false);
    return [...own, ...declared.map((hook) => toHook(hook, toolbox))].sort((a, b) => a.order - b.order);
  }

  async function askOne(hook: RegisteredHook, subject: HookSubject, signal: AbortSignal): Promise<HookOutcome> {
    const late = new AbortController();
    const cancel = clock.schedule(hook.timeoutMs, () =>
      late.abort(new HeddleError('node.timedOut', `It took longer than ${hook.timeoutMs} ms.`)),
    );
    try {
      const both = AbortSignal.any([signal, late.signal]);
      const saying = await orAborted(both, hook.ask(subject, both));
      if (saying === null) return { type: 'observed' };
      return 'veto' in saying ? { type: 'vetoed', reason: saying.veto } : { type: 'changed', value: saying.change, before: subject.value };
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      return { type: 'failed', error: toErrorInfo(thrown) };
    } finally {
      cancel();
    }
  }

  return {
    hasAny,
    concern: (point, node) => hasAny && listHooks(point, node).length > 0,
    async ask(point, place, value, signal) {
      let current = value;
      for (const hook of listHooks(point, place.node)) {
        const recorded = findRecorded(journal.state(), point, place, hook.id);
        const before = recorded ?? (await reuse?.hook({ frame: place.frame, point, ordinal: place.ordinal, hook: hook.id }));
        const outcome = before ?? (await askOne(hook, toSubject(journal.state(), point, place.node, current), signal));
        if (recorded === undefined) {
          const { frame, ordinal } = place;
          journal.note('hook.completed', { frame, point, ordinal, hook: hook.id, outcome });
        }
        if (outcome.type === 'changed') current = outcome.value;
        if (outcome.type === 'vetoed') throw new HeddleError('node.vetoed', `The hook ${hook.id} refused: ${outcome.reason}`);
        if (outcome.type === 'failed' && hook.onFailure === 'fail') {
          throw new HeddleError('node.vetoed', `The hook ${hook.id} failed, and nothing goes on without it: ${outcome.error.message}`);
        }
      }
      return current;
    },
  };
}

function hasDeclared({ workflow, subworkflows }: RunState): boolean {
  return workflow.hooks !== undefined || Object.values(subworkflows).some(({ hooks }) => hooks !== undefined);
}

function concernsNode({ nodes }: HookDeclaration, id: string | undefined): boolean {
  return nodes === undefined || nodes.length === 0 || (id !== undefined && nodes.includes(id));
}

function findNode(
  state: RunState,
  address: string,
): { readonly node: WorkflowNode; readonly hooks: readonly HookDeclaration[]; readonly isOfRun: boolean } | null {
  const end = address.lastIndexOf('/');
  const graph = findGraph(state, end === -1 ? '' : address.slice(0, end));
  const node = graph?.workflow.nodes.find(({ id }) => id === address.slice(end + 1));
  return graph === undefined || node === undefined
    ? null
    : { node, hooks: graph.workflow.hooks ?? [], isOfRun: graph.workflow === state.workflow };
}

function toSubject(state: RunState, point: HookPoint, address: string | null, value: JsonValue): HookSubject {
  const found = address === null ? null : findNode(state, address);
  const node = found === null ? null : { id: found.node.id, kind: found.node.kind, name: found.node.name || found.node.id };
  return { point, run: { id: state.runId, inputs: state.inputs }, node, value };
}

function findRecorded(state: RunState, point: HookPoint, { frame, ordinal, node }: HookPlace, hook: string): HookOutcome | undefined {
  const isIt = (said: HookState) => said.frame === frame && said.point === point && said.ordinal === ordinal && said.hook === hook;
  if (frame === '' || node === null) return state.hooks.find(isIt)?.outcome;
  const nodeState = findNodeState(state, node);
  const attempts = nodeState !== undefined && 'attempts' in nodeState ? nodeState.attempts : [];
  return attempts.at(-1)?.hooks.find(isIt)?.outcome;
}

/** A declared hook as one that can be asked. */
function toHook(declaration: HookDeclaration, toolbox: Toolbox): RegisteredHook {
  const { id, point, order = 0, timeoutMs = usualTimeoutMs, onFailure = 'fail', when, action } = declaration;
  return {
    id,
    point,
    order,
    timeoutMs,
    onFailure,
    async ask(subject, signal) {
      const scope = { ...subject } as unknown as JsonObject;
      if (when !== undefined && !evaluateCondition(when, scope)) return null;
      if (action.type === 'expression') return toSaying(evaluateExpression(action.expression, scope));
      const sandboxed = await toolbox.find('run_code', signal);
      const source = `const { value, point, node, run } = input; ${action.source}`;
      const idempotencyKey = `${subject.run.id}:hook:${id}`;
      const result = await sandboxed.run({ source, input: scope, wallMs: timeoutMs }, { signal, idempotencyKey, log: () => undefined });
      return toSaying((result.value as JsonObject).value ?? null);
    },
  };
}

/** Anything but null, `{ change }` and `{ veto }` is a mistake of the hook's author, who is told. */
function toSaying(said: JsonValue): HookSaying {
  if (said === null || said === true) return null;
  if (typeof said === 'object' && !Array.isArray(said)) {
    const { veto, change } = said as JsonObject;
    if (typeof veto === 'string') return { veto };
    if (change !== undefined) return { change };
    if (Object.keys(said).length === 0) return null;
  }
  throw new HeddleError(
    'config.invalid',
    `A hook must give null, {"change": value} or {"veto": "why"}; this one gave ${JSON.stringify(said).slice(0, 200)}.`,
  );
}
