import { openerOf, parseFrame } from '#shared/run/frame.ts';
import { attemptsOf, findGraph, findNodeState, type GraphView, listNodeStates, viewScope } from '#shared/run/node-states.ts';
import type { AttemptState, CallState, NodeState, RunState, ScopeState, WaitState } from '#shared/run/state.ts';
import { toScopeWords } from '../../state/scope-words.ts';
import { toRunStatus, toWaitingStatus } from '../../state/waiting-status.ts';
import type { Status } from '../../ui/status.ts';

/** A line of the frames tree. `id` is the frame's or scope's path; the run itself is `rootFrame`. */
export interface FrameRow {
  readonly id: string;
  readonly depth: number;
  readonly label: string;
  readonly status: Status;
  readonly durationMs: number | null;
  readonly kind: 'run' | 'attempt' | 'scope' | 'more' | 'turn' | 'model' | 'tool' | 'wait';
  /** The kind of the node, for its icon. */
  readonly nodeKind: string | null;
  /** Set for calls: whether the answer comes from the run that this one was forked from. */
  readonly isTakenOver?: boolean;
  readonly isExpanded: boolean | undefined;
}

export const rootFrame = 'run';

/** Scopes of one attempt in the tree; all of them are in the list of items. */
const mostScopes = 20;

/**
 * The frames of a run as a list of visible lines, in order of their start. `toggled` are the rows that are not as they begin:
 * scopes begin closed, everything else open. `shownScope` is among the rows in any case.
 */
export function toFrameRows(state: RunState, toggled: ReadonlySet<string>, shownScope = ''): readonly FrameRow[] {
  const rows: FrameRow[] = [];
  const push = (row: Omit<FrameRow, 'isExpanded'>, hasChildren: boolean): boolean => {
    const isExpanded = hasChildren ? toggled.has(row.id) === (row.kind === 'scope') : undefined;
    // Of a run that is held nothing is at work, also what has begun.
    const status = row.status === 'running' && state.status === 'interrupted' ? state.status : row.status;
    rows.push({ ...row, status, isExpanded });
    return isExpanded === true;
  };
  const root: Omit<FrameRow, 'isExpanded'> = {
    id: rootFrame,
    depth: 0,
    label: state.workflow.name,
    status: toRunStatus(state),
    durationMs: toDuration(state.startedAtMs, state.endedAtMs),
    kind: 'run',
    nodeKind: null,
  };
  if (push(root, true)) pushGraph(state, 1);
  return rows;

  function pushGraph(graph: GraphView, depth: number): void {
    for (const entry of listAttempts(graph)) pushAttempt(graph, entry, depth);
  }

  function pushAttempt(graph: GraphView, { attempt, node, id, attempts }: AttemptEntry, depth: number): void {
    const document = graph.workflow.nodes.find((candidate) => candidate.id === id);
    const name = document?.name || id;
    const isOpen = push(
      {
        id: attempt.frame,
        depth,
        label: attempts === 1 ? name : `${name} · attempt ${attempt.attempt}`,
        status: toAttemptStatus(attempt, node, attempt.attempt === attempts),
        durationMs: toDuration(attempt.startedAtMs, attempt.endedAtMs),
        kind: 'attempt',
        nodeKind: document?.kind ?? null,
      },
      attempt.turns.length + attempt.calls.length + attempt.scopes.length + attempt.waits.length > 0,
    );
    if (!isOpen) return;
    for (const call of attempt.calls) push(toCallRow(call, depth + 1), false);
    for (const wait of attempt.waits) push(toWaitRow(wait, depth + 1), false);
    for (const turn of attempt.turns) {
      if (push(toTurnRow(attempt, turn, depth + 1), turn.calls.length > 0))
        for (const call of turn.calls) push(toCallRow(call, depth + 2), false);
    }
    pushScopes(attempt, depth + 1);
  }

  function pushScopes(attempt: AttemptState, depth: number): void {
    const shown = toShownScopes(attempt.scopes, shownScope);
    for (const scope of shown) {
      const isOpen = push(toScopeRow(state, scope, depth), true);
      if (isOpen) pushGraph(viewScope(state, scope), depth + 1);
    }
    const hidden = attempt.scopes.length - shown.length;
    if (hidden === 0) return;
    push(
      {
        id: `${attempt.frame}${moreMark}`,
        depth,
        label: `${hidden.toLocaleString()} more in the list of items`,
        status: 'pending',
        durationMs: null,
        kind: 'more',
        nodeKind: null,
      },
      false,
    );
  }
}

