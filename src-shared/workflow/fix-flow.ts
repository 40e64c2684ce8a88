import type { HookDeclaration, WorkflowDocument, WorkflowNode } from './document.ts';
import { toEdgeId } from './document.ts';
import { verdictOnEdge } from './edge-verdict.ts';
import type { WorkflowEdit } from './edit.ts';
import type { Fix, Fixer } from './fix.ts';
import { connectInput } from './fix-connections.ts';
import { toFreeId } from './free-names.ts';
import { buildGraph, findCycles } from './graph.ts';
import { viewNode } from './node-view.ts';
import type { Problem } from './problem.ts';

/** Ways out of what is wrong with the workflow as a whole, its compensations, hooks and groups. */
export const flowFixers: Readonly<Record<string, Fixer>> = {
  'workflow.cycle': breakCycle,
  'workflow.noOutput': addOutput,
  'node.unreachable': (document, problem) => [...enableSources(document, problem), ...disable(document, problem)],
  'node.unconnected': (document, problem) => [...connect(document, problem), ...disable(document, problem), ...remove(document, problem)],
  'output.duplicateName': (document, { node: id }) => {
    const node = document.nodes.find((candidate) => candidate.id === id);
    if (node === undefined) return [];
    const taken = new Set(document.nodes.flatMap((other) => (other.kind === 'output' ? [String(other.config.name)] : [])));
    const name = toFreeId(taken, String(node.config.name));
    return [edit(`Call it “${name}”`, { type: 'changeConfig', node: node.id, config: { ...node.config, name } })];
  },
  'compensation.missing': dropCompensation,
  'compensation.itself': dropCompensation,
  'compensation.notExecutable': dropCompensation,
  'compensation.shared': dropCompensation,
  'compensation.connected': (document, { node: id }) => {
    const undoing = document.nodes.find((node) => node.id === id)?.compensation;
    const edges = document.edges.filter(({ from, to }) => from.node === undoing || to.node === undoing).map(toEdgeId);
    return [edit('Remove its edges', { type: 'removeEdges', edges: [...new Set(edges)] }), ...dropCompensation(document, { node: id })];
  },
  'compensation.undone': (document, { node: id }) => {
    const undoing = document.nodes.find((node) => node.id === id)?.compensation;
    return undoing === undefined ? [] : dropCompensation(document, { node: undoing });
  },
  'hook.repeatedId': (document, problem) =>
    changeHook(document, problem, (hook, hooks) => {
      const id = toFreeId(new Set(hooks.map((other) => other.id)), hook.id);
      return { title: `Call it “${id}”`, hook: { ...hook, id } };
    }),
  'hook.unknownNode': (document, problem) =>
    changeHook(document, problem, (hook) => {
      const known = new Set(document.nodes.map(({ id }) => id));
      return {
        title: 'Take the nodes that are gone out of the hook',
        hook: { ...hook, nodes: (hook.nodes ?? []).filter((id) => known.has(id)) },
      };
    }),
  'group.unknownNode': (document, { path }) => {
    const known = new Set(document.nodes.map(({ id }) => id));
    const groups = (document.groups ?? []).flatMap((group, index) => {
      if (index !== path?.[1]) return [group];
      const nodes = group.nodes.filter((id) => known.has(id));
      return nodes.length === 0 ? [] : [{ ...group, nodes }];
    });
    return [edit('Take the nodes that are gone out of the group', { type: 'changeGroups', groups: groups.length === 0 ? null : groups })];
  },
};

/** The edge that leads back, against the direction of reading, is most likely the one too many. */
function breakCycle(document: WorkflowDocument, { node }: Problem): readonly Fix[] {
  const cycle = findCycles(buildGraph(document)).find(([first]) => first === node);
  if (cycle === undefined) return [];
  const placeOf = new Map(document.nodes.map(({ id, position }) => [id, position.x]));
  const edges = document.edges.filter(({ from, to }) => {
    const at = cycle.indexOf(from.node);
    return at >= 0 && cycle[(at + 1) % cycle.length] === to.node;
  });
  const forward = ({ from, to }: (typeof edges)[number]) => (placeOf.get(to.node) ?? 0) - (placeOf.get(from.node) ?? 0);
  return edges
    .toSorted((a, b) => forward(a) - forward(b))
    .slice(0, 4)
    .map(({ from, to }) => {
      // Several edges between the same two nodes close the same circle.
      const same = edges.filter((other) => other.from.node === from.node && other.to.node === to.node);
      return edit(`Remove the edge from ${from.node} to ${to.node}`, { type: 'removeEdges', edges: [...new Set(same.map(toEdgeId))] });
    })
    .filter((fix, index, all) => all.findIndex(({ title }) => title === fix.title) === index);
}

