import { type Edge, type Node, type NodeHandle, Position, type XYPosition } from '@xyflow/react';
import { toPortOffsets } from '../../canvas/card-geometry.ts';
import { type CardModel, type CardPort, toCardHeight } from './card-model.ts';
import { type Link, undoHandles } from './flow-links.ts';
import type { EdgeProgress, RunCard } from './run-card.ts';

/** What is shown around a node apart from its card. */
interface CardState {
  /** Null where no run is shown. */
  readonly run: RunCard | null;
  readonly problem: 'error' | 'warning' | null;
  readonly problemText: string | null;
  /** Something stands in for the node when only a part of the workflow runs. */
  readonly isPinned: boolean;
  readonly isHighlighted: boolean;
  readonly isReadOnly: boolean;
}
export type Surroundings = CardState & { readonly isSelected: boolean };

/** What the component of a node is given. */
export interface CardData extends Record<string, unknown>, CardState {
  readonly card: CardModel;
}
export type CardNode = Node<CardData, 'card' | 'note'>;

export interface EdgeData extends Record<string, unknown> {
  readonly progress: EdgeProgress;
  readonly label: string | null;
  readonly isHighlighted: boolean;
}
export type FlowEdge = Edge<EdgeData, 'flow' | 'undo'>;

/** The diameter of a port's handle: what the pointer can catch. */
const handleSize = 12;

/** The drawing library's node for a card. One that shows the same as before is the same object, so that only changes are drawn. */
export function toFlowNode(card: CardModel, position: XYPosition, around: Surroundings, known: CardNode | undefined): CardNode {
  const { isSelected, ...rest } = around;
  const made = makeFlowNode(card, position, rest, isSelected);
  return known !== undefined && isSame(known, made) ? known : made;
}

/** The drawing library's edge for a link, with the same promise. Links to what undoes are neither selected nor drawn by hand. */
export function toFlowEdge(
  { id, type, source, sourceHandle, target, targetHandle, label }: Link,
  progress: EdgeProgress,
  selected: boolean,
  isHighlighted: boolean,
  known: FlowEdge | undefined,
): FlowEdge {
  const data: EdgeData = { progress, label, isHighlighted };
  if (known?.data !== undefined && known.selected === selected && isSameRecord(known.data, data)) return known;
  const fixed = type === 'undo' ? { selectable: false, reconnectable: false, deletable: false } : {};
  return { id, type, source, sourceHandle, target, targetHandle, selected, data, ...fixed };
}

function makeFlowNode(card: CardModel, position: XYPosition, rest: CardState, isSelected: boolean): CardNode {
  const size = { width: card.size.width, height: toCardHeight(card, rest.run !== null) };
  return {
    id: card.id,
    type: card.note === null ? 'card' : 'note',
    position,
    ariaRole: 'group',
    ariaLabel: card.name,
    selected: isSelected,
    ...size,
    measured: size,
    handles: toHandles(card, size.height),
    data: { card, ...rest },
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
    known.isOutside === made.isOutside &&
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