const moreMark = '/…';

/** The attempt whose further scopes a row stands for; undefined for every other row. */
export function toAttemptOfMore(rowId: string): string | undefined {
  return rowId.endsWith(moreMark) ? rowId.slice(0, -moreMark.length) : undefined;
}

/** What is looked at, what failed and what is at work first, then the others, at most as many as the tree takes, by index. */
function toShownScopes(scopes: readonly ScopeState[], shownScope: string): readonly ScopeState[] {
  if (scopes.length <= mostScopes) return scopes;
  const isShown = ({ path }: ScopeState) => shownScope === path || shownScope.startsWith(`${path}/`);
  const isUrgent = (scope: ScopeState) => scope.status !== 'succeeded' && !isShown(scope);
  const rest = scopes.filter((scope) => !isShown(scope) && !isUrgent(scope));
  return [...scopes.filter(isShown), ...scopes.filter(isUrgent), ...rest].slice(0, mostScopes).sort((a, b) => a.index - b.index);
}

/** What a path is in the state: an attempt, a turn, a call, a wait or a scope. */
export type FoundFrame =
  | { readonly type: 'attempt'; readonly attempt: AttemptState; readonly node: string }
  | { readonly type: 'turn'; readonly turn: AttemptState['turns'][number]; readonly attempt: AttemptState; readonly node: string }
  | { readonly type: 'call'; readonly call: CallState; readonly node: string };

/** Finds a frame by its path; undefined when it is not there yet at this moment of the run. A wait stands for its attempt. */
export function findFrame(state: RunState, path: string): FoundFrame | undefined {
  const frame = parseFrame(path);
  const { node } = frame;
  const attempt = attemptsOf(findNodeState(state, node))[frame.attempt - 1];
  if (attempt === undefined) return undefined;
  if (frame.turn === null && (frame.call === null || frame.call.startsWith('w'))) return { type: 'attempt', attempt, node };
  const turn = attempt.turns.find((candidate) => candidate.turn === frame.turn);
  if (frame.call === null) return turn === undefined ? undefined : { type: 'turn', turn, attempt, node };
  const call = (frame.turn === null ? attempt.calls : (turn?.calls ?? [])).find((candidate) => candidate.frame === path);
  return call === undefined ? undefined : { type: 'call', call, node };
}

/** The newest attempt of the node at an address, or undefined while it has not started. */
export function findNewestAttempt(state: RunState, node: string): AttemptState | undefined {
  return attemptsOf(findNodeState(state, node)).at(-1);
}

/** The attempt that opened a scope. */
export function findOpener(state: RunState, scope: string): AttemptState | undefined {
  const { node, attempt } = openerOf(scope);
  return attemptsOf(findNodeState(state, node))[attempt - 1];
}

/** The document of the node at an address. */
export function findNodeDocument(state: RunState, address: string): GraphView['workflow']['nodes'][number] | undefined {
  const end = address.lastIndexOf('/');
  const id = address.slice(end + 1);
  return findGraph(state, end === -1 ? '' : address.slice(0, end))?.workflow.nodes.find((node) => node.id === id);
}

/** How a call stands, as a dot shows it. */
export function toCallStatus(call: CallState): Status {
  switch (call.outcome.type) {
    case 'pending':
    case 'started':
      return 'running';
    case 'requested':
      return call.type === 'tool' && call.approvalId !== null ? 'waiting' : 'pending';
    case 'unknown':
      return 'unknown';
    case 'completed':
      return 'succeeded';
    case 'failed':
      return call.outcome.error.code === 'run.cancelled' ? 'cancelled' : 'failed';
  }
}

