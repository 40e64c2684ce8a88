import type { Connection, FinalConnectionState, NodeChange } from '@xyflow/react';
import { ReactFlowProvider, SelectionMode } from '@xyflow/react';
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, type MouseEvent, useCallback, useMemo, useRef, useState } from 'react';
import { findKind } from '#shared/nodes/registry.ts';
import { type PortReference, toEdgeId, type WorkflowDocument } from '#shared/workflow/document.ts';
import type { Problem } from '#shared/workflow/problem.ts';
import { gridSize } from '../../canvas/card-geometry.ts';
import { useCanvasView } from '../../state/canvas-view.ts';
import { useInsights } from '../../state/insights.ts';
import type { OpenDocument } from '../../state/open-document.ts';
import { usePinsOf } from '../../state/pins.ts';
import { AddAfterButton } from './add-after-button.tsx';
import { CanvasFrame } from './canvas-frame.tsx';
import { findCanvas } from './canvas-handles.ts';
import type { CardModel } from './card-model.ts';
import { judge } from './connecting.ts';
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
import { EditorOverlays } from './editor-overlays.tsx';
import { EditorToolbar } from './editor-toolbar.tsx';
import { EmptyCanvas } from './empty-canvas.tsx';
import type { CardNode, FlowEdge, Surroundings } from './flow-elements.ts';
import { GroupFrames } from './group-frames.tsx';
import { GuideLines } from './guide-lines.tsx';
import { kindDragType } from './kind-drag.ts';
import { type MenuSubject, openMenuOf, openMenuOfSelection } from './open-canvas-menu.ts';
import { openNode } from './open-node.ts';
import { openQuickAddAt } from './open-quick-add.ts';
import { tellRefusedConnection } from './tell-refused-connection.ts';
import { useCanvasElements } from './use-canvas-elements.ts';
import { useBoxSelection } from './use-far-pointer.ts';
import { useFlowSelection } from './use-flow-selection.ts';
import { useNodeDrag } from './use-node-drag.ts';
import { useRevealing } from './use-revealing.ts';
import { VerdictNote } from './verdict-note.tsx';

interface EditorCanvasProps {
  readonly target: EditorTarget;
  readonly open: OpenDocument;
  readonly isReadOnly: boolean;
}

/** The canvas of a workflow that is being edited. */
export function EditorCanvas(props: EditorCanvasProps) {
  return (
    <ReactFlowProvider>
      <Editor {...props} />
    </ReactFlowProvider>
  );
}

