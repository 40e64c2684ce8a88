import { useCallback, useMemo, useRef } from 'react';
import { parseFrame } from '#shared/run/frame.ts';
import type { PanelProps } from '../../app/panels.ts';
import { type FollowedRun, useFollowedRuns } from '../../state/followed-runs.ts';
import { CanvasFrame } from './canvas-frame.tsx';
import { toCards } from './card-model.ts';
import { type CardNode, type FlowEdge, type Surroundings, toFlowEdges, toFlowNodes } from './flow-elements.ts';
import { toEdgeProgress, toRunCard } from './run-card.ts';
import { applySelection } from './use-flow-selection.ts';

const noText: FollowedRun['liveText'] = {};

/** The workflow of a run as it stood, with what happened at each node: read-only. */
export function RunCanvas({ runKey, state, streamingNodes, selectedNode, onSelectNode }: PanelProps['run-canvas']) {
  const liveText = useFollowedRuns((store) => store.byKey[runKey]?.liveText ?? noText);
  const { workflow } = state;
  const cards = useMemo(() => toCards(workflow), [workflow]);

  const previousNodes = useRef<ReadonlyMap<string, CardNode>>(new Map());
  const nodes = useMemo(() => {
    const texts = toTextByNode(liveText, streamingNodes);
    const surround = (id: string): Surroundings => ({
      run: toRunCard(state, id, texts.get(id)),
      problem: null,
      problemText: null,
      isHighlighted: false,
      isReadOnly: true,
      isSelected: id === selectedNode,
    });
    const made = toFlowNodes(workflow.nodes, cards, surround, previousNodes.current);
    previousNodes.current = new Map(made.map((node) => [node.id, node]));
    return made;
  }, [workflow, cards, state, liveText, streamingNodes, selectedNode]);

  const previousEdges = useRef<ReadonlyMap<string, FlowEdge>>(new Map());
  const edges = useMemo(() => {
    const made = toFlowEdges(
      workflow,
      (index) => toEdgeProgress(state, workflow.edges[index] as (typeof workflow.edges)[number], streamingNodes),
      () => false,
      () => false,
      previousEdges.current,
    );
    previousEdges.current = new Map(made.map((edge) => [edge.id, edge]));
    return made;
  }, [workflow, state, streamingNodes]);

  const onNodesChange = useCallback(
    (changes: Parameters<typeof applySelection>[1]) => {
      const before = selectedNode === null ? [] : [selectedNode];
      const after = applySelection(before, changes);
      if (after !== before) onSelectNode(after.at(-1) ?? null);
    },
    [selectedNode, onSelectNode],
  );

  const selected = nodes.find((node) => node.id === selectedNode)?.data;
  return (
    <CanvasFrame
      tabId={runKey}
      label={`Canvas of the run of ${workflow.name}`}
      announcement={
        selected === undefined
          ? 'Nothing selected'
          : [selected.card.name, selected.run?.status, ...(selected.run?.figures ?? [])].join(', ')
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
    />
  );
}

/** What each node's model is saying: the text of its newest call. */
function toTextByNode(liveText: FollowedRun['liveText'], streamingNodes: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(liveText).flatMap(([frame, text]) => {
      const { node } = parseFrame(frame);
      return streamingNodes.has(node) ? [[node, text] as const] : [];
    }),
  );
}
