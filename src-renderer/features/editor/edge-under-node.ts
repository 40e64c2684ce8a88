import { type Position, toEdgeId, type WorkflowDocument } from '#shared/workflow/document.ts';
import { toPortOffsets } from '../../canvas/card-geometry.ts';
import { distanceToEdge } from '../../canvas/edge-geometry.ts';
import { type CardModel, toCards } from './card-model.ts';
import { toInsertEdit } from './connecting.ts';

/** A card lies on an edge when its middle is this close to it, in canvas units. */
const reach = 32;

/** The edge that a dragged node lies on and could be put into, or null. Nodes that are connected already stay out of edges. */
export function findEdgeUnder(document: WorkflowDocument, node: string, position: Position): string | null {
  if (document.edges.some((edge) => edge.from.node === node || edge.to.node === node)) return null;
  const cards = new Map(toCards(document).map((card, index) => [card.id, { card, at: document.nodes[index]?.position ?? position }]));
  const own = cards.get(node)?.card;
  if (own === undefined) return null;
  const middle = { x: position.x + own.size.width / 2, y: position.y + own.size.height / 2 };
  let best: { readonly id: string; readonly distance: number } | null = null;
  for (const edge of document.edges) {
    const source = cards.get(edge.from.node);
    const target = cards.get(edge.to.node);
    if (source === undefined || target === undefined) continue;
    const from = toPortPlace(source.card, source.at, 'outputs', edge.from.port);
    const to = toPortPlace(target.card, target.at, 'inputs', edge.to.port);
    const distance = distanceToEdge(from, to, middle);
    if (distance <= reach && (best === null || distance < best.distance)) best = { id: toEdgeId(edge), distance };
  }
  return best !== null && toInsertEdit(document, node, best.id) !== null ? best.id : null;
}

function toPortPlace(card: CardModel, at: Position, side: 'inputs' | 'outputs', port: string): Position {
  const index = card[side].findIndex((candidate) => candidate.name === port);
  const offset = toPortOffsets(card[side].length, card.size.height)[index] ?? card.size.height / 2;
  return { x: at.x + (side === 'outputs' ? card.size.width : 0), y: at.y + offset };
}
