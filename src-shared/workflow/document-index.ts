import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';

/** What is asked of a document again and again, looked up once per document object. */
export interface DocumentIndex {
  /** Of nodes with the same id, the first. */
  readonly nodes: ReadonlyMap<string, WorkflowNode>;
  readonly outgoing: ReadonlyMap<string, readonly WorkflowEdge[]>;
  readonly incoming: ReadonlyMap<string, readonly WorkflowEdge[]>;
  /** By the id of each compensation, the first node that names it. */
  readonly undoneBy: ReadonlyMap<string, WorkflowNode>;
}

const indexes = new WeakMap<WorkflowDocument, DocumentIndex>();

/** The index of a document; of a document that is asked about once, it costs as much as looking through it. */
export function indexDocument(document: WorkflowDocument): DocumentIndex {
  const known = indexes.get(document);
  if (known !== undefined) return known;
  const index = buildIndex(document);
  indexes.set(document, index);
  return index;
}

function buildIndex(document: WorkflowDocument): DocumentIndex {
  const nodes = new Map<string, WorkflowNode>();
  const undoneBy = new Map<string, WorkflowNode>();
  for (const node of document.nodes) {
    if (!nodes.has(node.id)) nodes.set(node.id, node);
    if (node.compensation !== undefined && !undoneBy.has(node.compensation)) undoneBy.set(node.compensation, node);
  }
  const outgoing = new Map<string, WorkflowEdge[]>();
  const incoming = new Map<string, WorkflowEdge[]>();
  for (const edge of document.edges) {
    put(outgoing, edge.from.node, edge);
    put(incoming, edge.to.node, edge);
  }
  return { nodes, outgoing, incoming, undoneBy };
}

function put(lists: Map<string, WorkflowEdge[]>, key: string, edge: WorkflowEdge): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [edge]);
  else list.push(edge);
}
