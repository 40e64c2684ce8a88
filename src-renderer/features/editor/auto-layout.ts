import type { Position, WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { toGrid } from '../../canvas/card-geometry.ts';
import type { LayoutGraph, LayoutPositions } from '../../canvas/graph-layout.ts';
import { cornerOf } from '../../canvas/layout/components.ts';
import { type CardModel, toCardHeight, toCards } from './card-model.ts';

/** A node and where it goes. */
export interface Placement {
  readonly node: string;
  readonly position: Position;
}

/**
 * Where every node that takes part in the flow goes, computed in a worker; notes go in a row above. With `only`, just where those of
 * them go, which stay around the corner where they are; the rest is left alone.
 */
export async function requestLayout(document: WorkflowDocument, only: ReadonlySet<string> | null): Promise<readonly Placement[]> {
  const graph = toLayoutGraph(document, only);
  if (graph.boxes.length === 0) return [];
  const positions = await layoutInWorker(graph);
  const laidOut = placeLaidOut(document, positions);
  return only === null ? [...laidOut, ...placeRest(document, laidOut)] : laidOut;
}

/** What is laid out: the cards with room for their footers, without notes and what undoes. */
export function toLayoutGraph(document: WorkflowDocument, only: ReadonlySet<string> | null = null): LayoutGraph {
  return {
    boxes: toCards(document).flatMap((card, index) => {
      if (card.note !== null || card.undoes !== null || only?.has(card.id) === false) return [];
      const { x, y } = (document.nodes[index] as WorkflowNode).position;
      return [{ id: card.id, width: card.size.width, height: toCardHeight(card, true), x, y }];
    }),
    edges: document.edges.map((edge) => [edge.from.node, edge.to.node] as const),
  };
}

/** The laid out nodes, moved so that they begin where they began. */
export function placeLaidOut(document: WorkflowDocument, positions: LayoutPositions): readonly Placement[] {
  const laidOut = document.nodes.filter((node) => positions[node.id] !== undefined);
  const before = cornerOf(laidOut.map((node) => node.position));
  const after = cornerOf(Object.values(positions));
  return laidOut.map(({ id }) => {
    const place = positions[id] as Position;
    return { node: id, position: { x: place.x + before.x - after.x, y: place.y + before.y - after.y } };
  });
}

/** Where goes what is not laid out: notes in a row above the flow, compensations in a row below it. */
export function placeRest(document: WorkflowDocument, laidOut: readonly Placement[]): readonly Placement[] {
  const cards = toCards(document);
  const corner = cornerOf(laidOut.map(({ position }) => position));
  let noteX = corner.x;
  const notes = cards.flatMap((card) => {
    if (card.note === null) return [];
    const position = { x: noteX, y: corner.y - card.size.height - 40 };
    noteX += card.size.width + 24;
    return [{ node: card.id, position }];
  });
  return [...notes, ...placeCompensations(document, new Map(cards.map((card) => [card.id, card])), laidOut)];
}

/** Each as far to the left as the node it undoes or the ones before it let it. */
function placeCompensations(
  document: WorkflowDocument,
  cards: ReadonlyMap<string, CardModel>,
  laidOut: readonly Placement[],
): readonly Placement[] {
  const places = new Map(laidOut.map(({ node, position }) => [node, position]));
  const bottom = laidOut.reduce(
    (most, { node, position }) => Math.max(most, position.y + toCardHeight(cards.get(node) as CardModel, true)),
    Number.NEGATIVE_INFINITY,
  );
  const undone = document.nodes
    .flatMap(({ id, compensation }) => (compensation === undefined ? [] : [{ card: cards.get(compensation), x: places.get(id)?.x ?? 0 }]))
    .sort((a, b) => a.x - b.x);
  let nextX = Number.NEGATIVE_INFINITY;
  return undone.flatMap(({ card, x }) => {
    if (card === undefined || card.note !== null || places.has(card.id)) return [];
    const position = { x: Math.max(x, nextX), y: toGrid(bottom + 56) };
    places.set(card.id, position);
    nextX = position.x + card.size.width + 24;
    return [{ node: card.id, position }];
  });
}

/** One worker per layout: it holds nothing that a second one could use, and a stuck one can be ended. */
async function layoutInWorker(graph: LayoutGraph): Promise<LayoutPositions> {
  const worker = new Worker(new URL('../../canvas/layout-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<LayoutPositions>) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(graph);
    });
  } finally {
    worker.terminate();
  }
}
