import type { JsonValue } from '#shared/base/json.ts';
import { toCanonicalJson } from '#shared/base/json.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { parseAddress, scopeOf } from '#shared/run/frame.ts';
import type { ModelRequest } from '#shared/run/message.ts';
import { findGraph } from '#shared/run/node-states.ts';
import type { Divergence } from '#shared/run/replay-report.ts';
import { listRequestChanges } from '#shared/run/request-change.ts';
import type { RunState } from '#shared/run/state.ts';
import { toAttemptOf } from '#shared/run/walk-attempts.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { compareEvents, toDivergence, toFrameOf, toNodePart } from './replay-compare.ts';
import { createSentRequests, findNearestModelCall, findNearestToolCall } from './replay-requests.ts';
import { type ReplayScript, toKey, toNodeOf, toOwner } from './replay-script.ts';

/** Lays what a replay records beside what the journal has, and writes down where they differ. */
export interface ReplayLedger {
  /** Takes an event that the replay has recorded. `state` is the replay's just before. */
  note(event: RunEvent, state: RunState): void;
  isMatched(event: RunEvent): boolean;
  noteMissingModelCall(frame: string, request: ModelRequest): void;
  noteMissingToolCall(frame: string, tool: string, args: JsonValue): void;
  /** A bug or refusal that ends the replay. */
  noteFault(message: string): void;
  /** The host died at this event: what came after it in the replay alone never was. */
  cutAt(seq: number): void;
  isDiverged(): boolean;
  readonly approvalFrames: Map<string, string>;
  /** Everything written down, in the order of the journal, without what only follows from something else. */
  close(options: { readonly hasEnded: boolean }): {
    readonly divergences: readonly Divergence[];
    readonly unreached: readonly string[];
    readonly replayed: number;
  };
}

const mostDivergences = 1_000;

