import { toEdgeState } from '#shared/run/deliveries.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import type { NodeState, RunState } from '#shared/run/state.ts';
import type { WorkflowEdge } from '#shared/workflow/document.ts';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import type { Status } from '../../ui/status.ts';

/** What a run did at a node, as its card shows it. */
export interface RunCard {
  readonly status: Status;
  /** Since when it works, when it does; the card then counts. */
  readonly startedAtMs: number | null;
  /** What it came to: duration, tokens, cost; or why nothing did. */
  readonly figures: readonly string[];
  /** The last words of the model that speaks, on one line. */
  readonly snippet: string | null;
}

/** The card of a node in a run. */
export function toRunCard(run: RunState, node: string, liveText: string | undefined): RunCard {
  const state = findNodeState(run, node) ?? { status: 'pending' };
  const status = toStatus(run, node, state);
  return {
    status,
    startedAtMs: state.status === 'running' ? state.startedAtMs : null,
    figures: toFigures(state),
    snippet: liveText === undefined || state.status !== 'running' ? null : toSnippet(liveText),
  };
}

/** How far a value has come along an edge. */
export type EdgeProgress = 'idle' | 'flowing' | 'taken' | 'skipped';

/** `flowing` while the model at its beginning speaks. */
export function toEdgeProgress(run: RunState, edge: WorkflowEdge, streamingNodes: ReadonlySet<string>): EdgeProgress {
  const state = toEdgeState(run, edge);
  if (state.type === 'delivered') return 'taken';
  if (state.type === 'skipped') return 'skipped';
  return streamingNodes.has(edge.from.node) ? 'flowing' : 'idle';
}

/** Nodes that wait for a person say so; a node in a run that was stopped is not running any more. */
function toStatus(run: RunState, node: string, state: NodeState): Status {
  if (state.status === 'running') {
    const open = Object.values(run.approvals).filter((approval) => approval.node === node && approval.decision.type === 'open');
    if (open.some((approval) => approval.subject.type === 'outcomeUnknown')) return 'unknown';
    if (open.length > 0) return 'waiting';
    if (run.status === 'cancelling') return 'cancelling';
  }
  return state.status;
}

function toFigures(state: NodeState): readonly string[] {
  switch (state.status) {
    case 'pending':
      return ['not reached yet'];
    case 'skipped':
      return [skippedWords[state.reason] ?? 'skipped'];
    case 'running':
    case 'retrying': {
      const turn = state.attempts.at(-1)?.turns.at(-1)?.turn;
      return [...(turn === undefined ? [] : [`turn ${turn}`]), ...toUsage(state)];
    }
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return [formatDuration(state.endedAtMs - state.startedAtMs), ...toUsage(state)];
  }
}

function toUsage({ usage }: Exclude<NodeState, { status: 'pending' }>): readonly string[] {
  if (usage.modelCalls === 0) return [];
  return [`${formatTokens(usage.inputTokens + usage.outputTokens)} tok`, formatMoney(usage.costUsd)];
}

const skippedWords: Readonly<Record<string, string>> = {
  branchNotTaken: 'skipped, way not taken',
  upstreamSkipped: 'skipped, nothing came',
  disabled: 'skipped, disabled',
};

function toSnippet(text: string): string {
  return text.slice(-160).replace(/\s+/g, ' ').trim().slice(-80);
}
