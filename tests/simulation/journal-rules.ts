import { type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import { findKind } from '#shared/nodes/registry.ts';
import { type RunEvent, type RunEventData, runEventSchemas } from '#shared/run/events.ts';
import { parseAddress, parseFrame, scopeOf, toAddress } from '#shared/run/frame.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { toolSpecs } from './simulated-tools.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/**
 * What must be true of every journal, whole or cut off anywhere, said without the help of the reducer and the planner.
 * Gives the first rule that is broken, in words, or undefined.
 */
export function findBrokenRule(events: readonly RunEvent[]): string | undefined {
  const [first] = events;
  if (first?.type !== 'run.started') return first === undefined ? undefined : 'the journal does not begin with run.started';
  const facts: Facts = { events, approvalMode: first.data.approvalMode, ...createNodeFinder(events, first.data) };
  for (const [rule, check] of Object.entries(rules)) {
    const broken = check(facts);
    if (broken !== undefined) return `${rule}: ${broken}`;
  }
  return undefined;
}

interface Facts extends NodeFinder {
  readonly events: readonly RunEvent[];
  readonly approvalMode: string;
}

interface NodeFinder {
  /** The workflow that runs in a scope. */
  documentOf(scope: string): WorkflowDocument | undefined;
  /** The node at an address; undefined also when somebody steered its settings, so that they are not what the workflow says. */
  find(address: string): WorkflowNode | undefined;
}

function createNodeFinder(events: readonly RunEvent[], { workflow, subworkflows }: RunEventData['run.started']): NodeFinder {
  const pathOf = new Map<string, string>();
  const steered = new Set<string>();
  for (const event of events) {
    if (event.type === 'scope.started') pathOf.set(event.data.scope, event.data.workflowPath);
    if (event.type === 'run.steered') for (const change of event.data.changes) if ('node' in change) steered.add(change.node);
  }
  const documentOf = (scope: string) => (scope === '' ? workflow : subworkflows[pathOf.get(scope) ?? '']);
  return {
    documentOf,
    find(address) {
      const { id } = parseAddress(address);
      if (steered.has(id)) return undefined;
      return documentOf(scopeOf(address))?.nodes.find((node) => node.id === id);
    },
  };
}

const rules: Readonly<Record<string, (facts: Facts) => string | undefined>> = {
  'every event parses by its schema': ({ events }) => {
    for (const event of events) {
      const parsed = runEventSchemas[event.type].safeParse(event.data);
      if (!parsed.success)
        return `${event.seq} ${event.type}: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`;
    }
    return undefined;
  },
  'an end is the last event': ({ events }) => {
    const end = events.findIndex(({ type }) => type === 'run.succeeded' || type === 'run.failed' || type === 'run.cancelled');
    return end === -1 || end === events.length - 1 ? undefined : `event ${events[end + 1]?.seq} comes after the end`;
  },
  'no bug is recorded': ({ events }) => {
    const bug = events.find(({ data }) => {
      const error = (data as { error?: { code?: string } | null }).error;
      return error?.code === 'internal.bug' || error?.code === 'run.replayMiss' || error?.code?.startsWith('journal.') === true;
    });
    return bug === undefined ? undefined : `${bug.seq} ${bug.type}: ${JSON.stringify((bug.data as { error?: unknown }).error)}`;
  },
  'a node starts when what leads to it has settled': (facts) => {
    const { events } = facts;
    const settledAt = new Map<string, number>();
    for (const event of events) {
      if (event.type === 'node.started' && event.data.attempt === 1) {
        const late = findUnsettledSource(facts, event.data.node, settledAt);
        if (late !== undefined) return `${event.data.node} at ${event.seq}, before ${late}`;
      }
      if (settlesNode(event)) {
        if (settledAt.has(event.data.node)) return `${event.data.node} settles again at ${event.seq}`;
        settledAt.set(event.data.node, event.seq);
      }
    }
    return undefined;
  },
  'attempts count up to what the policy allows': ({ events, find }) => {
    const attempts = new Map<string, number>();
    for (const event of events) {
      if (event.type !== 'node.started') continue;
      const { node, attempt } = event.data;
      if (attempt !== (attempts.get(node) ?? 0) + 1) return `${node} starts attempt ${attempt} at ${event.seq}`;
      attempts.set(node, attempt);
      const most = find(node)?.policy?.maxAttempts ?? 3;
      if (attempt > most) return `${node} has attempt ${attempt} of ${most}`;
    }
    return undefined;
  },
  'a retry waits until it is due': ({ events }) => {
    const dueAtMs = new Map<string, number>();
    for (const event of events) {
      if (event.type === 'node.failed' && event.data.consequence.type === 'retry')
        dueAtMs.set(event.data.node, event.data.consequence.dueAtMs);
      if (event.type === 'node.started' && event.atMs < (dueAtMs.get(event.data.node) ?? 0)) return `${event.data.node} at ${event.seq}`;
    }
    return undefined;
  },
  'a model is asked again as often and as late as it may be': ({ events, find }) => {
    const requests = new Map<string, { count: number; mayStartAtMs: number | null }>();
    const requestOf = new Map<string, string>();
    for (const event of events) {
      if (event.type === 'modelCall.started') {
        const { frame, requestHash } = event.data;
        const request = `${toParent(frame)} ${requestHash}`;
        requestOf.set(frame, request);
        const { count, mayStartAtMs } = requests.get(request) ?? { count: 0, mayStartAtMs: 0 };
        const most = find(parseFrame(frame).node)?.policy?.maxAttempts ?? 3;
        if (count >= most) return `${frame} is try ${count + 1} of ${most}`;
        if (mayStartAtMs === null || event.atMs < mayStartAtMs) return `${frame} is asked again too early`;
        requests.set(request, { count: count + 1, mayStartAtMs });
      }
      if (event.type !== 'modelCall.failed') continue;
      const { frame, error, retryAtMs } = event.data;
      if (retryAtMs !== null && retryAtMs < event.atMs + (error.retryAfterMs ?? 0)) return `${frame} does not wait for its Retry-After`;
      const request = requestOf.get(frame) ?? '';
      requests.set(request, { count: requests.get(request)?.count ?? 1, mayStartAtMs: retryAtMs });
    }
    return undefined;
  },
  'a call goes from asked for to its end, once': ({ events }) => {
    const phases = new Map<string, string>();
    for (const event of events) {
      const next = callPhases[event.type];
      if (next === undefined) continue;
      const { frame } = event.data as { frame: string };
      const before = phases.get(frame) ?? 'none';
      if (!next.from.includes(before)) return `${event.type} of ${frame} at ${event.seq} after ${before}`;
      phases.set(frame, next.to);
    }
    return undefined;
  },
  'nothing takes effect that a person should have been asked about': ({ events, find }) => {
    const consents = new Map<string, { asked: JsonValue; granted: JsonValue | undefined }>();
    const frames = new Map<string, string>();
    for (const event of events) {
      if (event.type === 'approval.requested' && event.data.subject.type === 'toolCall') {
        frames.set(event.data.approvalId, event.data.subject.callFrame);
        consents.set(event.data.subject.callFrame, { asked: event.data.subject.arguments, granted: undefined });
      }
      if (event.type === 'approval.granted') {
        const frame = frames.get(event.data.approvalId);
        const consent = frame === undefined ? undefined : consents.get(frame);
        if (frame !== undefined && consent !== undefined) consents.set(frame, { ...consent, granted: event.data.value });
      }
      if (event.type === 'approval.requested' && event.data.subject.type === 'outcomeUnknown') {
        const { callFrame, arguments: asked } = event.data.subject;
        frames.set(event.data.approvalId, callFrame);
        consents.set(callFrame, consents.get(callFrame) ?? { asked, granted: undefined });
      }
      if (event.type === 'approval.resolved' && event.data.decision.type === 'retry') {
        // Whoever says that it shall be done again has agreed to it: a fork takes over the doubt, but not the consent.
        const frame = frames.get(event.data.approvalId) ?? '';
        const consent = consents.get(frame);
        if (consent !== undefined) consents.set(frame, { ...consent, granted: consent.granted ?? consent.asked });
      }
      if (event.type !== 'toolCall.started') continue;
      const { frame, tool, arguments: args } = event.data;
      if (!mustAsk(find(parseFrame(frame).node), tool)) continue;
      const granted = consents.get(frame)?.granted;
      if (granted === undefined) return `${tool} at ${event.seq} (${frame})`;
      if (toCanonicalJson(granted) !== toCanonicalJson(args)) return `${tool} at ${event.seq} with other arguments than agreed`;
    }
    return undefined;
  },
  'a question is answered once': ({ events }) => {
    const answered = new Set<string>();
    for (const event of events) {
      if (event.type !== 'approval.granted' && event.type !== 'approval.denied' && event.type !== 'approval.resolved') continue;
      if (answered.has(event.data.approvalId)) return `${event.data.approvalId} again at ${event.seq}`;
      answered.add(event.data.approvalId);
    }
    return undefined;
  },
  'a hook is asked once about one thing': ({ events }) => {
    const asked = new Set<string>();
    for (const event of events) {
      if (event.type !== 'hook.completed') continue;
      const { frame, point, ordinal, hook } = event.data;
      const question = `${hook} ${point} ${frame} ${ordinal}`;
      if (asked.has(question)) return `${question} again at ${event.seq}`;
      asked.add(question);
    }
    return undefined;
  },
  'keys tell calls apart': ({ events }) => {
    const owners = new Map<string, string>();
    for (const event of events) {
      if (event.type !== 'toolCall.started') continue;
      const { frame, idempotencyKey } = event.data;
      const before = owners.get(idempotencyKey);
      if (before !== undefined && before !== frame && withoutAttempts(before) !== withoutAttempts(frame)) {
        return `${before} and ${frame} have the key ${idempotencyKey}`;
      }
      if (before !== undefined && before !== frame && parseFrame(before).attempt === parseFrame(frame).attempt) {
        return `${before} and ${frame} of one attempt have the key ${idempotencyKey}`;
      }
      owners.set(idempotencyKey, frame);
    }
    return undefined;
  },
  'nothing starts after the run was asked to stop': ({ events }) => {
    const stop = events.findIndex((event) => event.type === 'run.cancelRequested');
    const isUndoing = (address: string) => parseAddress(address).id.startsWith('undo_');
    const late = stop === -1 ? undefined : events.slice(stop).find((event) => event.type === 'node.started' && !isUndoing(event.data.node));
    return late === undefined ? undefined : `${late.type} at ${late.seq}`;
  },
  'a graph that succeeds has settled every node': ({ events, documentOf }) => {
    const settled = new Set(events.filter(settlesNode).map(({ data }) => data.node));
    for (const event of events) {
      if (event.type !== 'run.succeeded' && event.type !== 'scope.succeeded') continue;
      const scope = event.type === 'scope.succeeded' ? event.data.scope : '';
      const document = documentOf(scope);
      const undoing = new Set(document?.nodes.map(({ compensation }) => compensation));
      const open = document?.nodes.find((node) => isExecutable(node) && !undoing.has(node.id) && !settled.has(toAddress(scope, node.id)));
      if (open !== undefined) return `${toAddress(scope, open.id)} never settled`;
    }
    return undefined;
  },
  'what was done is undone from the last to the first, once each': ({ events, find }) => {
    const doneAt = new Map<string, number>();
    const undone = new Map<string, number>();
    const sagas: { scope: string; lastDoneAt: number }[] = [];
    for (const event of events) {
      if (event.type === 'node.succeeded') {
        const compensation = find(event.data.node)?.compensation;
        if (compensation !== undefined) doneAt.set(toAddress(scopeOf(event.data.node), compensation), event.seq);
      }
      if (event.type === 'saga.started') sagas.push({ scope: event.data.scope, lastDoneAt: Number.POSITIVE_INFINITY });
      if (event.type !== 'node.started' || event.data.attempt !== 1 || !doneAt.has(event.data.node)) continue;
      const { node } = event.data;
      const at = doneAt.get(node) ?? 0;
      const saga = sagas.findLast(({ scope }) => scope === '' || node.startsWith(`${scope}/`));
      if (saga === undefined) return `${node} undoes at ${event.seq}, though nobody asked for it`;
      if (undone.has(node)) return `${node} undoes again at ${event.seq}`;
      if (at > saga.lastDoneAt) return `${node} undoes at ${event.seq} what was done after what was undone before`;
      undone.set(node, event.seq);
      saga.lastDoneAt = at;
    }
    return undefined;
  },
  'a wait ends when it is due': ({ events }) => {
    const dueAtMs = new Map<string, number>();
    for (const event of events) {
      if (event.type === 'timer.started') dueAtMs.set(event.data.frame, event.data.dueAtMs);
      if (event.type === 'timer.fired' && event.atMs < (dueAtMs.get(event.data.frame) ?? Number.POSITIVE_INFINITY)) {
        return `${event.data.frame} at ${event.seq}`;
      }
    }
    return undefined;
  },
  'a map has no more items at work than it may': ({ events, find }) => {
    const open = new Map<string, number>();
    for (const event of events) {
      if (event.type === 'scope.started') {
        const opener = event.data.scope.slice(0, event.data.scope.lastIndexOf('/'));
        const most = find(parseFrame(opener).node)?.config.parallel;
        open.set(opener, (open.get(opener) ?? 0) + 1);
        if (typeof most === 'number' && (open.get(opener) ?? 0) > most)
          return `${event.data.scope} is item ${open.get(opener)} of ${most} at once`;
      }
      if (event.type === 'scope.succeeded' || event.type === 'scope.failed' || event.type === 'scope.cancelled') {
        const opener = event.data.scope.slice(0, event.data.scope.lastIndexOf('/'));
        open.set(opener, (open.get(opener) ?? 0) - 1);
      }
    }
    return undefined;
  },
  'nothing starts while the run is interrupted': ({ events }) => {
    let isInterrupted = false;
    for (const { type, seq } of events) {
      if (type === 'run.interrupted') isInterrupted = true;
      if (type === 'run.continued') isInterrupted = false;
      if (isInterrupted && (type === 'node.started' || type === 'modelCall.started' || type === 'toolCall.started'))
        return `${type} at ${seq}`;
    }
    return undefined;
  },
  'agents keep within their turns': ({ events, find }) => {
    const over = events.find((event) => {
      if (event.type !== 'turn.started') return false;
      const most = find(parseFrame(event.data.frame).node)?.config.maxTurns;
      return typeof most === 'number' && event.data.turn > most;
    });
    return over === undefined ? undefined : `event ${over.seq}`;
  },
};

const callPhases: Readonly<Partial<Record<RunEvent['type'], { readonly from: readonly string[]; readonly to: string }>>> = {
  'modelCall.started': { from: ['none'], to: 'model' },
  'modelCall.completed': { from: ['model'], to: 'ended' },
  'modelCall.failed': { from: ['model'], to: 'ended' },
  'toolCall.requested': { from: ['none'], to: 'requested' },
  // Done again only when nobody knew what became of it.
  'toolCall.started': { from: ['requested', 'unknown'], to: 'started' },
  // A fork takes over the doubt about a call that its origin had begun.
  'toolCall.outcomeUnknown': { from: ['requested', 'started'], to: 'unknown' },
  'toolCall.completed': { from: ['started', 'unknown'], to: 'ended' },
  'toolCall.failed': { from: ['requested', 'started', 'unknown'], to: 'ended' },
};

type Settling = EventOf<'node.succeeded' | 'node.skipped' | 'node.cancelled' | 'node.failed'>;

function settlesNode(event: RunEvent): event is Settling {
  if (event.type === 'node.failed') return event.data.consequence.type !== 'retry';
  return event.type === 'node.succeeded' || event.type === 'node.skipped' || event.type === 'node.cancelled';
}

/** A source in the same graph that has not settled though this node had to wait for it. */
function findUnsettledSource({ find, documentOf }: NodeFinder, address: string, settled: ReadonlyMap<string, number>): string | undefined {
  const node = find(address);
  const scope = scopeOf(address);
  if (node === undefined || findKind(node.kind)?.startsOnFirst?.(node.config) === true) return undefined;
  const sources = documentOf(scope)?.edges.flatMap((edge) => (edge.to.node === node.id ? [toAddress(scope, edge.from.node)] : [])) ?? [];
  return sources.find((source) => !settled.has(source));
}

function isExecutable(node: WorkflowNode): boolean {
  return findKind(node.kind)?.isExecutable === true;
}

function mustAsk(node: WorkflowNode | undefined, tool: string): boolean {
  if (node === undefined || node.kind === 'code') return false;
  const rule = node.kind === 'tool' ? node.config.approval : listTools(node).find(({ name }) => name === tool)?.approval;
  return rule === 'always' || ((rule ?? 'default') === 'default' && toolSpecs[tool]?.approval === 'always');
}

function listTools(node: WorkflowNode): readonly { readonly name: string; readonly approval?: string }[] {
  return (node.config.tools ?? []) as unknown as readonly { readonly name: string; readonly approval?: string }[];
}

function toParent(frame: string): string {
  return frame.slice(0, frame.lastIndexOf('/'));
}

/** The same place in any attempt. */
function withoutAttempts(frame: string): string {
  return parseFrame(frame).node.replaceAll(/#\d+/g, '#');
}
