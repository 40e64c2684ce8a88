import type { Connection, FinalConnectionState, NodeChange } from '@xyflow/react';
import { SelectionMode } from '@xyflow/react';
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, type MouseEvent, useCallback, useMemo, useRef, useState } from 'react';
import { findKind } from '#shared/nodes/registry.ts';
import type { PortReference, Position, WorkflowNode } from '#shared/workflow/document.ts';
import { toReference } from '#shared/workflow/reference.ts';
import { gridSize, toGrid } from '../../canvas/card-geometry.ts';
import { focusField, useCanvasView } from '../../state/canvas-view.ts';
import { useInsights } from '../../state/insights.ts';
import { useLayout } from '../../state/layout.ts';
import type { OpenDocument } from '../../state/open-document.ts';
import { openTab } from '../../state/tabs.ts';
import { AddAfterButton } from './add-after-button.tsx';
import { CanvasFrame } from './canvas-frame.tsx';
import { findCanvas } from './canvas-handles.ts';
import { toCards } from './card-model.ts';
import { judge } from './connecting.ts';
import { findEdgeUnder } from './edge-under-node.ts';
import {
  addNode,
  connect,
  copySelected,
  deleteSelected,
  type EditorTarget,
  insertIntoEdge,
  moveNodes,
  paste,
  tellRefusal,
} from './editor-actions.ts';
import { EditorToolbar } from './editor-toolbar.tsx';
import { EmptyCanvas } from './empty-canvas.tsx';
import { FindNode } from './find-node.tsx';
import { type CardNode, type FlowEdge, type Surroundings, toFlowEdges, toFlowNodes } from './flow-elements.ts';
import { kindDragType } from './kind-drag.ts';
import { openQuickAddAt } from './open-quick-add.ts';
import { QuickAddPopover } from './quick-add.tsx';
import { useFlowSelection } from './use-flow-selection.ts';
import { useRevealing } from './use-revealing.ts';
import { VerdictNote } from './verdict-note.tsx';

const noPositions: ReadonlyMap<string, Position> = new Map();