export function createReplayLedger(
  script: ReplayScript,
  followed: { readonly workflow: WorkflowDocument; readonly subworkflows: Readonly<Record<string, WorkflowDocument>> },
  head: () => RunEvent,
): ReplayLedger {
  const matched = new Set<number>();
  const differing = new Set<number>();
  let found: { readonly at: number; readonly divergence: Divergence }[] = [];
  let extras: { readonly event: RunEvent; readonly at: number }[] = [];
  const stuck = new Set<string>();
  const approvalFrames = new Map<string, string>();
  const recordedRequests = createSentRequests();
  for (const { frame, started } of script.models.values()) recordedRequests.add(frame, started.data.request);
  const replayedRequests = createSentRequests();
  const changedNodes = new WeakMap<WorkflowNode, boolean>();

  function write(divergence: Divergence, at = divergence.seq ?? head().seq): void {
    if (found.length < mostDivergences) found.push({ at, divergence });
  }

  function noteRequest(event: RunEvent): void {
    if (event.type === 'modelCall.started') replayedRequests.add(event.data.frame, event.data.request);
    if (event.type === 'approval.requested') approvalFrames.set(event.data.approvalId, event.data.frame);
  }

  function explain(recorded: RunEvent, replayed: RunEvent, state: RunState): Divergence | undefined {
    const node = findNode(state, toNodeOf(recorded));
    const difference = compareEvents(recorded, replayed, {
      isChanged: node !== undefined && isChanged(node, toNodeOf(recorded)),
      kind: node?.kind,
    });
    if (difference === undefined) return undefined;
    if (recorded.type !== 'modelCall.started' || replayed.type !== 'modelCall.started')
      return toDivergence(recorded, difference, { seq: recorded.seq, message: toMessage(recorded, difference.class) });
    const { frame } = recorded.data;
    const [before, after] = [recordedRequests.whole(frame), replayedRequests.whole(frame)];
    const changes = before === undefined || after === undefined ? [] : listRequestChanges(before, after);
    const isModel = changes[0]?.part === 'model';
    const what = changes.map(({ label }) => label).join(', ') || 'the request';
    return toDivergence(
      recorded,
      { class: isModel ? 'model' : 'prompt', recorded: null, replayed: null },
      { seq: recorded.seq, message: `What the model is asked differs: ${what}.`, changes },
    );
  }

  /** Whether the recorded document says something else about this node. */
  function isChanged(node: WorkflowNode, address: string | null): boolean {
    const known = changedNodes.get(node);
    if (known !== undefined) return known;
    const { started } = script;
    const documents = address?.includes('/') === true ? Object.values(started.subworkflows) : [started.workflow];
    const before = documents.flatMap(({ nodes }) => nodes.filter(({ id }) => id === node.id));
    const changed = !before.some((candidate) => toCanonicalJson(toNodePart(candidate)) === toCanonicalJson(toNodePart(node)));
    changedNodes.set(node, changed);
    return changed;
  }

  function noteMissing(frame: string, make: (known: Divergence | undefined) => Divergence): void {
    stuck.add(toAttemptOf(frame));
    const index = found.findLastIndex(({ divergence }) => divergence.frame === frame);
    const known = found[index];
    const divergence = make(known?.divergence);
    if (known === undefined) write(divergence);
    else found[index] = { at: known.at, divergence };
  }

  return {
    approvalFrames,
    isMatched: ({ seq }) => matched.has(seq),
    isDiverged: () => found.length > 0,
    note(event, state) {
      noteRequest(event);
      if (isIgnored(event)) return;
      const recorded = script.byKey.get(toKey(event, approvalFrames))?.find(({ seq }) => !matched.has(seq));
      if (recorded === undefined) {
        // Told to go on just as it came to rest: a moment decides.
        if (event.type === 'run.interrupted') return;
        extras.push({ event, at: head().seq });
        return;
      }
      matched.add(recorded.seq);
      const divergence = explain(recorded, event, state);
      if (divergence === undefined) return;
      differing.add(recorded.seq);
      write(divergence);
    },
    noteMissingModelCall(frame, request) {
      const nearest = findNearestModelCall(script, recordedRequests, frame, request);
      noteMissing(frame, (known) => ({
        ...(known ??
          toMissing('prompt', frame, `The journal has no answer to what ${request.model} is asked here.`, {
            frame,
            changes: nearest?.changes,
          })),
        isMissing: true,
        nearest,
      }));
    },
    noteMissingToolCall(frame, tool, args) {
      const nearest = findNearestToolCall(script, frame, tool, args);
      noteMissing(frame, (known) => ({
        ...(known ?? {
          ...toMissing('toolArguments', frame, `The journal has no result of ${tool} with these arguments.`, {
            frame,
            changes: nearest?.changes,
          }),
          replayed: args,
        }),
        isMissing: true,
        nearest,
      }));
    },
    noteFault(message) {
      write({ ...toMissing('value', '', `The replay stopped: ${message}`, { frame: '' }), node: null });
    },
    cutAt(seq) {
      extras = [];
      for (const later of matched) if (later > seq) matched.delete(later);
      for (const later of differing) if (later > seq) differing.delete(later);
      found = found.filter(({ divergence }) => divergence.seq === null || divergence.seq <= seq);
      // What ran ahead of the crash asks again when it is taken up, if it is.
      if (found.every(({ divergence }) => divergence.seq === null)) {
        found = [];
        stuck.clear();
      }
    },
    close({ hasEnded }) {
      const lost = script.events.filter((event) => !matched.has(event.seq) && event.type !== 'run.started' && !isIgnored(event));
      const unreached = lost.flatMap((event) => (event.type === 'node.started' ? [`${event.data.node}#${event.data.attempt}`] : []));
      if (hasEnded) noteExtras();
      noteLost(lost, new Set(unreached));
      const divergences = found.toSorted((a, b) => a.at - b.at).map(({ divergence }) => divergence);
      return { divergences, unreached, replayed: script.events.length - lost.length - differing.size };
    },
  };

  /** What the replay did and the journal has not: the first of each attempt, the rest follows from it. */
  function noteExtras(): void {
    const seen = new Set<string>();
    for (const { event, at } of extras) {
      const owner = event.type === 'node.started' ? `${event.data.node}#${event.data.attempt}` : toOwner(event, approvalFrames);
      const place = owner ?? event.type;
      if (seen.has(place) || (owner !== undefined && stuck.has(owner)) || (owner === undefined && (found.length > 0 || seen.size > 0)))
        continue;
      seen.add(place);
      if (found.some(({ divergence }) => divergence.frame !== '' && toAttemptFrameOf(divergence.frame) === place)) continue;
      const isNew = owner !== undefined && !script.attempts.has(owner);
      const name = isNew && hasOtherWorkflow() ? 'workflowChanged' : toExtraClass(event);
      const message = isNew ? `${owner} begins, which the journal has not.` : `${toWords(event)} comes, which the journal has not here.`;
      write({ ...toDivergence(event, { class: name, recorded: null, replayed: event.data as JsonValue }, { seq: null, message }) }, at);
    }
  }

  /** What the journal has and the replay did not come to: where nothing else says why. */
  function noteLost(lost: readonly RunEvent[], unreached: ReadonlySet<string>): void {
    const explained = new Set([...stuck, ...unreached, ...found.map(({ divergence }) => toAttemptFrameOf(divergence.frame))]);
    const isExplained = (event: RunEvent) => {
      const owner = toOwner(event, script.approvalFrames);
      if (owner === undefined) return found.length > 0;
      return explained.has(owner) || [...explained].some((frame) => frame !== '' && owner.startsWith(`${frame}/`));
    };
    for (const event of lost) {
      if (isExplained(event)) continue;
      const owner = toOwner(event, script.approvalFrames);
      if (owner !== undefined) explained.add(owner);
      const message = `${toWords(event)} does not come again.`;
      const name = event.type === 'hook.completed' ? 'hook' : 'order';
      write(toDivergence(event, { class: name, recorded: event.data as JsonValue, replayed: null }, { seq: event.seq, message }));
    }
  }

  function hasOtherWorkflow(): boolean {
    return followed.workflow !== script.started.workflow;
  }
}

