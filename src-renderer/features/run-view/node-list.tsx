import { toAddress } from '#shared/run/frame.ts';
import { type GraphView, nodeIn } from '#shared/run/node-states.ts';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { toNodeStatus } from './frame-rows.ts';

export interface NodeListProps {
  readonly graph: GraphView;
  readonly scope: string;
  /** An address. */
  readonly selectedNode: string | null;
  readonly onSelect: (node: string | null) => void;
}

/** The nodes of a graph as cards, where no canvas is there to draw them. */
export function NodeList({ graph, scope, selectedNode, onSelect }: NodeListProps) {
  return (
    <ul className="grid h-full auto-rows-min grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-3 overflow-y-auto p-4">
      {graph.workflow.nodes.map((node) => {
        const nodeState = nodeIn(graph, node.id);
        if (nodeState === undefined) return null;
        const address = toAddress(scope, node.id);
        const status = toNodeStatus(nodeState);
        const durationMs = 'endedAtMs' in nodeState ? nodeState.endedAtMs - nodeState.startedAtMs : null;
        return (
          <li key={node.id}>
            <button
              type="button"
              aria-pressed={address === selectedNode}
              className="flex w-full flex-col gap-2 rounded-lg border border-line bg-surface-2 p-3 text-left shadow-card hover:border-line-strong aria-pressed:border-accent"
              onClick={() => onSelect(address === selectedNode ? null : address)}
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
