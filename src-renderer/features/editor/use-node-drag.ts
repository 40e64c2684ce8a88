import { type NodeChange, useStoreApi } from '@xyflow/react';
import { useCallback, useRef, useState } from 'react';
import type { Position, WorkflowDocument } from '#shared/workflow/document.ts';
import { align, type Guide, listInView } from '../../canvas/guides.ts';
import { boundsOf, type Rect, type Scene } from '../../canvas/scene.ts';
import type { Placement } from './auto-layout.ts';
import { findEdgeUnder } from './edge-under-node.ts';
import type { CardNode } from './flow-elements.ts';

/** How close an edge or middle must come to another to snap to it, in pixels. */
const snapReach = 5;

interface NodeDrag {
  readonly positions: ReadonlyMap<string, Position>;
  readonly guides: readonly Guide[];
  /** The edge that what is dragged would be put into. */
  readonly edgeUnder: string | null;
}

const none: NodeDrag = { positions: new Map(), guides: [], edgeUnder: null };

/**
 * What is being dragged: the card under the pointer, and with it everything that is selected, mounted or not. It snaps to the grid,
 * and to edges and middles of the cards in view.
 */
export function useNodeDrag(document: WorkflowDocument, selected: readonly string[]) {
  const store = useStoreApi();
  const [drag, setDrag] = useState(none);
  const latest = useRef(none);
  const put = useCallback((next: NodeDrag) => {
    latest.current = next;
    setDrag(next);
  }, []);

  const move = useCallback(
    (changes: readonly NodeChange<CardNode>[], { cards, lines }: Scene) => {
      const change = changes.find((candidate) => candidate.type === 'position' && candidate.dragging === true);
      if (change?.type !== 'position' || change.position === undefined) return;
      const held = change.id;
      const isMoved = selected.includes(held) ? new Set(selected) : new Set([held]);
      const moved = document.nodes.filter((node) => isMoved.has(node.id) && node.locked !== true);
      const origin = moved.find((node) => node.id === held)?.position;
      if (origin === undefined) return;
      const [dx, dy] = [change.position.x - origin.x, change.position.y - origin.y];
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const sizes = new Map(cards.map((card) => [card.id, card]));
      const boxes = moved.flatMap(({ id, position }): Rect[] => {
        const size = sizes.get(id);
        return size === undefined ? [] : [{ x: position.x + dx, y: position.y + dy, width: size.width, height: size.height }];
      });
      const box = boundsOf(boxes);
      if (box === null) return;
      const view = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      const others = listInView(cards, view).filter((card) => !isMoved.has(card.id));
      const { dx: snapX, dy: snapY, guides } = align(box, others, snapReach / zoom);
      const positions = new Map(
        // The card that is held comes first: it stays mounted.
        [...moved.filter((node) => node.id === held), ...moved.filter((node) => node.id !== held)].map(
          ({ id, position }) => [id, { x: Math.round(position.x + dx + snapX), y: Math.round(position.y + dy + snapY) }] as const,
        ),
      );
      const edgeUnder = moved.length === 1 ? findEdgeUnder(document, lines, held, { ...box, x: box.x + snapX, y: box.y + snapY }) : null;
      put({ positions, guides, edgeUnder });
    },
    [store, document, selected, put],
  );

  /** Lets go; gives what has moved, and into which edge it goes. */
  const end = useCallback((): { readonly positions: readonly Placement[]; readonly edgeUnder: string | null } => {
    const { positions, edgeUnder } = latest.current;
    const before = new Map(document.nodes.map(({ id, position }) => [id, position]));
    put(none);
    const moved = [...positions].filter(([id, { x, y }]) => before.get(id)?.x !== x || before.get(id)?.y !== y);
    return { positions: moved.map(([node, position]) => ({ node, position })), edgeUnder };
  }, [document, put]);

  return { ...drag, move, end };
}
