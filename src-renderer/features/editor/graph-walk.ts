import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * Where an arrow key leads from a node: right and left along its edges (to the neighbour that stands closest in height),
 * up and down to the closest node above or below. Null when there is nowhere to go.
 */
export function walkFrom(document: WorkflowDocument, id: string, direction: Direction): string | null {
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return null;
  if (direction === 'up' || direction === 'down') return closest(node, listBeside(document, node, direction), 3)?.id ?? null;
  const ends = document.edges.flatMap((edge) => {
    if (direction === 'right') return edge.from.node === id ? [edge.to.node] : [];
    return edge.to.node === id ? [edge.from.node] : [];
  });
  const neighbours = document.nodes.filter((candidate) => ends.includes(candidate.id));
  return closest(node, neighbours, 1)?.id ?? null;
}

/** The node where walking begins: the top left one. */
export function firstNode(document: WorkflowDocument): string | null {
  let first: WorkflowNode | null = null;
  for (const node of document.nodes) {
    if (
      first === null ||
      node.position.x < first.position.x ||
      (node.position.x === first.position.x && node.position.y < first.position.y)
    )
      first = node;
  }
  return first?.id ?? null;
}

function listBeside(document: WorkflowDocument, { id, position }: WorkflowNode, direction: 'up' | 'down'): readonly WorkflowNode[] {
  return document.nodes.filter(
    (candidate) => candidate.id !== id && (direction === 'up' ? candidate.position.y < position.y : candidate.position.y > position.y),
  );
}

/** `sideways` is how much a step to the side counts against one up or down. */
function closest(from: WorkflowNode, nodes: readonly WorkflowNode[], sideways: number): WorkflowNode | null {
  let best: { readonly node: WorkflowNode; readonly distance: number } | null = null;
  for (const node of nodes) {
    const distance = Math.abs(node.position.x - from.position.x) * sideways + Math.abs(node.position.y - from.position.y);
    if (best === null || distance < best.distance) best = { node, distance };
  }
  return best?.node ?? null;
}
