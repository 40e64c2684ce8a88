import { findNodeState, listNodeStates } from '#shared/run/node-states.ts';
import type { AttemptState, CallState, NodeState, RunState } from '#shared/run/state.ts';
import type { Status } from '../../ui/status.ts';

/** A line of the frames tree. `id` is the frame's path; the run itself is `rootFrame`. */
export interface FrameRow {
  readonly id: string;
  readonly depth: number;
  readonly label: string;
  readonly status: Status;
  readonly durationMs: number | null;
  readonly kind: 'run' | 'attempt' | 'turn' | 'model' | 'tool';
  /** The kind of the node, for its icon. */
  readonly nodeKind: string | null;
  readonly isExpanded: boolean | undefined;
}

export const rootFrame = 'run';

/** The frames of a run as a list of visible lines, in order of their start. */
export function toFrameRows(state: RunState, collapsed: ReadonlySet<string>): readonly FrameRow[] {
  const rows: FrameRow[] = [];
  const push = (row: Omit<FrameRow, 'isExpanded'>, hasChildren: boolean): boolean => {
    const isExpanded = hasChildren ? !collapsed.has(row.id) : undefined;
    rows.push({ ...row, isExpanded });
    return isExpanded === true;
  };
  const isOpen = push(
    {
      id: rootFrame,
      depth: 0,
      label: state.workflow.name,
      status: state.status,
      durationMs: toDuration(state.startedAtMs, state.endedAtMs),
      kind: 'run',
      nodeKind: null,
    },
    true,
  );
  if (!isOpen) return rows;

  for (const { attempt, node, id, attempts } of listAttempts(state)) {
    const document = state.workflow.nodes.find((candidate) => candidate.id === id);
    const name = document?.name || id;
    const isLast = attempt.attempt === attempts;
    const isAttemptOpen = push(
      {
        id: attempt.frame,
        depth: 1,
        label: attempts === 1 ? name : `${name} · attempt ${attempt.attempt}`,
        status: toAttemptStatus(state, attempt, node, isLast),
        durationMs: toDuration(attempt.startedAtMs, attempt.endedAtMs),
        kind: 'attempt',
        nodeKind: document?.kind ?? null,
      },
      attempt.turns.length + attempt.calls.length > 0,
    );
    if (!isAttemptOpen) continue;
    for (const call of attempt.calls) push(toCallRow(call, 2), false);
    for (const turn of attempt.turns) {
      const tools = turn.calls.filter((call) => call.type === 'tool').length;
      const isTurnOpen = push(
        {
          id: turn.frame,
          depth: 2,
          label: tools === 0 ? `turn ${turn.turn}` : `turn ${turn.turn} · ${tools} ${tools === 1 ? 'tool' : 'tools'}`,
          status:
            turn.endedAtMs !== null
              ? 'succeeded'
              : attempt.endedAtMs === null
                ? 'running'
                : attempt.error === null
                  ? 'cancelled'
                  : 'failed',
          durationMs: toDuration(turn.startedAtMs, turn.endedAtMs),
          kind: 'turn',
          nodeKind: null,
        },
        turn.calls.length > 0,
      );
      if (isTurnOpen) for (const call of turn.calls) push(toCallRow(call, 3), false);
    }
  }
  return rows;
}

/** What a frame of this path is, in the state: an attempt, a turn or a call. */
export type FoundFrame =
  | { readonly type: 'attempt'; readonly attempt: AttemptState; readonly node: string }
  | { readonly type: 'turn'; readonly turn: AttemptState['turns'][number]; readonly node: string }
  | { readonly type: 'call'; readonly call: CallState; readonly node: string };

/** Finds a frame by its path; undefined when it is not there yet at this moment of the run. */
export function findFrame(state: RunState, path: string): FoundFrame | undefined {
  const [attemptPath] = path.split('/');
  const node = path.split('#')[0] as string;
  const nodeState = findNodeState(state, node);
  if (nodeState === undefined || nodeState.status === 'pending') return undefined;
  const attempt = nodeState.attempts.find((candidate) => candidate.frame === attemptPath);
  if (attempt === undefined) return undefined;
  if (attempt.frame === path) return { type: 'attempt', attempt, node };
  const turn = attempt.turns.find((candidate) => candidate.frame === path);
  if (turn !== undefined) return { type: 'turn', turn, node };
  const call = [...attempt.calls, ...attempt.turns.flatMap((candidate) => candidate.calls)].find((candidate) => candidate.frame === path);
  return call === undefined ? undefined : { type: 'call', call, node };
}

/** The newest attempt of a node, or undefined while it has not started. */
export function findNewestAttempt(state: RunState, node: string): AttemptState | undefined {
  const nodeState = findNodeState(state, node);
  return nodeState === undefined || nodeState.status === 'pending' ? undefined : nodeState.attempts.at(-1);
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

/** True while a person is asked about something in this node. */
export function isAsking(state: RunState, node: string): boolean {
  return Object.values(state.approvals).some((approval) => approval.node === node && approval.decision.type === 'open');
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
  };
}

function listAttempts(
  state: RunState,
): readonly { readonly attempt: AttemptState; readonly node: NodeState; readonly id: string; readonly attempts: number }[] {
  return listNodeStates(state)
    .flatMap(([id, node]) =>
      node.status === 'pending' ? [] : node.attempts.map((attempt) => ({ attempt, node, id, attempts: node.attempts.length })),
    )
    .sort((a, b) => a.attempt.startedSeq - b.attempt.startedSeq);
}

function toAttemptStatus(state: RunState, attempt: AttemptState, node: NodeState, isLast: boolean): Status {
  if (attempt.error !== null) return 'failed';
  if (!isLast) return 'cancelled';
  if (node.status === 'running' && isAsking(state, attempt.frame.split('#')[0] as string)) return 'waiting';
  return node.status;
}

function toDuration(startedAtMs: number | null, endedAtMs: number | null): number | null {
  return startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs;
}

/** The model without its provider: the tree is narrow, the inspector has the whole name. */
function toModelName(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}
