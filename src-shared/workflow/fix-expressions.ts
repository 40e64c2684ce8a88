import { HeddleError } from '../base/errors.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { verdictOnEdge } from './edge-verdict.ts';
import type { Fix, Fixer } from './fix.ts';
import { toConnection } from './fix-connections.ts';
import { buildGraph, listAncestors } from './graph.ts';
import { findNearest } from './near-name.ts';
import { viewNode } from './node-view.ts';
import type { Problem } from './problem.ts';
import { rewriteReferences } from './rewrite-references.ts';

/** Ways out of what is wrong with expressions. */
export const expressionFixers: Readonly<Record<string, Fixer>> = {
  'expression.unknownReference': (document, problem) =>
    withNode(document, problem, (node, name) => {
      const ancestors = [...listAncestors(buildGraph(document), node.id)].filter((id) => id !== node.id);
      // A name that is not even near may still be meant for the only node there is to speak of.
      const near = findNearest(name, [...ancestors, 'inputs']) ?? (ancestors.length === 1 ? ancestors[0] : undefined);
      return near === undefined ? [] : reword(node, near, ({ root }) => (root === name ? { words: near, members: 0 } : null));
    }),
  'expression.unknownInput': (document, problem) =>
    withNode(document, problem, (node, name) => suggestMember(node, 'inputs', name, listPorts(node, 'inputs'))),
  'expression.unknownOutput': (document, problem) =>
    withNode(document, problem, (node, name) => {
      const { root, member } = split(name);
      const target = document.nodes.find(({ id }) => id === root);
      return target === undefined ? [] : suggestMember(node, root, member, listPorts(target, 'outputs'));
    }),
  'expression.notUpstream': (document, problem) =>
    withNode(document, problem, (node, name) => {
      const { root, member } = split(name);
      const source = document.nodes.find(({ id }) => id === root);
      if (source === undefined) return [];
      const outputs = listPorts(source, 'outputs');
      const port = outputs.includes(member) ? member : outputs[0];
      if (port === undefined) return [];
      const from = { node: root, port };
      return listPorts(node, 'inputs')
        .map((input) => ({ from, to: { node: node.id, port: input } }))
        .filter((edge) => verdictOnEdge(document, edge.from, edge.to).verdict !== 'refused')
        .slice(0, 2)
        .map((edge) => toConnection(document, edge));
    }),
  'expression.disabledReference': (document, { name }) => {
    const source = document.nodes.find(({ id }) => id === name);
    return source === undefined
      ? []
      : [{ type: 'edit', title: `Enable ${source.name || source.id}`, edit: { type: 'setDisabled', node: source.id, disabled: null } }];
  },
};

function withNode(
  document: WorkflowDocument,
  { node: id, name }: Problem,
  find: (node: WorkflowNode, name: string) => readonly Fix[],
): readonly Fix[] {
  const node = document.nodes.find((candidate) => candidate.id === id);
  return node === undefined || name === undefined ? [] : find(node, name);
}

/** The member whose name is nearest, or the only one there is. */
function suggestMember(node: WorkflowNode, root: string, member: string, ports: readonly string[]): readonly Fix[] {
  const near = findNearest(member, ports) ?? (ports.length === 1 ? ports[0] : undefined);
  if (near === undefined) return [];
  const words = `${root}.${near}`;
  return reword(node, words, (mention) => (mention.root === root && mention.members[0] === member ? { words, members: 1 } : null));
}

function reword(node: WorkflowNode, words: string, rewrite: Parameters<typeof rewriteReferences>[1]): readonly Fix[] {
  try {
    const rewritten = rewriteReferences(node, rewrite);
    if (rewritten === node) return [];
    return [{ type: 'edit', title: `Write “${words}”`, edit: { type: 'changeConfig', node: node.id, config: rewritten.config } }];
  } catch (thrown) {
    if (thrown instanceof HeddleError) return [];
    throw thrown;
  }
}

function listPorts(node: WorkflowNode, side: 'inputs' | 'outputs'): readonly string[] {
  const view = viewNode(node);
  return view.type === 'valid' ? view.ports[side].map(({ name }) => name) : [];
}

function split(name: string): { readonly root: string; readonly member: string } {
  const [root = '', ...members] = name.split('.');
  return { root, member: members.join('.') };
}
