import { ReactFlowProvider } from '@xyflow/react';
import { useCallback, useMemo, useState } from 'react';
import { parseFrame, scopeOf, toAddress } from '#shared/run/frame.ts';
import type { Position } from '#shared/workflow/document.ts';
import type { PanelProps } from '../../app/panels.ts';
import { type FollowedRun, useFollowedRuns } from '../../state/followed-runs.ts';
import { CanvasFrame } from './canvas-frame.tsx';
import type { Surroundings } from './flow-elements.ts';
import { createRunCards, type RunCard, toEdgeProgress } from './run-card.ts';
import { toUndoOrder } from './undo-order.ts';
import { useCanvasElements } from './use-canvas-elements.ts';
import { applySelection } from './use-flow-selection.ts';

const noText: FollowedRun['liveText'] = {};
const nothingDragged: ReadonlyMap<string, Position> = new Map();
const noEdges: ReadonlySet<string> = new Set();

/** A graph of a run as it stood, with what happened at each node: read-only. Nodes that opened scopes can be entered. */
export function RunCanvas(props: PanelProps['run-canvas']) {
  return (
    <ReactFlowProvider>
      <Run {...props} />
    </ReactFlowProvider>
  );
}

function Run({ runKey, state, graph, scope, streamingNodes, selectedNode, onSelectNode, onEnterNode }: PanelProps['run-canvas']) {
  const liveText = useFollowedRuns((store) => store.byKey[runKey]?.liveText ?? noText);
  const { workflow } = graph;
  const selectedId =
    selectedNode !== null && scopeOf(selectedNode) === scope ? selectedNode.slice(scope === '' ? 0 : scope.length + 1) : null;
  const streaming = useMemo(() => toIdsIn(scope, streamingNodes), [scope, streamingNodes]);

  const [toRunCards] = useState(createRunCards);
  const runCards = useMemo(
    () => toRunCards({ run: state, graph, undoOrder: toUndoOrder(state, scope) }, toTextById(liveText, scope, streamingNodes)),
    [toRunCards, state, graph, scope, liveText, streamingNodes],
  );
  const surround = useCallback(
    (id: string, index: number): Surroundings => ({
      run: runCards[index] as RunCard,
      problem: null,
      problemText: null,
      isHighlighted: false,
      isPinned: false,
      isReadOnly: true,
      isSelected: id === selectedId,
    }),
    [runCards, selectedId],
  );
  const progressOf = useCallback(
    (edge: number) => toEdgeProgress(graph, workflow.edges[edge] as (typeof workflow.edges)[number], streaming),
    [graph, workflow, streaming],
  );
  const { cards, scene, getScene, level, nodes, edges, onPointerMove, findAt } = useCanvasElements({
    document: workflow,
    dragged: nothingDragged,
    surround,
    progressOf,
    selectedEdges: noEdges,
    highlightedEdge: null,
  });

  const onNodesChange = useCallback(
    (changes: Parameters<typeof applySelection>[1]) => {
      const before = selectedId === null ? [] : [selectedId];
      const after = applySelection(before, changes);
      const last = after.at(-1);
      if (after !== before) onSelectNode(last === undefined ? null : toAddress(scope, last));
    },
    [selectedId, scope, onSelectNode],
  );

  const place = selectedId === null ? -1 : cards.findIndex(({ id }) => id === selectedId);
  const run = runCards[place];
  return (
    <CanvasFrame
      tabId={runKey}
      label={`Canvas of the run of ${workflow.name}`}
      announcement={
        run === undefined
          ? 'Nothing selected'
          : [cards[place]?.name, run.status, ...run.figures, run.canEnter ? 'press Enter to look inside' : ''].filter(Boolean).join(', ')
      }
      scene={scene}
      getScene={getScene}
      level={level}
      isFitted
      nodes={nodes}
      edges={edges}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesReconnectable={false}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      onNodesChange={onNodesChange}
      onPointerMove={onPointerMove}
      onPaneClick={(event) => {
        // A finger does not point before it presses.
        const found = level.type === 'far' ? findAt(event.clientX, event.clientY) : null;
        onSelectNode(found !== null && cards.some(({ id }) => id === found) ? toAddress(scope, found) : null);
      }}
      onNodeDoubleClick={(_event, node) => onEnterNode(toAddress(scope, node.id))}
    />
  );
}

/** What each node's model is saying, by the node's id in this scope: the text of its newest call. */
function toTextById(liveText: FollowedRun['liveText'], scope: string, streamingNodes: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(liveText).flatMap(([frame, text]) => {
      const { node } = parseFrame(frame);
      return streamingNodes.has(node) && scopeOf(node) === scope ? [[node.slice(node.lastIndexOf('/') + 1), text] as const] : [];
    }),
  );
}

/** The ids of those addresses that lie in this scope itself. */
function toIdsIn(scope: string, addresses: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...addresses].flatMap((address) => (scopeOf(address) === scope ? [address.slice(address.lastIndexOf('/') + 1)] : [])));
}
