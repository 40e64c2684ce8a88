import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** The graph that both pages show: columns of a hundred cards, each leading to one or two in the next. */
export function toWideDocument(count: number): WorkflowDocument {
  const rows = 100;
  const id = (index: number) => `step${index}`;
  const nodes = Array.from({ length: count }, (_, index): WorkflowDocument['nodes'][number] => ({
    id: id(index),
    kind: 'transform',
    name: `Step ${index}`,
    position: { x: Math.floor(index / rows) * 272, y: (index % rows) * 120 },
    config: { expression: '1' },
  }));
  const edges = nodes.flatMap((_, index) => {
    // The second edge leads a few rows down, so that edges cross.
    const targets = [index + rows, ...(index % 2 === 0 ? [index + rows + (index % 7)] : [])];
    return [...new Set(targets)].flatMap((target) =>
      target < count ? [{ from: { node: id(index), port: 'value' }, to: { node: id(target), port: 'in' } }] : [],
    );
  });
  return { schemaVersion: 1, name: 'Wide', nodes, edges };
}
