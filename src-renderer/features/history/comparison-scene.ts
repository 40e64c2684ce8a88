import type { DocumentDifference } from '#shared/history/diff-documents.ts';
import { findKind } from '#shared/nodes/registry.ts';
import { type Position, toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from '#shared/workflow/document.ts';
import { cardWidth } from '../../canvas/card-geometry.ts';
import { toReach } from '../../canvas/edge-geometry.ts';

/** The height of each card in a comparison: room for two lines. */
export const comparedCardHeight = 56;

export type Change = 'added' | 'removed' | 'changed' | 'moved' | 'same';

/** A node of either version, where it stands in the newer one that has it. */
export interface ComparedCard {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly change: Change;
  readonly position: Position;
  /** Where it stood before, when it stands elsewhere now. */
  readonly from: Position | null;
}

export interface ComparedEdge {
  readonly id: string;
  readonly change: Change;
  /** An SVG path. */
  readonly path: string;
}

/** Everything of both versions in one drawing, and the box around it. */
export interface ComparisonScene {
  readonly cards: readonly ComparedCard[];
  readonly edges: readonly ComparedEdge[];
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export function toComparisonScene(before: WorkflowDocument, after: WorkflowDocument, difference: DocumentDifference): ComparisonScene {
  const changes = new Map(difference.nodes.map(({ id, change }) => [id, change]));
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const present = new Set(after.nodes.map(({ id }) => id));
  const cards = [...after.nodes, ...before.nodes.filter(({ id }) => !present.has(id))].map((node) =>
    toCard(node, changes.get(node.id) ?? 'same', old),
  );
  const places = new Map(cards.map((card) => [card.id, card.position]));
  const edgeChanges = new Map(difference.edges.map(({ id, change }) => [id, change]));
  const removed = difference.edges.flatMap(({ edge, change }) => (change === 'removed' ? [edge] : []));
  const edges = [...after.edges, ...removed].flatMap((edge) => toEdge(edge, edgeChanges.get(toEdgeId(edge)) ?? 'same', places));
  return { cards, edges, box: toBox(cards) };
}

function toCard(node: WorkflowNode, change: Change, old: ReadonlyMap<string, WorkflowNode>): ComparedCard {
  const before = old.get(node.id)?.position;
  const isElsewhere = before !== undefined && (before.x !== node.position.x || before.y !== node.position.y);
  return {
    id: node.id,
    name: node.name || node.id,
    kind: findKind(node.kind)?.title ?? node.kind,
    change,
    position: node.position,
    from: isElsewhere ? before : null,
  };
}

function toEdge(edge: WorkflowEdge, change: Change, places: ReadonlyMap<string, Position>): readonly ComparedEdge[] {
  const [from, to] = [places.get(edge.from.node), places.get(edge.to.node)];
  if (from === undefined || to === undefined) return [];
  const [startX, startY, endX, endY] = [from.x + cardWidth, from.y + comparedCardHeight / 2, to.x, to.y + comparedCardHeight / 2];
  const reach = toReach(startX, endX);
  return [
    { id: toEdgeId(edge), change, path: `M${startX},${startY} C${startX + reach},${startY} ${endX - reach},${endY} ${endX},${endY}` },
  ];
}

const margin = 48;

function toBox(cards: readonly ComparedCard[]): ComparisonScene['box'] {
  const places = cards.flatMap(({ position, from }) => (from === null ? [position] : [position, from]));
  if (places.length === 0) return { x: 0, y: 0, width: 400, height: 300 };
  // Not spread into Math.min: a workflow may have more nodes than a call may have arguments.
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  const [x, y] = [least(xs) - margin, least(ys) - margin];
  return { x, y, width: most(xs) + cardWidth + margin - x, height: most(ys) + comparedCardHeight + margin - y };
}
