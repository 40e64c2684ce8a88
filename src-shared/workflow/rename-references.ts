import { HeddleError } from '../base/errors.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { listReferences } from './expression.ts';
import { listMentions, mapSources } from './rewrite-references.ts';

/**
 * The node with every mention of `from` in its expressions changed to `to`; the very same node when it mentions it nowhere.
 * Expressions that are not valid stay as they are, and so do mentions that would then mean a name bound inside the expression.
 */
export function renameInExpressions(node: WorkflowNode, from: string, to: string): WorkflowNode {
  return mapSources(node, (source, use) => (use.names?.includes(from) === true ? source : renameInExpression(source, from, to)));
}

/** How many places follow when a node gets another id: mentions in expressions, ends of edges, compensations, hooks. */
export function countFollowers(document: WorkflowDocument, id: string): number {
  const mentions = document.nodes.reduce((sum, node) => sum + listMentions(node).filter(({ root }) => root === id).length, 0);
  const edges = document.edges.filter((edge) => edge.from.node === id || edge.to.node === id).length;
  const undone = document.nodes.filter(({ compensation }) => compensation === id).length;
  const hooks = (document.hooks ?? []).filter(({ nodes }) => nodes?.includes(id) === true).length;
  return mentions + edges + undone + hooks;
}

function renameInExpression(source: string, from: string, to: string): string {
  if (!source.includes(from)) return source;
  return orUnchanged(source, () => {
    const mentions = listReferences(source).filter((reference) => reference.root === from);
    const places = mentions.toSorted((left, right) => right.start - left.start);
    const renamed = places.reduce((text, { start, end }) => text.slice(0, start) + to + text.slice(end), source);
    const before = listReferences(source).filter((reference) => reference.root === to).length;
    const after = listReferences(renamed).filter((reference) => reference.root === to).length;
    return after === before + mentions.length ? renamed : source;
  });
}

function orUnchanged(source: string, rename: () => string): string {
  try {
    return rename();
  } catch (error) {
    if (error instanceof HeddleError) return source;
    throw error;
  }
}