/** Beside the last node that gives something nobody uses. */
function addOutput(document: WorkflowDocument): readonly Fix[] {
  const used = new Set(document.edges.map(({ from }) => from.node));
  const ends = document.nodes.flatMap((node) => {
    const view = viewNode(node);
    const [port] = view.type === 'valid' ? view.ports.outputs : [];
    return port === undefined || used.has(node.id) || node.disabled === true ? [] : [{ node, port: port.name }];
  });
  const [last] = ends.toSorted((a, b) => b.node.position.x - a.node.position.x);
  if (last === undefined) return [];
  const id = toFreeId(new Set(document.nodes.map((node) => node.id)), 'result');
  const position = { x: last.node.position.x + 240, y: last.node.position.y };
  return [
    edit(`Add an output for what ${nameOf(last.node)} gives`, {
      type: 'batch',
      edits: [
        { type: 'addNode', node: { id, kind: 'output', name: 'Result', position, config: { name: 'result' } } },
        { type: 'addEdge', edge: { from: { node: last.node.id, port: last.port }, to: { node: id, port: 'value' } } },
      ],
    }),
  ];
}

function enableSources(document: WorkflowDocument, { node, port }: Problem): readonly Fix[] {
  const sources = document.edges.filter(({ to }) => to.node === node && to.port === port).map(({ from }) => from.node);
  return document.nodes
    .filter(({ id, disabled }) => disabled === true && sources.includes(id))
    .map((source) => edit(`Enable ${nameOf(source)}`, { type: 'setDisabled', node: source.id, disabled: null }));
}

function connect(document: WorkflowDocument, { node: id }: Problem): readonly Fix[] {
  const node = document.nodes.find((candidate) => candidate.id === id);
  const view = node === undefined ? undefined : viewNode(node);
  if (node === undefined || view?.type !== 'valid') return [];
  const [input] = view.ports.inputs;
  if (input !== undefined) return connectInput(document, node, input.name, 2);
  const [output] = view.ports.outputs;
  if (output === undefined) return [];
  const from = { node: node.id, port: output.name };
  return document.nodes
    .flatMap((target) => {
      const targetView = viewNode(target);
      return targetView.type === 'valid' ? targetView.ports.inputs.map(({ name }) => ({ from, to: { node: target.id, port: name } })) : [];
    })
    .filter((edge) => verdictOnEdge(document, edge.from, edge.to).verdict !== 'refused')
    .slice(0, 2)
    .map((edge) => edit(`Connect it with ${edge.to.node}`, { type: 'addEdge', edge }));
}

function disable(_document: WorkflowDocument, { node }: Problem): readonly Fix[] {
  return node === null ? [] : [edit('Disable it', { type: 'setDisabled', node, disabled: true })];
}

function remove(_document: WorkflowDocument, { node }: Problem): readonly Fix[] {
  return node === null ? [] : [edit('Remove it', { type: 'removeNodes', nodes: [node] })];
}

function dropCompensation(_document: WorkflowDocument, { node }: Pick<Problem, 'node'>): readonly Fix[] {
  return node === null ? [] : [edit('Undo it by nothing', { type: 'changeNodeDetails', node, compensation: null })];
}

function changeHook(
  { hooks = [] }: WorkflowDocument,
  { path }: Problem,
  change: (hook: HookDeclaration, hooks: readonly HookDeclaration[]) => { readonly title: string; readonly hook: HookDeclaration },
): readonly Fix[] {
  const at = path?.[1];
  const hook = typeof at === 'number' ? hooks[at] : undefined;
  if (hook === undefined) return [];
  const changed = change(hook, hooks);
  return [edit(changed.title, { type: 'changeHooks', hooks: hooks.map((other, index) => (index === at ? changed.hook : other)) })];
}

function edit(title: string, change: WorkflowEdit): Fix {
  return { type: 'edit', title, edit: change };
}

function nameOf({ name, id }: WorkflowNode): string {
  return name || id;
}
