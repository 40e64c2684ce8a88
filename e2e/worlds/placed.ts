import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** The document with its cards in a grid: `places` has a column and a row for each node that does not stand in its order in the first row. */
export function toPlaced(
  document: WorkflowDocument,
  places: Readonly<Record<string, readonly [column: number, row: number]>> = {},
): WorkflowDocument {
  const nodes = document.nodes.map((node, index) => {
    const [column, row] = places[node.id] ?? [index, 0];
    return { ...node, position: { x: column * 250, y: row * 170 } };
  });
  return { ...document, nodes };
}
