import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { boundsOf, type Rect } from '../../canvas/scene.ts';
import type { Placement } from './auto-layout.ts';
import { toCards } from './card-model.ts';

/** Ways to line several nodes up, and to spread them evenly. */
export const alignments = ['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const;
export type Alignment = (typeof alignments)[number];
export const distributions = ['horizontally', 'vertically'] as const;
export type Distribution = (typeof distributions)[number];

interface Box extends Rect {
  readonly id: string;
  readonly isLocked: boolean;
}

/** Where nodes go that are lined up: at an edge or the middle of all of them together. Locked nodes stay, and count. */
export function toAligned(document: WorkflowDocument, ids: ReadonlySet<string>, how: Alignment): readonly Placement[] {
  const boxes = listBoxes(document, ids);
  const all = boundsOf(boxes);
  if (all === null || boxes.length < 2) return [];
  return toPlacements(boxes, (box) => {
    switch (how) {
      case 'left':
        return { x: all.x, y: box.y };
      case 'centre':
        return { x: all.x + (all.width - box.width) / 2, y: box.y };
      case 'right':
        return { x: all.x + all.width - box.width, y: box.y };
      case 'top':
        return { x: box.x, y: all.y };
      case 'middle':
        return { x: box.x, y: all.y + (all.height - box.height) / 2 };
      case 'bottom':
        return { x: box.x, y: all.y + all.height - box.height };
    }
  });
}

/** Where nodes go so that there is the same room between each and the next; the outermost stay. */
export function toDistributed(document: WorkflowDocument, ids: ReadonlySet<string>, how: Distribution): readonly Placement[] {
  const isAcross = how === 'horizontally';
  const startOf = (box: Box) => (isAcross ? box.x : box.y);
  const lengthOf = (box: Box) => (isAcross ? box.width : box.height);
  const boxes = listBoxes(document, ids).toSorted((a, b) => startOf(a) + lengthOf(a) / 2 - (startOf(b) + lengthOf(b) / 2));
  const [first, last] = [boxes[0], boxes.at(-1)];
  if (first === undefined || last === undefined || boxes.length < 3) return [];
  const room = startOf(last) + lengthOf(last) - startOf(first) - boxes.reduce((sum, box) => sum + lengthOf(box), 0);
  let next = startOf(first);
  const starts = new Map(
    boxes.map((box) => {
      const start = next;
      next += lengthOf(box) + room / (boxes.length - 1);
      return [box, start] as const;
    }),
  );
  return toPlacements(boxes, (box) => (isAcross ? { x: starts.get(box) as number, y: box.y } : { x: box.x, y: starts.get(box) as number }));
}

function listBoxes(document: WorkflowDocument, ids: ReadonlySet<string>): readonly Box[] {
  return toCards(document).flatMap((card, index) => {
    const node = document.nodes[index];
    return node === undefined || !ids.has(card.id) ? [] : [{ id: card.id, ...node.position, ...card.size, isLocked: node.locked === true }];
  });
}

function toPlacements(boxes: readonly Box[], place: (box: Box) => { x: number; y: number }): readonly Placement[] {
  return boxes.flatMap((box) => {
    const { x, y } = place(box);
    const position = { x: Math.round(x), y: Math.round(y) };
    return box.isLocked || (position.x === box.x && position.y === box.y) ? [] : [{ node: box.id, position }];
  });
}
