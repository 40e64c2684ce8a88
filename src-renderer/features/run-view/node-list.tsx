import { findNodeState } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { isAsking } from './frame-rows.ts';

export interface NodeListProps {
  readonly state: RunState;
  readonly selectedNode: string | null;
  readonly onSelect: (node: string | null) => void;
}

/** The nodes of a run as cards, where no canvas is there to draw them. */
export function NodeList({ state, selectedNode, onSelect }: NodeListProps) {
  return (
    <ul className="grid h-full auto-rows-min grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-3 overflow-y-auto p-4">
      {state.workflow.nodes.map((node) => {
        const nodeState = findNodeState(state, node.id);
        if (nodeState === undefined) return null;
        const status = nodeState.status === 'running' && isAsking(state, node.id) ? 'waiting' : nodeState.status;
        const durationMs = 'endedAtMs' in nodeState ? nodeState.endedAtMs - nodeState.startedAtMs : null;
        return (
          <li key={node.id}>
            <button
              type="button"
              aria-pressed={node.id === selectedNode}
              className="flex w-full flex-col gap-2 rounded-lg border border-line bg-surface-2 p-3 text-left shadow-card hover:border-line-strong aria-pressed:border-accent"
              onClick={() => onSelect(node.id === selectedNode ? null : node.id)}
            >
              <span className="flex items-center gap-2">
                <KindIcon kind={node.kind} />
                <span className="min-w-0 flex-1 truncate text-13 font-medium">{node.name || node.id}</span>
                <StatusDot status={status} />
              </span>
              <span className="tabular flex gap-3 text-11 text-ink-2">
                <span>{formatDuration(durationMs)}</span>
                {nodeState.status !== 'pending' && nodeState.usage.modelCalls > 0 && (
                  <>
                    <span>{formatTokens(nodeState.usage.inputTokens + nodeState.usage.outputTokens)} tok</span>
                    <span>{formatMoney(nodeState.usage.costUsd)}</span>
                  </>
                )}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
