import type { JsonSchema } from '#shared/base/json.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { buildGraph, listAncestors } from '#shared/workflow/graph.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import type { ExpressionName } from '../../ui/completion.ts';

/** Its own inputs, then the outputs of every node upstream, those closest in the document last. */
export function listExpressionNames(document: WorkflowDocument, id: string): readonly ExpressionName[] {
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return [];
  const view = viewNode(node);
  const own = view.type === 'valid' ? view.ports.inputs.flatMap((port) => listInput(document, id, port.name, port.description)) : [];
  const graph = buildGraph(document);
  // A compensation comes after the node it undoes and all that led to that one.
  const undone = document.nodes.find(({ compensation }) => compensation === id)?.id;
  const ancestors = undone === undefined ? listAncestors(graph, id) : new Set([...listAncestors(graph, undone), undone]);
  const upstream = document.nodes.flatMap((candidate) => {
    if (!ancestors.has(candidate.id) || candidate.id === id) return [];
    const seen = viewNode(candidate);
    if (seen.type !== 'valid') return [];
    return seen.ports.outputs.map((port) => ({
      path: `${candidate.id}.${port.name}`,
      detail: [candidate.name || seen.kind.title, toTypeWord(port.schema)].filter(Boolean).join(' · '),
    }));
  });
  return [...own, ...upstream];
}

/** An input that several edges feed is a record by the node each value comes from. */
function listInput(document: WorkflowDocument, id: string, port: string, description: string | undefined): readonly ExpressionName[] {
  const sources = document.edges.filter((edge) => edge.to.node === id && edge.to.port === port).map((edge) => edge.from.node);
  const whole = { path: `inputs.${port}`, detail: description ?? 'its own input' };
  if (sources.length < 2) return [whole];
  return [whole, ...[...new Set(sources)].map((source) => ({ path: `inputs.${port}.${source}`, detail: `what comes from ${source}` }))];
}

function toTypeWord(schema: JsonSchema): string {
  const { type } = schema;
  if (typeof type === 'string') return typeWords[type] ?? type;
  if (Array.isArray(type)) return typeWords[String(type.find((name) => name !== 'null'))] ?? '';
  return '';
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'yes or no',
  object: 'object',
  array: 'list',
};
