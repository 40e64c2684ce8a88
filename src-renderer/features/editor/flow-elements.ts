import { type Edge, type Node, type NodeHandle, Position } from '@xyflow/react';
import { findKind } from '#shared/nodes/registry.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { toEdgeId } from '#shared/workflow/document.ts';
import { toPortOffsets } from '../../canvas/card-geometry.ts';
import { type CardModel, type CardPort, toCardHeight } from './card-model.ts';
import type { EdgeProgress, RunCard } from './run-card.ts';

/** What the component of a node is given. */
export interface CardData extends Record<string, unknown> {
  readonly card: CardModel;
  /** Null where no run is shown. */
  readonly run: RunCard | null;
  readonly problem: 'error' | 'warning' | null;
  readonly problemText: string | null;
  readonly isHighlighted: boolean;
  readonly isReadOnly: boolean;
}
export type CardNode = Node<CardData, 'card' | 'note'>;

export interface EdgeData extends Record<string, unknown> {
  readonly progress: EdgeProgress;
  readonly label: string | null;
  readonly isHighlighted: boolean;
}
export type FlowEdge = Edge<EdgeData, 'flow' | 'undo'>;

/** The hidden handles between which links to compensations are drawn. */
export const undoHandles = { source: 'undo:from', target: 'undo:to' } as const;

/** The diameter of a port's handle: what the pointer can catch. */
const handleSize = 12;

/** What is shown around a node apart from its card. */
export type Surroundings = Omit<CardData, 'card'> & { readonly isSelected: boolean };

/** The drawing library's nodes. Those that show the same as before are the same objects, so that only changes are drawn. */
export function toFlowNodes(
  nodes: readonly WorkflowNode[],
  cards: readonly CardModel[],
  surround: (id: string) => Surroundings,
  previous: ReadonlyMap<string, CardNode>,
): CardNode[] {
  const seen = new Set<string>();
  return nodes.flatMap((node, index) => {
    const card = cards[index] as CardModel;
    // Ids are unique in every document that can be edited; of a broken file the first of each is drawn.
    if (seen.has(node.id)) return [];
    seen.add(node.id);
    const { isSelected, ...rest } = surround(node.id);
    const made = makeFlowNode(node, card, rest, isSelected);
    const known = previous.get(node.id);
    return [known !== undefined && isSame(known, made) ? known : made];
  });
}

/** The drawing library's edges. Edges whose ends are not there are left to the problems. */
export function toFlowEdges(
  document: WorkflowDocument,
  progress: (index: number) => EdgeProgress,
  isSelected: (id: string) => boolean,
  isHighlighted: (id: string) => boolean,
  previous: ReadonlyMap<string, FlowEdge>,
): FlowEdge[] {
  const kinds = new Map(document.nodes.map((node) => [node.id, node.kind]));
  const seen = new Set<string>();
  const edges = document.edges.flatMap((edge, index) => {
    const id = toEdgeId(edge);
    const kind = kinds.get(edge.from.node);
    if (kind === undefined || !kinds.has(edge.to.node) || seen.has(id)) return [];
    seen.add(id);
    const data: EdgeData = {
      progress: progress(index),
      label: edge.label ?? toWayLabel(kind, edge.from.port),
      isHighlighted: isHighlighted(id),
    };
    const known = previous.get(id);
    if (known?.data !== undefined && known.selected === isSelected(id) && isSameRecord(known.data, data)) return [known];
    const made: FlowEdge = {
      id,
      type: 'flow',
      source: edge.from.node,
      sourceHandle: edge.from.port,
      target: edge.to.node,
      targetHandle: edge.to.port,
      selected: isSelected(id),
      data,
    };
    return [made];
  });
  return [...edges, ...toUndoLinks(document, previous)];
}

/** A dashed link from each node to the one that undoes it. It is a setting of the node, so it is neither selected nor drawn by hand. */
function toUndoLinks(document: WorkflowDocument, previous: ReadonlyMap<string, FlowEdge>): readonly FlowEdge[] {
  const ids = new Set(document.nodes.map((node) => node.id));
  return document.nodes.flatMap(({ id: source, compensation: target }) => {
    if (target === undefined || !ids.has(target) || target === source) return [];
    const id = `undo:${source}->${target}`;
    const known = previous.get(id);
    if (known !== undefined) return [known];
    const made: FlowEdge = {
      id,
      type: 'undo',
      source,
      sourceHandle: undoHandles.source,
      target,
      targetHandle: undoHandles.target,
      selectable: false,
      reconnectable: false,
      deletable: false,
      data: { progress: 'idle', label: 'undone by', isHighlighted: false },
    };
    return [made];
  });
}

/** Where a node splits the way, each edge says which way it is. */
function toWayLabel(kind: string, port: string): string | null {
  const category = findKind(kind)?.category;
  return category === 'human' || kind === 'branch' ? port : null;
}

function makeFlowNode(node: WorkflowNode, card: CardModel, rest: Omit<CardData, 'card'>, isSelected: boolean): CardNode {
  const size = { width: card.size.width, height: toCardHeight(card, rest.run !== null) };
  return {
    id: node.id,
    type: card.note === null ? 'card' : 'note',
    position: node.position,
    ariaRole: 'group',
    ariaLabel: card.name,
    selected: isSelected,
    ...size,
    measured: size,
    handles: toHandles(card, size.height),
    data: { card, ...rest } as CardData,
    ...(card.note === null ? {} : { zIndex: -1 }),
  };
}

function toHandles(card: CardModel, height: number): NodeHandle[] {
  const at = (ports: readonly CardPort[], type: 'source' | 'target', x: number, position: Position): NodeHandle[] => {
    const offsets = toPortOffsets(ports.length, card.size.height);
    return ports.map((port, index) => ({
      id: port.name,
      type,
      position,
      x: x - handleSize / 2,
      y: (offsets[index] as number) - handleSize / 2,
      width: handleSize,
      height: handleSize,
    }));
  };
  const middle = { x: card.size.width / 2, width: 1, height: 1 };
  const undo: NodeHandle[] = [
    ...(card.isUndone ? [{ ...middle, id: undoHandles.source, type: 'source' as const, position: Position.Bottom, y: height }] : []),
    ...(card.undoes === null ? [] : [{ ...middle, id: undoHandles.target, type: 'target' as const, position: Position.Top, y: 0 }]),
  ];
  return [...at(card.inputs, 'target', 0, Position.Left), ...at(card.outputs, 'source', card.size.width, Position.Right), ...undo];
}

function isSame(known: CardNode, made: CardNode): boolean {
  return (
    known.selected === made.selected &&
    known.position.x === made.position.x &&
    known.position.y === made.position.y &&
    known.height === made.height &&
    isSameRecord({ ...known.data, run: null }, { ...made.data, run: null }) &&
    isSameRun(known.data.run, made.data.run)
  );
}

function isSameRun(known: RunCard | null, made: RunCard | null): boolean {
  if (known === null || made === null) return known === made;
  return (
    known.status === made.status &&
    known.startedAtMs === made.startedAtMs &&
    known.dueAtMs === made.dueAtMs &&
    known.snippet === made.snippet &&
    known.undoOrder === made.undoOrder &&
    known.canEnter === made.canEnter &&
    isSameProgress(known.progress, made.progress) &&
    known.figures.join() === made.figures.join()
  );
}

function isSameProgress(known: RunCard['progress'], made: RunCard['progress']): boolean {
  return known === made || (known !== null && made !== null && isSameRecord({ ...known }, { ...made }));
}

function isSameRecord(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(b).every((key) => a[key] === b[key]);
}