function Editor({ target, open, isReadOnly }: EditorCanvasProps) {
  const { path, tabId } = target;
  const { document } = open;
  const selection = useFlowSelection(tabId);
  const problemsByNode = useInsights((store) => store.byPath[path]?.problemsByNode);
  const pins = usePinsOf(path);
  const highlighted = useCanvasView((store) => (store.highlighted?.path === path ? store.highlighted.nodes : null));
  const [isConnecting, setIsConnecting] = useState(false);
  /** A first node stays where it was put, instead of leaping into the middle. */
  const [hadNodes] = useState(document.nodes.length > 0);
  /** The edge that is being reconnected. */
  const moving = useRef<string | null>(null);
  useRevealing(path, tabId);

  const drag = useNodeDrag(document, selection.nodes);
  const surround = useMemo(() => {
    const selected = new Set(selection.nodes);
    return (id: string): Surroundings => {
      const problems = problemsByNode?.get(id) ?? noProblems;
      const worst = problems.find((problem) => problem.severity === 'error') ?? problems[0];
      return {
        run: null,
        problem: worst?.severity ?? null,
        problemText: problems.length === 0 ? null : problems.map((problem) => problem.message).join('\n'),
        isHighlighted: highlighted?.has(id) ?? false,
        isPinned: pins[id] !== undefined,
        isReadOnly,
        isSelected: selected.has(id),
      };
    };
  }, [selection.nodes, problemsByNode, pins, highlighted, isReadOnly]);
  const selectedEdges = useMemo(() => new Set(selection.edges), [selection.edges]);
  const { cards, scene, getScene, level, nodes, edges, onPointerMove, findAt } = useCanvasElements({
    document,
    dragged: drag.positions,
    surround,
    progressOf: isIdle,
    selectedEdges,
    highlightedEdge: drag.edgeUnder,
  });
  useBoxSelection(getScene, selection.selectOnly);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      selection.changeNodes(changes);
      drag.move(changes, getScene());
    },
    [selection.changeNodes, drag.move, getScene],
  );

  const judgeNow = useCallback((from: PortReference, to: PortReference) => judge(document, from, to, moving.current), [document]);
  const isValidConnection = useCallback(
    (connection: Connection | FlowEdge) => {
      const ends = toEnds(connection);
      return judgeNow(ends.from, ends.to).verdict !== 'refused';
    },
    [judgeNow],
  );

  const endDrag = () => {
    const { positions, edgeUnder } = drag.end();
    const [only] = positions;
    if (edgeUnder !== null && only !== undefined) insertIntoEdge(target, only.node, edgeUnder);
    else moveNodes(target, positions);
  };

  const onConnectEnd = (event: globalThis.MouseEvent | TouchEvent, { fromHandle, toNode, toHandle, isValid }: FinalConnectionState) => {
    setIsConnecting(false);
    if (moving.current !== null || fromHandle === null) return;
    const { clientX, clientY } = 'changedTouches' in event ? (event.changedTouches[0] as Touch) : event;
    if (toHandle !== null && isValid !== true) tellRefusedConnection(target, fromHandle, toHandle, { x: clientX, y: clientY });
    if (toNode !== null || toHandle !== null) return;
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
      announcement={toAnnouncement(cards, surround, selection.nodes)}
      scene={scene}
      getScene={getScene}
      level={level}
      isFitted={hadNodes}
      isConnecting={isConnecting}
      nodes={nodes}
      edges={edges}
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
      onNodeDragStop={endDrag}
      onSelectionDragStop={endDrag}
      onPointerMove={onPointerMove}
      onPaneClick={(event) => {
        // A finger does not point before it presses.
        const found = level.type === 'far' ? findAt(event.clientX, event.clientY) : null;
        selection.selectOnly(found !== null && document.nodes.some((node) => node.id === found) ? [found] : []);
      }}
      onNodeDoubleClick={(_event, node) => openNode(target, node.id)}
      onContextMenu={(event: MouseEvent) => {
        event.preventDefault();
        // By key it has no pointer, and means what is selected.
        if (event.nativeEvent instanceof PointerEvent && event.nativeEvent.pointerType === '') openMenuOfSelection(target);
        else openMenuOf(target, toSubject(event, document, findAt(event.clientX, event.clientY)), { x: event.clientX, y: event.clientY });
      }}
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
          <EditorOverlays target={target} open={open} canvas={element} isReadOnly={isReadOnly} />
        </>
      )}
    >
      <VerdictNote judge={judgeNow} />
      <GuideLines guides={drag.guides} />
      <GroupFrames
        target={target}
        document={document}
        frames={scene.frames}
        level={level}
        isReadOnly={isReadOnly}
        onMove={(id, position) => drag.move([{ type: 'position', id, position, dragging: true }], getScene())}
        onMoveEnd={endDrag}
      />
      {!isReadOnly &&
        selection.nodes.length === 1 &&
        drag.positions.size === 0 &&
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

function toAnnouncement(cards: readonly CardModel[], surround: (id: string) => Surroundings, selected: readonly string[]): string {
  if (selected.length === 0) return 'Nothing selected';
  if (selected.length > 1) return `${selected.length} nodes selected`;
  const card = cards.find(({ id }) => id === selected[0]);
  if (card === undefined) return 'Nothing selected';
  const { name, kindTitle, summary, isDisabled } = card;
  return [name, kindTitle, summary, isDisabled ? 'disabled' : '', surround(card.id).problemText ?? ''].filter(Boolean).join(', ');
}

/** What the pointer is at: a mounted card or edge, or what is painted there. */
function toSubject(event: MouseEvent, document: WorkflowDocument, painted: string | null): MenuSubject {
  const at = (selector: string) => (event.target instanceof Element ? event.target.closest<HTMLElement>(selector)?.dataset.id : undefined);
  const id = at('.react-flow__node') ?? at('.react-flow__edge') ?? painted;
  if (document.nodes.some((node) => node.id === id)) return { type: 'node', id: id as string };
  return document.edges.some((edge) => toEdgeId(edge) === id) ? { type: 'edge', id: id as string } : { type: 'canvas' };
}

const noProblems: readonly Problem[] = [];
const isIdle = () => 'idle' as const;
