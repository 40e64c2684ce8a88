import { useCallback, useMemo, useRef } from 'react';
import { parseFrame, scopeOf, toAddress } from '#shared/run/frame.ts';
import type { PanelProps } from '../../app/panels.ts';
import { type FollowedRun, useFollowedRuns } from '../../state/followed-runs.ts';
import { CanvasFrame } from './canvas-frame.tsx';
import { toCards } from './card-model.ts';
import { type CardNode, type FlowEdge, type Surroundings, toFlowEdges, toFlowNodes } from './flow-elements.ts';
import { type CardSource, toEdgeProgress, toRunCard } from './run-card.ts';
import { toUndoOrder } from './undo-order.ts';
import { applySelection } from './use-flow-selection.ts';

const noText: FollowedRun['liveText'] = {};

/** A graph of a run as it stood, with what happened at each node: read-only. Nodes that opened scopes can be entered. */
export function RunCanvas({
  runKey,
  state,
  graph,
  scope,
  streamingNodes,
  selectedNode,
  onSelectNode,
  onEnterNode,
}: PanelProps['run-canvas']) {
  const liveText = useFollowedRuns((store) => store.byKey[runKey]?.liveText ?? noText);
  const { workflow } = graph;
  const cards = useMemo(() => toCards(workflow), [workflow]);
  const selectedId =
    selectedNode !== null && scopeOf(selectedNode) === scope ? selectedNode.slice(scope === '' ? 0 : scope.length + 1) : null;
  const streaming = useMemo(() => toIdsIn(scope, streamingNodes), [scope, streamingNodes]);

  const previousNodes = useRef<ReadonlyMap<string, CardNode>>(new Map());
  const nodes = useMemo(() => {
    const texts = toTextByNode(liveText, streamingNodes);
    const source: CardSource = { run: state, graph, undoOrder: toUndoOrder(state, scope) };
    const surround = (id: string): Surroundings => ({
      run: toRunCard(source, id, texts.get(toAddress(scope, id))),
      problem: null,
      problemText: null,
      isHighlighted: false,
      isReadOnly: true,
      isSelected: id === selectedId,
    });
    const made = toFlowNodes(workflow.nodes, cards, surround, previousNodes.current);
    previousNodes.current = new Map(made.map((node) => [node.id, node]));
    return made;
  }, [workflow, cards, state, graph, scope, liveText, streamingNodes, selectedId]);

  const previousEdges = useRef<ReadonlyMap<string, FlowEdge>>(new Map());
  const edges = useMemo(() => {
    const made = toFlowEdges(
      workflow,
      (index) => toEdgeProgress(graph, workflow.edges[index] as (typeof workflow.edges)[number], streaming),
      () => false,
      () => false,
      previousEdges.current,
    );
    previousEdges.current = new Map(made.map((edge) => [edge.id, edge]));
    return made;
  }, [workflow, graph, streaming]);

  const onNodesChange = useCallback(
    (changes: Parameters<typeof applySelection>[1]) => {
      const before = selectedId === null ? [] : [selectedId];
      const after = applySelection(before, changes);
      const last = after.at(-1);
      if (after !== before) onSelectNode(last === undefined ? null : toAddress(scope, last));
    },
    [selectedId, scope, onSelectNode],
  );

  const selected = nodes.find((node) => node.id === selectedId)?.data;
  return (
    <CanvasFrame
      tabId={runKey}
      label={`Canvas of the run of ${workflow.name}`}
      announcement={
        selected === undefined
          ? 'Nothing selected'
          : [
              selected.card.name,
              selected.run?.status,
              ...(selected.run?.figures ?? []),
              selected.run?.canEnter ? 'press Enter to look inside' : '',
            ]
              .filter(Boolean)
              .join(', ')
      }
      nodes={nodes}
      edges={edges}
      fitView
      nodesDraggable={false}
      nodesConnectable={false}
      edgesReconnectable={false}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      onNodesChange={onNodesChange}
      onNodeDoubleClick={(_event, node) => onEnterNode(toAddress(scope, node.id))}
    />
  );
}

/** What each node's model is saying, by address: the text of its newest call. */
function toTextByNode(liveText: FollowedRun['liveText'], streamingNodes: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(liveText).flatMap(([frame, text]) => {
      const { node } = parseFrame(frame);
      return streamingNodes.has(node) ? [[node, text] as const] : [];
    }),
  );
}

/** The ids of those addresses that lie in this scope itself. */
function toIdsIn(scope: string, addresses: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...addresses].flatMap((address) => (scopeOf(address) === scope ? [address.slice(address.lastIndexOf('/') + 1)] : [])));
}
