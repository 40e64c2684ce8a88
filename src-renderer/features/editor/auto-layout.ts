import type { Position, WorkflowDocument } from '#shared/workflow/document.ts';
import { toGrid } from '../../canvas/card-geometry.ts';
import type { LayoutGraph, LayoutPositions } from '../../canvas/graph-layout.ts';
import { type CardModel, toCardHeight, toCards } from './card-model.ts';

/** Where every node that takes part in the flow goes, computed in a worker; notes go in a row above. */
export async function requestLayout(
  document: WorkflowDocument,
): Promise<readonly { readonly node: string; readonly position: Position }[]> {
  const graph = toLayoutGraph(document);
  if (graph.boxes.length === 0) return [];
  const positions = await layoutInWorker(graph);
  return placeAll(document, positions);
}

/** What is laid out: the cards with room for their footers, without notes. */
export function toLayoutGraph(document: WorkflowDocument): LayoutGraph {
  return {
    boxes: toCards(document)
      .filter((card) => card.note === null && card.undoes === null)
      .map((card) => ({ id: card.id, width: card.size.width, height: toCardHeight(card, true) })),
    edges: document.edges.map((edge) => [edge.from.node, edge.to.node] as const),
  };
}

/** The laid out nodes, moved so that the graph begins where it began, and the notes in a row above it. */
export function placeAll(
  document: WorkflowDocument,
  positions: LayoutPositions,
): readonly { readonly node: string; readonly position: Position }[] {
  const cards = toCards(document);
  const laidOut = document.nodes.filter((node) => positions[node.id] !== undefined);
  const left = Math.min(...laidOut.map((node) => node.position.x));
  const top = Math.min(...laidOut.map((node) => node.position.y));
  const places = Object.values(positions);
  const dx = left - Math.min(...places.map((place) => place.x));
  const dy = top - Math.min(...places.map((place) => place.y));
  const moved = laidOut.map(({ id }) => {
    const place = positions[id] as Position;
    return { node: id, position: { x: place.x + dx, y: place.y + dy } };
  });
  let noteX = left;
  const notes = cards.flatMap((card) => {
    if (card.note === null) return [];
    const position = { x: noteX, y: top - card.size.height - 40 };
    noteX += card.size.width + 24;
    return [{ node: card.id, position }];
  });
  return [...moved, ...notes, ...placeCompensations(document, cards, moved)];
}

/** Compensations in a row below the flow, each as far to the left as the node it undoes or the ones before it let it. */
function placeCompensations(
  document: WorkflowDocument,
  cards: readonly CardModel[],
  moved: readonly { readonly node: string; readonly position: Position }[],
): readonly { readonly node: string; readonly position: Position }[] {
  const places = new Map(moved.map(({ node, position }) => [node, position]));
  const bottom = Math.max(
    ...moved.map(({ node, position }) => position.y + toCardHeight(cards.find(({ id }) => id === node) as CardModel, true)),
  );
  const undone = document.nodes
    .flatMap(({ id, compensation }) =>
      compensation === undefined ? [] : [{ card: cards.find((card) => card.id === compensation), x: places.get(id)?.x ?? 0 }],
    )
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
