import { toEdgeId, type WorkflowDocument, type WorkflowEdge } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import type { Fix, Fixer } from './fix.ts';
import { between, connectInput } from './fix-connections.ts';
import { toFreeId } from './free-names.ts';
import { findNearest } from './near-name.ts';
import { viewNode } from './node-view.ts';
import type { Problem } from './problem.ts';
import { suggestTransform } from './suggest-transform.ts';

/** Ways out of what is wrong with edges and ports. */
export const edgeFixers: Readonly<Record<string, Fixer>> = {
  'edge.duplicate': (document, problem) =>
    withEdge(document, problem, (edge, id) => [
      {
        type: 'edit',
        title: 'Keep one of them',
        // Both have the same name: removed together, one is drawn again.
        edit: {
          type: 'batch',
          edits: [
            { type: 'removeEdges', edges: [id] },
            { type: 'addEdge', edge },
          ],
        },
      },
    ]),
  'edge.dangling': (document, problem) => withEdge(document, problem, removeEdge),
  'edge.unknownPort': (document, problem) =>
    withEdge(document, problem, (edge, id) => [...moveEnd(document, edge, id), ...removeEdge(edge, id)]),
  'edge.mistyped': (document, problem) =>
    withEdge(document, problem, (edge, id) => [...insertTransform(document, edge, id), ...removeEdge(edge, id)]),
  'port.notConnected': (document, { node, port }) => {
    const target = document.nodes.find(({ id }) => id === node);
    return target === undefined || port === null ? [] : connectInput(document, target, port, 3);
  },
  'port.tooManyEdges': (document, { node, port }) => {
    const edges = document.edges.filter(({ to }) => to.node === node && to.port === port);
    const [first, ...others] = edges;
    if (first === undefined) return [];
    return [
      ...insertMerge(document, edges),
      {
        type: 'edit',
        title: `Keep only the edge from ${first.from.node}.${first.from.port}`,
        edit: { type: 'removeEdges', edges: others.map(toEdgeId) },
      },
    ];
  },
};

function withEdge(
  document: WorkflowDocument,
  { edge: id }: Problem,
  find: (edge: WorkflowEdge, id: string) => readonly Fix[],
): readonly Fix[] {
  const edge = document.edges.find((candidate) => toEdgeId(candidate) === id);
  return edge === undefined || id === undefined ? [] : find(edge, id);
}

function removeEdge(_edge: WorkflowEdge, id: string): readonly Fix[] {
  return [{ type: 'edit', title: 'Remove the edge', edit: { type: 'removeEdges', edges: [id] } }];
}

/** To the port whose name is nearest, or the only one there is. */
function moveEnd(document: WorkflowDocument, edge: WorkflowEdge, id: string): readonly Fix[] {
  const portsOf = (side: 'inputs' | 'outputs', node: string) => {
    const found = document.nodes.find((candidate) => candidate.id === node);
    const view = found === undefined ? undefined : viewNode(found);
    return view?.type === 'valid' ? view.ports[side].map(({ name }) => name) : [];
  };
  const outputs = portsOf('outputs', edge.from.node);
  const inputs = portsOf('inputs', edge.to.node);
  const nearest = (name: string, names: readonly string[]) =>
    names.includes(name) ? name : (findNearest(name, names) ?? (names.length === 1 ? names[0] : undefined));
  const [output, input] = [nearest(edge.from.port, outputs), nearest(edge.to.port, inputs)];
  if (output === undefined || input === undefined) return [];
  const moved = { ...edge, from: { ...edge.from, port: output }, to: { ...edge.to, port: input } };
  const words = [output === edge.from.port ? [] : [`begin at “${output}”`], input === edge.to.port ? [] : [`end at “${input}”`]].flat();
  return [
    {
      type: 'edit',
      title: `Let it ${words.join(' and ')}`,
      edit: {
        type: 'batch',
        edits: [
          { type: 'removeEdges', edges: [id] },
          { type: 'addEdge', edge: moved },
        ],
      },
    },
  ];
}

function insertTransform(document: WorkflowDocument, edge: WorkflowEdge, id: string): readonly Fix[] {
  const removal: WorkflowEdit = { type: 'removeEdges', edges: [id] };
  const without = { ...document, edges: document.edges.filter((other) => other !== edge) };
  const suggestion = suggestTransform(without, edge.from, edge.to);
  const source = document.nodes.find((node) => node.id === edge.from.node);
  const target = document.nodes.find((node) => node.id === edge.to.node);
  if (suggestion === null || source === undefined || target === undefined) return [];
  const transform = toFreeId(new Set(document.nodes.map((node) => node.id)), 'transform');
  const { expression, outputType } = suggestion;
  return [
    {
      type: 'edit',
      title: `Insert a transform that ${suggestion.words}`,
      edit: {
        type: 'batch',
        edits: [
          removal,
          {
            type: 'addNode',
            node: {
              id: transform,
              kind: 'transform',
              name: 'Transform',
              position: between(source, target),
              config: { expression, outputType },
            },
          },
          { type: 'addEdge', edge: { from: edge.from, to: { node: transform, port: 'in' } } },
          { type: 'addEdge', edge: { from: { node: transform, port: 'value' }, to: edge.to } },
        ],
      },
    },
  ];
}

function insertMerge(document: WorkflowDocument, edges: readonly WorkflowEdge[]): readonly Fix[] {
  const [first] = edges;
  const source = document.nodes.find(({ id }) => id === first?.from.node);
  const target = document.nodes.find(({ id }) => id === first?.to.node);
  if (first === undefined || source === undefined || target === undefined) return [];
  const merge = toFreeId(new Set(document.nodes.map((node) => node.id)), 'merge');
  return [
    {
      type: 'edit',
      title: 'Put a merge in between, for the first that arrives',
      edit: {
        type: 'batch',
        edits: [
          { type: 'removeEdges', edges: edges.map(toEdgeId) },
          {
            type: 'addNode',
            node: { id: merge, kind: 'merge', name: 'Merge', position: between(source, target), config: { mode: 'any' } },
          },
          ...edges.map((edge): WorkflowEdit => ({ type: 'addEdge', edge: { from: edge.from, to: { node: merge, port: 'in' } } })),
          { type: 'addEdge', edge: { from: { node: merge, port: 'value' }, to: first.to } },
        ],
      },
    },
  ];
}
