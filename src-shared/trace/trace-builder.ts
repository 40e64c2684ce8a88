import { assertNever } from '../base/assert-never.ts';
import type { RunEvent } from '../run/events.ts';
import { openerOf, parseScopePath, scopeOf, toAttemptFrame } from '../run/frame.ts';
import type { ModelAnswer } from '../run/message.ts';
import type { WorkflowDocument, WorkflowNode } from '../workflow/document.ts';
import type { Span, SpanOutcome } from './span.ts';

/** The spans of one run, kept up with its events at a constant cost for each. */
export interface TraceBuilder {
  /** In the order of their start. Grows with `append`; a span that ends is changed in place. */
  readonly spans: readonly Span[];
  /** Takes the events that follow those it has. */
  append(events: readonly RunEvent[]): void;
}

type OpenSpan = { -readonly [Key in keyof Span]: Span[Key] };

interface Beginning extends Pick<Span, 'kind' | 'name' | 'frame'> {
  readonly nodeKind?: string | null;
  readonly model?: string | null;
}

/** Nobody has seen anything of a run yet. */
export function createTraceBuilder(): TraceBuilder {
  const spans: OpenSpan[] = [];
  /** The newest span under each key: a frame, a scope's path, or what waits at one. */
  const newest = new Map<string, number>();
  const openChildren = new Map<number, Set<number>>();
  const signals = createSignals((frame) => endAt(frame, 'succeeded'));
  const documents = new Map<string, ReadonlyMap<string, WorkflowNode>>();
  let subworkflows: Readonly<Record<string, WorkflowDocument>> = {};
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let now: { readonly atMs: number; readonly seq: number } = { atMs: 0, seq: 0 };

  return {
    spans,
    append(events) {
      for (const event of events) {
        // A clock that was set back must not turn a span around.
        const before = lastAtMs;
        lastAtMs = Math.max(lastAtMs, event.atMs);
        now = { atMs: lastAtMs, seq: event.seq };
        take(event, before);
      }
    },
  };

  function take(event: RunEvent, before: number): void {
    switch (event.type) {
      case 'run.started':
        subworkflows = event.data.subworkflows;
        documents.set('', toNodes(event.data.workflow));
        begin('', -1, { kind: 'run', name: event.data.workflow.name, frame: null });
        return;
      case 'run.resumed':
        end(begin('held', 0, { kind: 'held', name: 'host stopped', frame: null }, before), 'succeeded');
        return;
      case 'run.interrupted':
        begin('held', 0, { kind: 'held', name: 'interrupted', frame: null });
        return;
      case 'run.continued':
        endAt('held', 'succeeded');
        return;
      case 'run.succeeded':
        endAt('', 'succeeded');
        return;
      case 'run.failed':
        endAt('', 'failed');
        return;
      case 'run.cancelled':
        endAt('', 'cancelled');
        return;
      case 'node.queued':
        endAt(retryOf(event.data.node), 'succeeded');
        beginInGraph(queueOf(event.data.node), event.data.node, { kind: 'queue', name: event.data.lane, frame: null });
        return;
      case 'node.moved': {
        const index = newest.get(queueOf(event.data.node));
        if (index !== undefined) (spans[index] as OpenSpan).name = event.data.lane;
        return;
      }
      case 'node.started': {
        const { node, attempt } = event.data;
        endAt(queueOf(node), 'succeeded');
        endAt(retryOf(node), 'succeeded');
        const name = nameOf(node);
        const frame = toAttemptFrame(node, attempt);
        beginInGraph(frame, node, { kind: 'attempt', name: attempt === 1 ? name : `${name} · attempt ${attempt}`, frame });
        return;
      }
      case 'node.succeeded':
        endAt(toAttemptFrame(event.data.node, event.data.attempt), 'succeeded');
        return;
      case 'node.failed': {
        const { node, attempt, consequence } = event.data;
        endAt(queueOf(node), 'failed');
        endAt(toAttemptFrame(node, attempt), 'failed');
        if (consequence.type === 'retry') {
          beginInGraph(retryOf(node), node, { kind: 'retry', name: `${nameOf(node)} tries again`, frame: toAttemptFrame(node, attempt) });
        }
        return;
      }
      case 'node.cancelled':
        endAt(queueOf(event.data.node), 'cancelled');
        endAt(retryOf(event.data.node), 'cancelled');
        endAt(toAttemptFrame(event.data.node, event.data.attempt), 'cancelled');
        return;
      case 'node.skipped':
        endAt(queueOf(event.data.node), 'cancelled');
        endAt(retryOf(event.data.node), 'cancelled');
        return;
      case 'scope.started': {
        const { scope, workflowPath } = event.data;
        const document = subworkflows[workflowPath];
        documents.set(scope, document === undefined ? new Map() : toNodes(document));
        const opener = openerOf(scope);
        const parent = newest.get(toAttemptFrame(opener.node, opener.attempt)) ?? 0;
        begin(scope, parent, { kind: 'scope', name: toScopeName(scope, nodeAt(opener.node)?.kind, document), frame: scope });
        return;
      }
      case 'scope.succeeded':
        endAt(event.data.scope, 'succeeded');
        return;
      case 'scope.failed':
        endAt(event.data.scope, 'failed');
        return;
      case 'scope.cancelled':
        endAt(event.data.scope, 'cancelled');
        return;
      case 'saga.started':
        begin(sagaOf(event.data.scope), newest.get(event.data.scope) ?? 0, {
          kind: 'saga',
          name: 'undoing',
          frame: event.data.scope || null,
        });
        return;
      case 'saga.completed':
        endAt(sagaOf(event.data.scope), event.data.failed.length === 0 ? 'succeeded' : 'failed');
        return;
      case 'timer.started':
        beginBelow(event.data.frame, { kind: 'timer', name: 'timer' });
        return;
      case 'timer.fired':
        endAt(event.data.frame, 'succeeded');
        return;
      case 'signal.awaited':
        beginBelow(event.data.frame, { kind: 'signal', name: `signal ${event.data.name}` });
        signals.await(event.data.name, event.data.frame);
        return;
      case 'signal.received':
        signals.receive(event.data.name);
        return;
      case 'signal.missed':
        endAt(event.data.frame, 'failed');
        return;
      case 'turn.started':
        beginBelow(event.data.frame, { kind: 'turn', name: `turn ${event.data.turn}` });
        return;
      case 'turn.completed':
        endAt(event.data.frame, 'succeeded');
        return;
      case 'modelCall.started':
        endAt(retryOf(aboveOf(event.data.frame)), 'succeeded');
        beginBelow(event.data.frame, { kind: 'model', name: toModelName(event.data.request.model), model: event.data.request.model });
        return;
      case 'modelCall.completed':
        measure(event.data.frame, event.data.answer);
        endAt(event.data.frame, 'succeeded');
        return;
      case 'modelCall.failed':
        endAt(event.data.frame, 'failed');
        if (event.data.retryAtMs !== null) {
          const above = aboveOf(event.data.frame);
          begin(retryOf(above), newest.get(above) ?? 0, { kind: 'retry', name: 'the model is asked again', frame: event.data.frame });
        }
        return;
      case 'modelCall.reused':
        endAt(event.data.frame, 'reused');
        return;
      case 'toolCall.requested':
        beginBelow(event.data.frame, { kind: 'tool', name: event.data.tool });
        return;
      case 'toolCall.started':
        // A call whose outcome was unknown is done again.
        if (!isOpen(event.data.frame)) beginBelow(event.data.frame, { kind: 'tool', name: event.data.tool });
        return;
      case 'toolCall.completed':
        endAt(event.data.frame, 'succeeded');
        return;
      case 'toolCall.reused':
        endAt(event.data.frame, 'reused');
        return;
      case 'toolCall.failed':
        endAt(event.data.frame, 'failed');
        return;
      case 'toolCall.outcomeUnknown':
        endAt(event.data.frame, 'unknown');
        return;
      case 'approval.requested': {
        const { approvalId, frame, subject } = event.data;
        const about = subject.type === 'toolCall' && isOpen(subject.callFrame) ? subject.callFrame : frame;
        begin(approvalOf(approvalId), newest.get(about) ?? 0, { kind: 'approval', name: approvalWords[subject.type], frame: about });
        return;
      }
      case 'approval.granted':
      case 'approval.resolved':
        endAt(approvalOf(event.data.approvalId), 'succeeded');
        return;
      case 'approval.denied':
        endAt(approvalOf(event.data.approvalId), 'failed');
        return;
      case 'run.cancelRequested':
      case 'run.compensationRequested':
      case 'run.interruptRequested':
      case 'run.steered':
      case 'scope.cancelRequested':
      case 'hook.completed':
      case 'branch.taken':
      case 'approval.deadlineSet':
      case 'approval.escalated':
      case 'log.written':
        return;
      default:
        assertNever(event);
    }
  }

  function begin(
    key: string,
    parent: number,
    { kind, name, frame, nodeKind = null, model = null }: Beginning,
    startedAtMs = now.atMs,
  ): number {
    const index = spans.length;
    spans.push({
      index,
      parent,
      kind,
      name,
      frame,
      nodeKind,
      model,
      startedAtMs,
      startedSeq: now.seq,
      endedAtMs: null,
      endedSeq: null,
      outcome: 'open',
      tokens: 0,
      costUsd: 0,
    });
    newest.set(key, index);
    if (parent >= 0) {
      const siblings = openChildren.get(parent);
      if (siblings === undefined) openChildren.set(parent, new Set([index]));
      else siblings.add(index);
    }
    return index;
  }

  /** What happens to a node stands in the scope that the node is in; what undoes, in the undoing. */
  function beginInGraph(key: string, address: string, beginning: Beginning): void {
    const scope = scopeOf(address);
    const saga = newest.get(sagaOf(scope));
    const parent = saga !== undefined && spans[saga]?.outcome === 'open' ? saga : (newest.get(scope) ?? 0);
    begin(key, parent, { ...beginning, nodeKind: nodeAt(address)?.kind ?? null });
  }

  /** A turn, call or wait hangs on what its frame names. */
  function beginBelow(frame: string, { kind, name, model }: Pick<Beginning, 'kind' | 'name' | 'model'>): void {
    const parent = newest.get(aboveOf(frame)) ?? 0;
    begin(frame, parent, { kind, name, frame, nodeKind: spans[parent]?.nodeKind ?? null, model: model ?? null });
  }

  function isOpen(key: string): boolean {
    const index = newest.get(key);
    return index !== undefined && spans[index]?.outcome === 'open';
  }

  function endAt(key: string, outcome: SpanOutcome): void {
    const index = newest.get(key);
    if (index !== undefined) end(index, outcome);
  }

  /** What is inside ends with it. */
  function end(index: number, outcome: SpanOutcome): void {
    const span = spans[index];
    if (span === undefined || span.outcome !== 'open') return;
    for (const child of openChildren.get(index) ?? []) end(child, outcome === 'succeeded' ? 'succeeded' : 'cancelled');
    if (span.kind === 'signal' && span.frame !== null) signals.drop(span.frame);
    openChildren.delete(index);
    openChildren.get(span.parent)?.delete(index);
    span.outcome = outcome;
    span.endedAtMs = now.atMs;
    span.endedSeq = now.seq;
  }

  function measure(frame: string, { usage, costUsd }: ModelAnswer): void {
    const span = spans[newest.get(frame) ?? -1];
    if (span === undefined) return;
    span.tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
    span.costUsd = costUsd;
  }

  function nodeAt(address: string): WorkflowNode | undefined {
    return documents.get(scopeOf(address))?.get(address.slice(address.lastIndexOf('/') + 1));
  }

  function nameOf(address: string): string {
    return nodeAt(address)?.name || address.slice(address.lastIndexOf('/') + 1);
  }
}