/** How a scope stands: what it undoes shows before what it came to, and that it only waits for another try before that it is at work. */
export function toScopeStatus(scope: ScopeState): Status {
  if (scope.endedAtMs === null && scope.saga?.status === 'compensating') return 'compensating';
  return scope.status === 'running' && findRetry(scope) !== undefined ? 'retrying' : scope.status;
}

/** The node whose next try a scope waits for; undefined while another one is at work there. */
export function findRetry({ nodes }: ScopeState): Extract<NodeState, { status: 'retrying' }> | undefined {
  return nodes.some(({ status }) => status === 'running') ? undefined : nodes.find((node) => node.status === 'retrying');
}

/** How the node at an address stands, as a dot shows it: `waiting` while a person or a signal is asked. */
export function toNodeStatus(node: NodeState): Status {
  return node.status === 'running' ? (toWaitingStatus(attemptsOf(node).at(-1)) ?? 'running') : node.status;
}

function toScopeRow(state: RunState, scope: ScopeState, depth: number): Omit<FrameRow, 'isExpanded'> {
  return {
    id: scope.path,
    depth,
    label: toScopeWords(state, scope.path),
    status: toScopeStatus(scope),
    durationMs: toDuration(scope.startedAtMs, scope.endedAtMs),
    kind: 'scope',
    nodeKind: null,
  };
}

function toTurnRow(attempt: AttemptState, turn: AttemptState['turns'][number], depth: number): Omit<FrameRow, 'isExpanded'> {
  const tools = turn.calls.filter((call) => call.type === 'tool').length;
  return {
    id: turn.frame,
    depth,
    label: tools === 0 ? `turn ${turn.turn}` : `turn ${turn.turn} · ${tools} ${tools === 1 ? 'tool' : 'tools'}`,
    status:
      turn.endedAtMs !== null ? 'succeeded' : attempt.endedAtMs === null ? 'running' : attempt.error === null ? 'cancelled' : 'failed',
    durationMs: toDuration(turn.startedAtMs, turn.endedAtMs),
    kind: 'turn',
    nodeKind: null,
  };
}

function toCallRow(call: CallState, depth: number): Omit<FrameRow, 'isExpanded'> {
  return {
    id: call.frame,
    depth,
    label: call.type === 'model' ? toModelName(call.request.model) : call.tool,
    status: toCallStatus(call),
    durationMs: toDuration(call.startedAtMs, call.endedAtMs),
    kind: call.type,
    nodeKind: null,
    isTakenOver: call.outcome.type === 'completed' && call.outcome.reusedFrom !== undefined,
  };
}

function toWaitRow(wait: WaitState, depth: number): Omit<FrameRow, 'isExpanded'> {
  const isOpen = wait.outcome.type === 'open' && wait.endedAtMs === null;
  return {
    id: wait.frame,
    depth,
    label: wait.signal === null ? 'timer' : `signal ${wait.signal}`,
    status: isOpen ? (wait.signal === null ? 'running' : 'awaitingSignal') : wait.outcome.type === 'open' ? 'cancelled' : 'succeeded',
    durationMs: toDuration(wait.startedAtMs, wait.endedAtMs),
    kind: 'wait',
    nodeKind: null,
  };
}

interface AttemptEntry {
  readonly attempt: AttemptState;
  readonly node: NodeState;
  readonly id: string;
  readonly attempts: number;
}

function listAttempts(graph: GraphView): readonly AttemptEntry[] {
  return listNodeStates(graph)
    .flatMap(([id, node]) => {
      const attempts = attemptsOf(node);
      return attempts.map((attempt) => ({ attempt, node, id, attempts: attempts.length }));
    })
    .sort((a, b) => a.attempt.startedSeq - b.attempt.startedSeq);
}

function toAttemptStatus(attempt: AttemptState, node: NodeState, isLast: boolean): Status {
  if (attempt.error !== null) return 'failed';
  if (!isLast) return 'cancelled';
  return toNodeStatus(node);
}

function toDuration(startedAtMs: number | null, endedAtMs: number | null): number | null {
  return startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs;
}

/** The model without its provider: the tree is narrow, the inspector has the whole name. */
function toModelName(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}