/** The canvas of a workflow that is being edited. */
export function EditorCanvas({
  target,
  open,
  isReadOnly,
}: {
  readonly target: EditorTarget;
  readonly open: OpenDocument;
  readonly isReadOnly: boolean;
}) {
  const { path, tabId } = target;
  const { document } = open;
  const selection = useFlowSelection(tabId);
  const problemsByNode = useInsights((store) => store.byPath[path]?.problemsByNode);
  const highlighted = useCanvasView((store) => (store.highlighted?.path === path ? store.highlighted.nodes : null));
  const [dragged, setDragged] = useState(noPositions);
  const [edgeUnder, setEdgeUnder] = useState<string | null>(null);
  const [isConnecting, setIsConnecting] = useState(false);
  /** A first node stays where it was put, instead of leaping into the middle. */
  const [hadNodes] = useState(document.nodes.length > 0);
  /** The edge that is being reconnected. */
  const moving = useRef<string | null>(null);
  useRevealing(path, tabId);

  const cards = useMemo(() => toCards(document), [document]);
  const previousNodes = useRef<ReadonlyMap<string, CardNode>>(new Map());
  const nodes = useMemo(() => {
    const selected = new Set(selection.nodes);
    const surround = (id: string): Surroundings => {
      const problems = problemsByNode?.get(id) ?? [];
      const worst = problems.find((problem) => problem.severity === 'error') ?? problems[0];
      return {
        run: null,
        problem: worst?.severity ?? null,
        problemText: problems.length === 0 ? null : problems.map((problem) => problem.message).join('\n'),
        isHighlighted: highlighted?.has(id) ?? false,
        isReadOnly,
        isSelected: selected.has(id),
      };
    };
    const placed =
      dragged.size === 0
        ? document.nodes
        : document.nodes.map((node) => (dragged.has(node.id) ? { ...node, position: dragged.get(node.id) as Position } : node));
    const made = toFlowNodes(placed, cards, surround, previousNodes.current);
    previousNodes.current = new Map(made.map((node) => [node.id, node]));
    return made;
  }, [document, cards, selection.nodes, problemsByNode, highlighted, dragged, isReadOnly]);

  const previousEdges = useRef<ReadonlyMap<string, FlowEdge>>(new Map());
  const edges = useMemo(() => {
    const selected = new Set(selection.edges);
    const made = toFlowEdges(
      document,
      () => 'idle',
      (id) => selected.has(id),
      (id) => id === edgeUnder,
      previousEdges.current,
    );
    previousEdges.current = new Map(made.map((edge) => [edge.id, edge]));
    return made;
  }, [document, selection.edges, edgeUnder]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      selection.changeNodes(changes);
      const moves = changes.flatMap((change) =>
        change.type === 'position' && change.dragging === true && change.position !== undefined
          ? [[change.id, change.position] as const]
          : [],
      );
      if (moves.length > 0) setDragged((before) => new Map([...before, ...moves]));
    },
    [selection.changeNodes],
  );

  const judgeNow = useCallback((from: PortReference, to: PortReference) => judge(document, from, to, moving.current), [document]);
  const isValidConnection = useCallback(
    (connection: Connection | FlowEdge) => {
      const ends = toEnds(connection);
      return judgeNow(ends.from, ends.to).verdict !== 'refused';
    },
    [judgeNow],
  );

  const endDrag = (moved: readonly CardNode[]) => {
    const [only] = moved;
    const positions = moved.map((node) => ({ node: node.id, position: { x: toGrid(node.position.x), y: toGrid(node.position.y) } }));
    // Asked anew: the last movement may be too young to have been drawn.
    const under = moved.length === 1 && only !== undefined ? findEdgeUnder(document, only.id, only.position) : null;
    if (under !== null && only !== undefined) insertIntoEdge(target, only.id, under);
    else if (
      positions.some(({ node, position }) => isElsewhere(document.nodes.find((candidate) => candidate.id === node)?.position, position))
    )
      moveNodes(target, positions);
    setDragged(noPositions);
    setEdgeUnder(null);
  };

  const onConnectEnd = (event: globalThis.MouseEvent | TouchEvent, { fromHandle, toNode, toHandle }: FinalConnectionState) => {
    setIsConnecting(false);
    if (moving.current !== null || fromHandle === null || toNode !== null || toHandle !== null) return;
    const { clientX, clientY } = 'changedTouches' in event ? (event.changedTouches[0] as Touch) : event;
    const isOutput = fromHandle.type === 'source';
    // After the click that ends the drag, which would close the search again.
    setTimeout(() =>
      openQuickAddAt(target, clientX, clientY, {
        node: fromHandle.nodeId,
        port: fromHandle.id ?? '',
        side: isOutput ? 'outputs' : 'inputs',
      }),
    );
  };

  return (
    <CanvasFrame
      tabId={tabId}
      label={`Canvas of ${document.name}`}
      announcement={toAnnouncement(nodes, selection.nodes)}
      isConnecting={isConnecting}
      nodes={nodes}
      edges={edges}
      fitView={hadNodes}
      onNodesChange={onNodesChange}
      onEdgesChange={selection.changeEdges}
      nodesDraggable={!isReadOnly}
      nodesConnectable={!isReadOnly}
      edgesReconnectable={!isReadOnly}
      snapToGrid
      snapGrid={snapGrid}
      selectionMode={SelectionMode.Partial}
      connectionRadius={24}
      isValidConnection={isValidConnection}
      onConnectStart={() => setIsConnecting(true)}
      onConnect={(connection) => connect(target, toEnds(connection), null)}
      onConnectEnd={onConnectEnd}
      onReconnectStart={(_event, edge) => {
        moving.current = edge.id;
      }}
      onReconnect={(edge, connection) => connect(target, toEnds(connection), edge.id)}
      onReconnectEnd={() => {
        moving.current = null;
        setIsConnecting(false);
      }}
      onNodeDrag={(_event, node, all) => setEdgeUnder(all.length === 1 ? findEdgeUnder(document, node.id, node.position) : null)}
      onNodeDragStop={(_event, _node, all) => endDrag(all)}
      onSelectionDragStop={(_event, all) => endDrag(all)}
      onNodeDoubleClick={(_event, node) =>
        openNode(
          path,
          document.nodes.find((candidate) => candidate.id === node.id),
        )
      }
      onDoubleClick={(event: MouseEvent) => {
        if (!isReadOnly && isPane(event.target)) openQuickAddAt(target, event.clientX, event.clientY, null);
      }}
      onPointerDownCapture={() => {
        // A press on a card leaves the focus where it was; keys belong to the canvas from now on.
        findCanvas(tabId)?.element.focus({ preventScroll: true });
      }}
      onKeyDown={(event: KeyboardEvent) => {
        leaveClipboardKeys(event);
        if (event.key === 'Backspace' && !isReadOnly) deleteSelected(target);
      }}
      onCopy={(event: ClipboardEvent) => copyTo(event, target)}
      onCut={(event: ClipboardEvent) => {
        if (copyTo(event, target) && !isReadOnly) deleteSelected(target);
      }}
      onPaste={(event: ClipboardEvent) => {
        if (isReadOnly) return;
        event.preventDefault();
        try {
          paste(target, event.clipboardData.getData('text/plain'));
        } catch (thrown) {
          tellRefusal(thrown);
        }
      }}
      onDragOver={(event: DragEvent) => {
        if (!event.dataTransfer.types.includes(kindDragType) || isReadOnly) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDrop={(event: DragEvent) => {
        const kind = findKind(event.dataTransfer.getData(kindDragType));
        const canvas = findCanvas(tabId);
        if (kind === undefined || canvas === null || isReadOnly) return;
        event.preventDefault();
        const drop = canvas.flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        addNode(target, kind, { x: drop.x - 92, y: drop.y - 32 });
        canvas.element.focus({ preventScroll: true });
      }}
      overlays={(element) => (
        <>
          <EditorToolbar target={target} open={open} isReadOnly={isReadOnly} />
          {document.nodes.length === 0 && !isReadOnly && <EmptyCanvas target={target} />}
          <QuickAddPopover target={target} canvas={element} />
          <FindNode target={target} canvas={element} />
        </>
      )}
    >
      <VerdictNote judge={judgeNow} />
      {!isReadOnly &&
        selection.nodes.length === 1 &&
        dragged.size === 0 &&
        cards.some((card) => card.id === selection.nodes[0] && card.undoes === null) && (
          <AddAfterButton target={target} id={selection.nodes[0] as string} />
        )}
    </CanvasFrame>
  );
}

const snapGrid: [number, number] = [gridSize, gridSize];

function toEnds({ source, sourceHandle, target, targetHandle }: Connection | FlowEdge) {
  return { from: { node: source, port: sourceHandle ?? '' }, to: { node: target, port: targetHandle ?? '' } };
}

function isElsewhere(before: Position | undefined, after: Position): boolean {
  return before === undefined || before.x !== after.x || before.y !== after.y;
}

function isPane(target: EventTarget): boolean {
  return target instanceof Element && target.classList.contains('react-flow__pane');
}

/** Copy, cut and paste by key come as clipboard events, which need no permission; the window's own keys would swallow them. */
function leaveClipboardKeys(event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && /^[cxv]$/i.test(event.key)) event.stopPropagation();
}

function copyTo(event: ClipboardEvent, target: EditorTarget): boolean {
  const text = copySelected(target);
  if (text === null) return false;
  event.preventDefault();
  event.clipboardData.setData('text/plain', text);
  return true;
}

/** What a node runs opens in a tab; every other node shows its settings. */
function openNode(path: string, node: WorkflowNode | undefined): void {
  const reference = node === undefined ? '' : toReference(node);
  if (reference !== '') openTab({ type: 'workflow', path: reference });
  else if (node !== undefined) openInspector(path, node.id);
}

function openInspector(path: string, node: string): void {
  useLayout.setState({ isInspectorOpen: true });
  focusField(path, node, null);
}

function toAnnouncement(nodes: readonly CardNode[], selected: readonly string[]): string {
  if (selected.length === 0) return 'Nothing selected';
  if (selected.length > 1) return `${selected.length} nodes selected`;
  const data = nodes.find((node) => node.id === selected[0])?.data;
  if (data === undefined) return 'Nothing selected';
  const { name, kindTitle, summary, isDisabled } = data.card;
  return [name, kindTitle, summary, isDisabled ? 'disabled' : '', data.problemText ?? ''].filter(Boolean).join(', ');
}
