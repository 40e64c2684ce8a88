import { HeddleError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { NodeKind } from '../nodes/kind.ts';
import { findKind } from '../nodes/registry.ts';
import { type PortReference, toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from './document.ts';
import { verdictOnEdge } from './edge-verdict.ts';
import type { WorkflowEdit } from './edit.ts';
import { viewNode } from './node-view.ts';
import { rewriteReferences } from './rewrite-references.ts';

/** A node of another kind in the place of one, as one edit, and what could not be kept. */
export interface KindReplacement {
  readonly edit: WorkflowEdit;
  /** Edges that end at no port of the new kind, as `toEdgeId` calls them. */
  readonly lostEdges: readonly string[];
}

/**
 * Replaces what a node is and keeps what fits: id, name, place and policy; config values of the same name and sort; edges, at the port of the
 * same name or the first that fits. Expressions that spoke of an output that moved follow. `defaults` is the config of the new kind otherwise.
 */
export function toKindReplacement(document: WorkflowDocument, id: string, kind: NodeKind, defaults: JsonObject): KindReplacement {
  const before = document.nodes.find((node) => node.id === id);
  if (before === undefined) throw new HeddleError('workflow.invalid', `There is no node “${id}” any more.`);
  const config = keepConfig(before, kind, defaults);
  const after: WorkflowNode = { ...before, kind: kind.kind, config };
  const isOwn = (edge: WorkflowEdge) => edge.from.node === id || edge.to.node === id;
  let current: WorkflowDocument = {
    ...document,
    nodes: document.nodes.map((node) => (node === before ? after : node)),
    edges: document.edges.filter((edge) => !isOwn(edge)),
  };
  const gone: string[] = [];
  const lost: string[] = [];
  const drawn: WorkflowEdge[] = [];
  const movedOutputs = new Map<string, string>();
  for (const edge of document.edges.filter(isOwn)) {
    const moved = findPlace(current, edge, id);
    if (moved === null || toEdgeId(moved) !== toEdgeId(edge)) gone.push(toEdgeId(edge));
    if (moved === null) {
      lost.push(toEdgeId(edge));
      continue;
    }
    current = { ...current, edges: [...current.edges, moved] };
    if (moved.from.node === id && moved.from.port !== edge.from.port) movedOutputs.set(edge.from.port, moved.from.port);
    if (toEdgeId(moved) !== toEdgeId(edge)) drawn.push(moved);
  }
  const followed = document.nodes.flatMap((node): WorkflowEdit[] => {
    const rewritten = rewriteReferences(node, ({ root, members: [member] }) => {
      const port = root === id && member !== undefined ? movedOutputs.get(member) : undefined;
      return port === undefined ? null : { words: `${id}.${port}`, members: 1 };
    });
    return node === before || rewritten === node ? [] : [{ type: 'changeConfig', node: node.id, config: rewritten.config }];
  });
  const edits: WorkflowEdit[] = [
    { type: 'removeEdges', edges: gone },
    { type: 'changeKind', node: id, kind: kind.kind, config },
    ...drawn.map((edge): WorkflowEdit => ({ type: 'addEdge', edge })),
    ...followed,
  ];
  return { edit: { type: 'batch', edits }, lostEdges: lost };
}

/** Values under keys that both kinds show as the same sort of field, as far as the new kind takes them. */
function keepConfig(node: WorkflowNode, kind: NodeKind, defaults: JsonObject): JsonObject {
  const known = new Map(findKind(node.kind)?.fields.map(({ key, type }) => [key, type]));
  const shared = kind.fields.filter(({ key, type }) => known.get(key) === type).map(({ key }) => key.split('.')[0] as string);
  let config = defaults;
  for (const key of new Set(shared)) {
    const value = node.config[key];
    if (value === undefined) continue;
    const tried: JsonObject = { ...config, [key]: value };
    if (kind.configSchema.safeParse(tried).success) config = tried;
  }
  return config;
}

/** The edge at a port of the same name, else at the first that fits, else at the first that may fit. */
function findPlace(document: WorkflowDocument, edge: WorkflowEdge, id: string): WorkflowEdge | null {
  const side = edge.from.node === id ? 'outputs' : 'inputs';
  const node = document.nodes.find((candidate) => candidate.id === id) as WorkflowNode;
  const view = viewNode(node);
  if (view.type !== 'valid') return edge;
  const own = side === 'outputs' ? edge.from : edge.to;
  const at = (port: string): WorkflowEdge => {
    const end: PortReference = { node: id, port };
    return side === 'outputs' ? { ...edge, from: end } : { ...edge, to: end };
  };
  const judged = view.ports[side].map(({ name }) => ({ name, verdict: verdictOnEdge(document, at(name).from, at(name).to).verdict }));
  const usable = judged.filter(({ verdict }) => verdict !== 'refused');
  const best = usable.find(({ name }) => name === own.port) ?? usable.find(({ verdict }) => verdict === 'fits') ?? usable.find(() => true);
  return best === undefined ? null : at(best.name);
}