/** Which wait a signal ends: the one that is open longest, or the next that comes. */
function createSignals(endWait: (frame: string) => void) {
  const waiting = new Map<string, string[]>();
  const kept = new Map<string, number>();
  const settle = (name: string): void => {
    const left = kept.get(name) ?? 0;
    const frame = left > 0 ? waiting.get(name)?.shift() : undefined;
    if (frame === undefined) return;
    kept.set(name, left - 1);
    endWait(frame);
  };
  return {
    await(name: string, frame: string): void {
      waiting.set(name, [...(waiting.get(name) ?? []), frame]);
      settle(name);
    },
    receive(name: string): void {
      kept.set(name, (kept.get(name) ?? 0) + 1);
      settle(name);
    },
    /** Nobody waits there any more. */
    drop(gone: string): void {
      for (const [name, frames] of waiting)
        if (frames.includes(gone))
          waiting.set(
            name,
            frames.filter((frame) => frame !== gone),
          );
    },
  };
}

const approvalWords = {
  node: 'approval',
  form: 'form',
  toolCall: 'approval of the call',
  outcomeUnknown: 'outcome unknown',
} as const;

const queueOf = (node: string): string => `queue ${node}`;
const retryOf = (place: string): string => `retry ${place}`;
const sagaOf = (scope: string): string => `saga ${scope}`;
const approvalOf = (id: string): string => `approval ${id}`;

/** The attempt or turn that a turn, call or wait hangs on. */
function aboveOf(frame: string): string {
  return frame.slice(0, frame.lastIndexOf('/'));
}

/** The model without its provider. */
function toModelName(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}

function toScopeName(scope: string, openerKind: string | undefined, document: WorkflowDocument | undefined): string {
  const number = (parseScopePath(scope).at(-1)?.index ?? 0) + 1;
  if (openerKind === 'map') return `item ${number}`;
  return openerKind === 'loop' ? `round ${number}` : (document?.name ?? `item ${number}`);
}

function toNodes(document: WorkflowDocument): ReadonlyMap<string, WorkflowNode> {
  return new Map(document.nodes.map((node) => [node.id, node]));
}