function findNode(state: RunState, address: string | null): WorkflowNode | undefined {
  if (address === null) return undefined;
  const { id } = parseAddress(address);
  return findGraph(state, scopeOf(address))?.workflow.nodes.find((node) => node.id === id);
}

/** Texts for people, moves between lanes: nothing follows from them. */
export function isIgnored({ type }: Pick<RunEvent, 'type'>): boolean {
  return type === 'log.written' || type === 'node.moved';
}

function toMissing(
  name: Divergence['class'],
  frame: string,
  message: string,
  { changes = [] }: { readonly frame: string; readonly changes?: Divergence['changes'] | undefined },
): Divergence {
  const node = frame === '' ? null : toNodeOf({ type: 'turn.completed', data: { frame } });
  return {
    class: name,
    frame,
    node,
    seq: null,
    message,
    recorded: null,
    replayed: null,
    diff: [],
    changes,
    isMissing: true,
    nearest: null,
  };
}

/** Of what class it is that something comes which the journal has not. */
function toExtraClass({ type }: RunEvent): Divergence['class'] {
  return type === 'toolCall.requested' ? 'toolArguments' : type === 'hook.completed' ? 'hook' : 'order';
}

function toAttemptFrameOf(frame: string): string {
  return /#\d+/.test(frame.slice(frame.lastIndexOf('/') + 1)) || /\/(?:t\d+|[mcw]\d+)$/.test(frame) ? toAttemptOf(frame) : frame;
}

function toMessage(event: RunEvent, name: Divergence['class']): string {
  switch (name) {
    case 'toolArguments':
      return 'A tool is called with other arguments.';
    case 'time':
      return 'It waits for another time.';
    case 'chance':
      return 'The wait before the next try is none that chance could have given.';
    case 'hook':
      return 'A hook says something else.';
    case 'order':
      return 'What arrived came in another order.';
    default:
      return `${toWords(event)} is not what it was.`;
  }
}

function toWords(event: RunEvent): string {
  const frame = toFrameOf(event);
  return frame === '' ? event.type : `${event.type} at ${frame}`;
}
