import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import { mergeKind } from '#shared/nodes/merge/merge.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { Divergence, DivergenceClass } from '#shared/run/replay-report.ts';
import type { RequestChange } from '#shared/run/request-change.ts';
import { diffWords } from '#shared/run/word-diff.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { toNodeOf } from './replay-script.ts';

/** The clock is read twice around a fact, and no two clocks tick at once. */
const mostDriftMs = 100;
const mostShownCharacters = 20_000;

/** In what two events with the same key differ; undefined when they are the same again. */
export interface EventDifference {
  readonly class: DivergenceClass;
  readonly recorded: JsonValue;
  readonly replayed: JsonValue;
}

/** What is known of the node that an event is about. */
export interface CompareHints {
  /** Whether the document that is followed says something else about this node than the recorded one. */
  readonly isChanged: boolean;
  readonly kind: string | undefined;
}

/** Lays an event of a replay beside the recorded one. Requests to models are only told apart here, not explained. */
export function compareEvents(recorded: RunEvent, replayed: RunEvent, hints: CompareHints): EventDifference | undefined {
  const timing = compareTimes(recorded, replayed);
  const [was, is] = [toContent(recorded), toContent(replayed)];
  if (toCanonicalJson(was) !== toCanonicalJson(is)) return { class: toClass(recorded, hints), recorded: was, replayed: is };
  return timing;
}

/** What counts of an event: not who numbered it or how it is written down, and times apart. */
function toContent(event: RunEvent): JsonObject {
  const {
    approvalId: _id,
    idempotencyKey: _key,
    dueAtMs: _due,
    retryAtMs: _retry,
    ...data
  } = event.data as unknown as Readonly<Record<string, JsonValue>>;
  switch (event.type) {
    case 'modelCall.started':
      return { requestHash: event.data.requestHash };
    case 'run.resumed':
      return { inFlightFrames: event.data.inFlightFrames.toSorted() };
    case 'node.failed':
      return { ...data, error: toShortError(event.data.error), consequence: event.data.consequence.type };
    case 'modelCall.failed':
      return { ...data, error: toShortError(event.data.error), isRetried: event.data.retryAtMs !== null };
    case 'toolCall.failed':
    case 'scope.failed':
    case 'run.failed':
      return { ...data, error: toShortError(event.data.error) };
    default:
      return data;
  }
}

function toShortError({ code, message }: { readonly code: string; readonly message: string }): JsonObject {
  return { code, message };
}

function compareTimes(recorded: RunEvent, replayed: RunEvent): EventDifference | undefined {
  const [was, is] = [toDelayMs(recorded), toDelayMs(replayed)];
  if (was === null || is === null || Math.abs(was - is) <= mostDriftMs) return undefined;
  const isByChance = recorded.type === 'node.failed' || recorded.type === 'modelCall.failed';
  return { class: isByChance ? 'chance' : 'time', recorded: { afterMs: was }, replayed: { afterMs: is } };
}

function toDelayMs(event: RunEvent): number | null {
  switch (event.type) {
    case 'node.failed':
      return event.data.consequence.type === 'retry' ? event.data.consequence.dueAtMs - event.atMs : null;
    case 'modelCall.failed':
      return event.data.retryAtMs === null ? null : event.data.retryAtMs - event.atMs;
    case 'timer.started':
    case 'approval.deadlineSet':
      return event.data.dueAtMs - event.atMs;
    case 'signal.awaited':
      return event.data.dueAtMs === null ? null : event.data.dueAtMs - event.atMs;
    default:
      return null;
  }
}

function toClass(event: RunEvent, { isChanged, kind }: CompareHints): DivergenceClass {
  switch (event.type) {
    case 'modelCall.started':
      return 'prompt';
    case 'toolCall.requested':
    case 'toolCall.started':
      return 'toolArguments';
    case 'hook.completed':
      return 'hook';
    case 'timer.started':
    case 'timer.fired':
      return 'time';
    default:
      if (isChanged) return 'workflowChanged';
      return kind === mergeKind.kind && event.type !== 'node.failed' ? 'order' : 'value';
  }
}

/** A divergence in words and with its difference laid out. */
export function toDivergence(
  event: RunEvent,
  { class: name, recorded, replayed }: EventDifference,
  more: { readonly seq: number | null; readonly message: string; readonly changes?: readonly RequestChange[] },
): Divergence {
  const node = toNodeOf(event);
  return {
    class: name,
    frame: toFrameOf(event),
    node,
    seq: more.seq,
    message: more.message,
    recorded: toShown(recorded),
    replayed: toShown(replayed),
    diff: [...diffWords(toLines(recorded), toLines(replayed))],
    changes: [...(more.changes ?? [])],
    isMissing: false,
    nearest: null,
  };
}

/** The frame or scope that an event is about, as far as it says. */
export function toFrameOf(event: RunEvent): string {
  const data = event.data as { readonly frame?: unknown; readonly scope?: unknown; readonly node?: unknown; readonly attempt?: unknown };
  if (typeof data.frame === 'string') return data.frame;
  if (typeof data.scope === 'string') return data.scope;
  if (typeof data.node === 'string' && typeof data.attempt === 'number') return `${data.node}#${data.attempt}`;
  return typeof data.node === 'string' && event.type !== 'run.failed' ? data.node : '';
}

/** A divergence for each node, edge and setting in which two workflows differ. Where nodes stand and how they are called does not count. */
export function compareWorkflows(
  path: string,
  recorded: WorkflowDocument | undefined,
  followed: WorkflowDocument | undefined,
): readonly Divergence[] {
  const [was, is] = [toParts(recorded), toParts(followed)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [before, after] = [was.get(key), is.get(key)];
    if (before !== undefined && after !== undefined && toCanonicalJson(before) === toCanonicalJson(after)) return [];
    const how = before === undefined ? 'was added' : after === undefined ? 'was removed' : 'was changed';
    const where = path === '' ? '' : ` in ${path}`;
    return [
      {
        class: 'workflowChanged',
        frame: '',
        node: null,
        seq: 1,
        message: `${key}${where} ${how}.`,
        recorded: toShown(before ?? null),
        replayed: toShown(after ?? null),
        diff: [...diffWords(toLines(before ?? null), toLines(after ?? null))],
        changes: [],
        isMissing: false,
        nearest: null,
      } satisfies Divergence,
    ];
  });
}

function toParts(document: WorkflowDocument | undefined): ReadonlyMap<string, JsonValue> {
  if (document === undefined) return new Map();
  return new Map<string, JsonValue>([
    ...document.nodes.map((node) => [`Node ${node.id}`, toNodePart(node)] as const),
    ['The edges', document.edges.map(({ from, to }) => `${from.node}.${from.port} → ${to.node}.${to.port}`).toSorted()],
    ['The hooks', (document.hooks ?? []) as unknown as JsonValue],
  ]);
}

/** Everything of a node that its runs depend on. */
export function toNodePart({ position: _position, name: _name, ...node }: WorkflowNode): JsonValue {
  return node as unknown as JsonValue;
}

function toLines(value: JsonValue): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  return text.length > mostShownCharacters ? `${text.slice(0, mostShownCharacters)}…` : text;
}

function toShown(value: JsonValue): JsonValue {
  const text = JSON.stringify(value);
  return text.length > mostShownCharacters ? `${text.slice(0, mostShownCharacters)}…` : value;
}
