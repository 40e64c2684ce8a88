import { HeddleError } from '../base/errors.ts';
import { judgeCertainty } from './certainty.ts';
import type { PortReference, WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';
import { findPort } from './edge-verdict.ts';
import { buildGraph, listAncestors, listDescendants } from './graph.ts';
import { viewNode } from './node-view.ts';
import { listMentions } from './rewrite-references.ts';

/** Refuses nodes that must stay where they are, and what is tied to nodes outside by more than edges. */
export function refuseUnmovable(document: WorkflowDocument, selected: readonly WorkflowNode[], selection: ReadonlySet<string>): void {
  if (!selected.some((node) => viewNode(node).type !== 'valid' || isExecutable(node)))
    throw refusal('Select the nodes that the subflow is to hold; notes alone do nothing.');
  for (const node of selected) {
    const view = viewNode(node);
    if (view.type !== 'valid') throw refusal(`${toName(node)} cannot be read. Mend or delete it first.`);
    if (node.kind === 'input')
      throw refusal(`${toName(node)} is where the inputs of a run come in, so it stays. Take it out of the selection.`);
    if (node.kind === 'output') throw refusal(`${toName(node)} is a result of the run, so it stays. Take it out of the selection.`);
  }
  for (const node of document.nodes) {
    const { compensation } = node;
    if (compensation !== undefined && selection.has(compensation) !== selection.has(node.id)) {
      const other = document.nodes.find(({ id }) => id === compensation);
      throw refusal(`${toName(node)} is undone by ${other === undefined ? `“${compensation}”` : toName(other)}. Select both or neither.`);
    }
  }
  const hook = document.hooks?.find(({ nodes }) => nodes?.some((id) => selection.has(id)));
  if (hook !== undefined) throw refusal(`The hook “${hook.id}” is for one of these nodes. Change the hook first.`);
}

/** A way that leaves the selection and comes back would make the subflow wait for itself. */
export function refuseDetours(document: WorkflowDocument, selection: ReadonlySet<string>): void {
  const graph = buildGraph(document);
  const before = new Set([...selection].flatMap((id) => [...listAncestors(graph, id)]));
  const after = new Set([...selection].flatMap((id) => [...listDescendants(graph, id)]));
  const between = document.nodes.find(({ id }) => !selection.has(id) && before.has(id) && after.has(id));
  if (between !== undefined) throw refusal(`${toName(between)} lies between selected nodes. Select it too.`);
}

/** The subflow runs as a whole or not at all; what decides about some of its nodes only, or about what it gives, must not lie at its border. */
export function refuseUncertain(
  document: WorkflowDocument,
  selected: readonly WorkflowNode[],
  selection: ReadonlySet<string>,
  entering: readonly WorkflowEdge[],
): void {
  const certainty = judgeCertainty(document);
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const doubtful = entering.find((edge) => !certainty.edge(edge));
  if (doubtful !== undefined) {
    const source = byId.get(doubtful.from.node);
    const isOnly = entering.every(({ from }) => from.node === doubtful.from.node && from.port === doubtful.from.port);
    const entered = new Set(document.edges.filter(({ to }) => selection.has(to.node)).map(({ to }) => to.node));
    const undoing = new Set(selected.map(({ compensation }) => compensation));
    if (!isOnly || selected.some((node) => isExecutable(node) && !entered.has(node.id) && !undoing.has(node.id)))
      throw refusal(
        `Whether something comes from ${source === undefined ? 'before' : toName(source)} is decided in the run, and only some of the selected nodes wait for it. Select other nodes.`,
      );
  }
  for (const node of selected) {
    for (const { root } of listMentions(node)) {
      const source = byId.get(root);
      if (source === undefined || selection.has(root) || source.id === doubtful?.from.node) continue;
      const view = viewNode(source);
      if (view.type !== 'valid' || !view.ports.outputs.every(({ name }) => certainty.port(root, name)))
        throw refusal(`${toName(node)} speaks of ${toName(source)}, which may not run. Select other nodes.`);
    }
  }
  const inside = judgeCertainty({
    ...document,
    nodes: [...selected],
    edges: document.edges.filter(({ from, to }) => selection.has(from.node) && selection.has(to.node)),
  });
  for (const { node: id, port } of listLeaving(document, selection)) {
    const node = byId.get(id);
    if (node !== undefined && !inside.port(id, port))
      throw refusal(`Whether ${toName(node)} gives “${port}” is decided inside the selection. Select what depends on it too.`);
  }
}

/** Every output of the selection that something outside takes, by an edge or in an expression. */
export function listLeaving(document: WorkflowDocument, selection: ReadonlySet<string>): readonly PortReference[] {
  const found = new Map<string, PortReference>();
  const add = (from: PortReference) => found.set(`${from.node}.${from.port}`, from);
  for (const { from, to } of document.edges) if (selection.has(from.node) && !selection.has(to.node)) add(from);
  for (const node of document.nodes.filter(({ id }) => !selection.has(id)))
    for (const { root, members } of listMentions(node)) {
      if (!selection.has(root)) continue;
      const [port] = members;
      const source = document.nodes.find(({ id }) => id === root);
      if (port === undefined || source === undefined || findPort(source, 'outputs', port) == null)
        throw refusal(`${toName(node)} speaks of “${root}” as a whole. Name one of its outputs there, as in ${root}.text.`);
      add({ node: root, port });
    }
  return [...found.values()];
}

function isExecutable(node: WorkflowNode): boolean {
  const view = viewNode(node);
  return view.type === 'valid' && view.kind.isExecutable;
}

function toName(node: WorkflowNode): string {
  return `“${node.name || node.id}”`;
}

function refusal(message: string): HeddleError {
  return new HeddleError('workflow.invalid', message);
}
