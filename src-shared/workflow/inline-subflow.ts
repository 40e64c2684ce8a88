import { HeddleError } from '../base/errors.ts';
import { subflowKind } from '../nodes/subflow/subflow.ts';
import { transformKind } from '../nodes/transform/transform.ts';
import { judgeCertainty, looksAtInputs, toOpenPort } from './certainty.ts';
import { type PortReference, toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import { toFreeId, toFreeName } from './free-names.ts';
import { buildGraph, createUpstreamTest } from './graph.ts';
import { type Sources, toSources } from './inline-sources.ts';
import { viewNode } from './node-view.ts';
import { listMentions, type Mention, type Rewording, rewriteReferences } from './rewrite-references.ts';

/** A subflow's nodes in its place. */
export interface Inlining {
  readonly edit: WorkflowEdit;
  /** The ids of the nodes that came out of it. */
  readonly nodes: readonly string[];
}

/**
 * Puts what a subflow runs in the place of the node that runs it, so that runs give the same as before: the reverse of `extractSubflow`. Its
 * inputs are taken straight from where they come, or through a transform where they are computed. Throws `workflow.invalid`, saying why, where
 * the nodes could not do the same outside.
 */
export function inlineSubflow(document: WorkflowDocument, id: string, inner: WorkflowDocument): Inlining {
  const subflow = document.nodes.find((node) => node.id === id);
  if (subflow === undefined || subflow.kind !== subflowKind.kind) throw refusal('Only a subflow can be put back in its place.');
  refuseImmovable(document, subflow, inner);
  const outside = document.nodes.filter((node) => node !== subflow);
  const arriving = document.edges.filter(({ to }) => to.node === id);
  const unpackers = findUnpackers(document, subflow);
  const ids = toNewIds(document, inner, unpackers);
  const sources = toSources(document, subflow, inner, ids, arriving);
  const moved = inner.nodes.filter(isMoved).map((node) => moveNode(node, document, subflow, inner, ids, sources));
  const ends = toEnds(inner, ids, sources);
  const rewired = rewire({ document, subflow, inner, ids, sources, ends, unpackers, arriving, outside });
  const nodes = [...sources.computed, ...moved, ...rewired.packed];
  const followed = outside
    .filter((node) => !unpackers.has(node.id))
    .flatMap((node): WorkflowEdit[] => {
      const rewritten = rewriteReferences(node, (mention) => rewordOutput(node, mention, subflow, ends, unpackers));
      return rewritten === node ? [] : [{ type: 'changeConfig', node: node.id, config: rewritten.config }];
    });
  const gone = new Set([id, ...unpackers.keys()]);
  const kept = new Set(document.edges.filter(({ from, to }) => !gone.has(from.node) && !gone.has(to.node)));
  const rough: WorkflowDocument = {
    ...document,
    nodes: [...outside.filter((node) => !gone.has(node.id)), ...nodes],
    edges: [...rewired.edges],
  };
  const edges = [...rewired.edges, ...toMissingEdges(rough, document, subflow, moved, arriving)];
  const edit: WorkflowEdit = {
    type: 'batch',
    edits: [
      { type: 'removeNodes', nodes: [...gone] },
      ...nodes.map((node): WorkflowEdit => ({ type: 'addNode', node })),
      ...followed,
      { type: 'restore', nodes: [], edges: edges.flatMap((edge, index) => (kept.has(edge) ? [] : [{ index, edge }])) },
    ],
  };
  return { edit, nodes: nodes.map((node) => node.id) };
}

function refuseImmovable(document: WorkflowDocument, subflow: WorkflowNode, inner: WorkflowDocument): void {
  const name = toName(subflow);
  if (viewNode(subflow).type !== 'valid') throw refusal(`${name} cannot be read. Mend it first.`);
  if (subflow.disabled === true) throw refusal(`${name} is disabled, and would not be afterwards. Enable or delete it.`);
  if (subflow.policy !== undefined && Object.keys(subflow.policy).length > 0)
    throw refusal(`${name} has settings for when it fails, which hold for all of it together. Clear them first.`);
  if (subflow.compensation !== undefined || document.nodes.some(({ compensation }) => compensation === subflow.id))
    throw refusal(`${name} is undone, or undoes, as a whole. Clear that first.`);
  const hook = document.hooks?.find(({ nodes }) => nodes?.includes(subflow.id));
  if (hook !== undefined) throw refusal(`The hook “${hook.id}” is for ${name}. Change the hook first.`);
  if (inner.hooks !== undefined && inner.hooks.length > 0) throw refusal(`“${inner.name}” has hooks of its own, which would be lost.`);
  if (new Set(inner.nodes.map((node) => node.id)).size < inner.nodes.length)
    throw refusal(`“${inner.name}” has two nodes of one id. Mend it first.`);
  for (const node of inner.nodes) {
    if (viewNode(node).type !== 'valid') throw refusal(`In “${inner.name}”, ${toName(node)} cannot be read. Mend it first.`);
    if (node.disabled === true && (node.kind === 'input' || node.kind === 'output'))
      throw refusal(`In “${inner.name}”, ${toName(node)} is disabled.`);
  }
}

/** Transforms that only take one value out of what the subflow gives, with its name: what stands behind them can take their place. */
function findUnpackers(document: WorkflowDocument, subflow: WorkflowNode): ReadonlyMap<string, string> {
  return new Map(
    document.nodes.flatMap((node) => {
      if (node.kind !== transformKind.kind || node.disabled === true || node.policy !== undefined) return [];
      const found = new RegExp(`^${subflow.id}\\.outputs\\.([A-Za-z_]\\w*)$`).exec(String(node.config.expression).trim());
      const incoming = document.edges.filter(({ to }) => to.node === node.id);
      const isSpokenOfWhole = document.nodes.some((other) =>
        listMentions(other).some(({ root, members }) => root === node.id && members[0] !== 'value'),
      );
      const isOnlyThat = incoming.length === 1 && incoming[0]?.from.node === subflow.id && !isSpokenOfWhole;
      return found === null || !isOnlyThat ? [] : [[node.id, found[1] as string] as const];
    }),
  );
}

/** The ids that the nodes get outside: their own where it is free. */
function toNewIds(
  document: WorkflowDocument,
  inner: WorkflowDocument,
  unpackers: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const taken = new Set(document.nodes.map((node) => node.id).filter((id) => !unpackers.has(id)));
  return new Map(
    inner.nodes.filter(isMoved).map((node) => {
      const id = toFreeId(taken, node.id);
      taken.add(id);
      return [node.id, id] as const;
    }),
  );
}

/** A node of the subflow as it stands outside: beside where the subflow stood, under its new id, its expressions following. */
function moveNode(
  node: WorkflowNode,
  document: WorkflowDocument,
  subflow: WorkflowNode,
  inner: WorkflowDocument,
  ids: ReadonlyMap<string, string>,
  sources: Sources,
): WorkflowNode {
  const followed = rewriteReferences(node, ({ root, members: [member] }) => {
    const source = member === undefined ? undefined : sources.byField.get(`${root}.${member}`);
    if (source !== undefined)
      return source.node === root && source.port === member ? null : { words: `${source.node}.${source.port}`, members: 1 };
    const fields = member === undefined ? [...sources.byField].filter(([key]) => key.startsWith(`${root}.`)) : [];
    if (fields.length > 0) {
      const isSame = fields.every(([key, { node: at, port }]) => key === `${at}.${port}`) && isWhole(document, root, fields.length);
      return isSame ? null : { words: toRecordWords(fields.map(([key, port]) => [key.slice(root.length + 1), port])), members: 0 };
    }
    const id = ids.get(root);
    return id === undefined || id === root ? null : { words: id, members: 0 };
  });
  const moved = inner.nodes.filter(isMoved);
  const left = Math.min(...moved.map(({ position }) => position.x));
  const top = Math.min(...moved.map(({ position }) => position.y));
  const compensation = node.compensation === undefined ? undefined : ids.get(node.compensation);
  const { compensation: _before, ...rest } = followed;
  const names = new Set(document.nodes.filter((other) => other !== subflow).map(({ name }) => name));
  const isFree = ids.get(node.id) === node.id || node.name === '';
  return {
    ...rest,
    id: ids.get(node.id) as string,
    name: isFree ? node.name : toFreeName(names, node.name),
    position: { x: subflow.position.x + node.position.x - left, y: subflow.position.y + node.position.y - top },
    ...(compensation === undefined ? {} : { compensation }),
  };
}

/** The node gives just so many outputs. */
function isWhole(document: WorkflowDocument, id: string, count: number): boolean {
  const node = document.nodes.find((candidate) => candidate.id === id);
  const view = node === undefined ? null : viewNode(node);
  return view?.type === 'valid' && view.ports.outputs.length === count;
}

/** A record in CEL, of values of ports. */
function toRecordWords(members: Iterable<readonly [name: string, port: PortReference]>): string {
  return `{${[...members].map(([name, { node, port }]) => `"${name}": ${node}.${port}`).join(', ')}}`;
}

/** By the name of each output of the subflow, the port outside that now gives it. */
function toEnds(inner: WorkflowDocument, ids: ReadonlyMap<string, string>, sources: Sources): ReadonlyMap<string, PortReference> {
  const certainty = judgeCertainty(inner);
  const ends = new Map<string, PortReference>();
  for (const node of inner.nodes.filter(({ kind }) => kind === 'output')) {
    const name = String(node.config.name);
    const edge = inner.edges.find(({ to }) => to.node === node.id);
    const source = edge === undefined ? undefined : toOuterPort(edge.from, ids, sources);
    if (ends.has(name)) throw refusal(`“${inner.name}” gives “${name}” twice.`);
    if (edge === undefined || source === undefined || !certainty.edge(edge))
      throw refusal(`Whether “${inner.name}” gives “${name}” is decided inside it, so it has to stay a subflow.`);
    ends.set(name, source);
  }
  return ends;
}

function toOuterPort(from: PortReference, ids: ReadonlyMap<string, string>, sources: Sources): PortReference | undefined {
  const field = sources.byField.get(`${from.node}.${from.port}`);
  const id = ids.get(from.node);
  return field ?? (id === undefined ? undefined : { node: id, port: from.port });
}

function rewordOutput(
  node: WorkflowNode,
  { root, members }: Mention,
  subflow: WorkflowNode,
  ends: ReadonlyMap<string, PortReference>,
  unpackers: ReadonlyMap<string, string>,
): Rewording | null {
  const unpacked = unpackers.get(root);
  if (root !== subflow.id && unpacked === undefined) return null;
  const end = ends.get(unpacked ?? members[1] ?? '');
  if (end !== undefined && (unpacked !== undefined || members[0] === 'outputs'))
    return { words: `${end.node}.${end.port}`, members: unpacked === undefined ? 2 : 1 };
  if (members.length === 1 && members[0] === 'outputs') return { words: toRecordWords(ends), members: 1 };
  throw refusal(
    `${toName(node)} speaks of “${members.join('.') || root}” of ${toName(subflow)}. Name one of its outputs there, as in ${subflow.id}.outputs.text.`,
  );
}

/** The edges with the nodes in the place of the subflow, each where it stood, and a record of all outputs where a node takes them whole. */
function rewire({
  document,
  subflow,
  inner,
  ids,
  sources,
  ends,
  unpackers,
  arriving,
  outside,
}: {
  readonly document: WorkflowDocument;
  readonly subflow: WorkflowNode;
  readonly inner: WorkflowDocument;
  readonly ids: ReadonlyMap<string, string>;
  readonly sources: Sources;
  readonly ends: ReadonlyMap<string, PortReference>;
  readonly unpackers: ReadonlyMap<string, string>;
  readonly arriving: readonly WorkflowEdge[];
  readonly outside: readonly WorkflowNode[];
}): { readonly edges: readonly WorkflowEdge[]; readonly packed: readonly WorkflowNode[] } {
  const packed: WorkflowNode[] = [];
  const seen = new Set<string>();
  const add = (edge: WorkflowEdge): WorkflowEdge[] => {
    if (seen.has(toEdgeId(edge))) return [];
    seen.add(toEdgeId(edge));
    return [edge];
  };
  const within = inner.edges.flatMap((edge) => {
    const to = ids.get(edge.to.node);
    const from = toOuterPort(edge.from, ids, sources);
    return to === undefined || from === undefined ? [] : add({ ...edge, from, to: { node: to, port: edge.to.port } });
  });
  const computed = sources.computed.flatMap(({ id }) => arriving.flatMap((edge) => add({ ...edge, to: { node: id, port: 'in' } })));
  const leaving = document.edges.flatMap((edge): WorkflowEdge[] => {
    if (edge.to.node === subflow.id || unpackers.has(edge.to.node)) return [];
    const unpacked = unpackers.get(edge.from.node);
    if (unpacked !== undefined) return add({ ...edge, from: requireEnd(ends, unpacked, subflow) });
    if (edge.from.node !== subflow.id) return [edge];
    const target = outside.find(({ id }) => id === edge.to.node);
    if (target !== undefined && !looksAtInputs(target)) {
      const spoken = listMentions(target).flatMap(({ root, members }) => (root === subflow.id ? [members[1] ?? ''] : []));
      const named = [...new Set(spoken)].flatMap((name) => ends.get(name) ?? []);
      return toLast(named.length === 0 ? [...ends.values()] : named, within).flatMap((from) => add({ ...edge, from }));
    }
    packed.push(toRecord(subflow, ends));
    return add({ ...edge, from: { node: subflow.id, port: 'value' } });
  });
  const [record] = packed;
  const filled = record === undefined ? [] : [...ends.values()].flatMap((from) => add({ from, to: { node: record.id, port: 'in' } }));
  return { edges: [...leaving, ...computed, ...within, ...filled], packed: record === undefined ? [] : [record] };
}

/** Those of the ports that lead to no other of them: who waits for these, waits for all. */
function toLast(ports: readonly PortReference[], edges: readonly WorkflowEdge[]): readonly PortReference[] {
  const before = new Set(ports.flatMap(({ node }) => [...listSourcesOf(node, edges)]));
  return ports.filter(({ node }) => !before.has(node));
}

function listSourcesOf(node: string, edges: readonly WorkflowEdge[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const { from, to } of edges) {
      if (to.node !== next || found.has(from.node)) continue;
      found.add(from.node);
      open.push(from.node);
    }
  return found;
}

/** A transform under the subflow's id that gives what the subflow gave. */
function toRecord(subflow: WorkflowNode, ends: ReadonlyMap<string, PortReference>): WorkflowNode {
  return {
    id: subflow.id,
    kind: transformKind.kind,
    name: subflow.name,
    position: { x: subflow.position.x + 256, y: subflow.position.y },
    config: { expression: toRecordWords(ends), outputType: 'object' },
  };
}

function requireEnd(ends: ReadonlyMap<string, PortReference>, name: string, subflow: WorkflowNode): PortReference {
  const end = ends.get(name);
  if (end === undefined) throw refusal(`${toName(subflow)} gives no “${name}” any more. Mend the problem first.`);
  return end;
}

/**
 * Edges by which the nodes wait for what the subflow waited for. Where that may be skipped, each first node must be skipped with it; otherwise
 * it is enough that a node comes after those it speaks of.
 */
function toMissingEdges(
  rough: WorkflowDocument,
  document: WorkflowDocument,
  subflow: WorkflowNode,
  moved: readonly WorkflowNode[],
  arriving: readonly WorkflowEdge[],
): readonly WorkflowEdge[] {
  const certainty = judgeCertainty(document);
  const own = new Set(moved.map(({ id }) => id));
  const undoing = new Set(moved.map(({ compensation }) => compensation));
  const isUncertain = arriving.length > 0 && !arriving.some((edge) => certainty.edge(edge));
  const missing: WorkflowEdge[] = [];
  const feed = (node: WorkflowNode, froms: readonly PortReference[], reason: string) => {
    const port = toOpenPort(node);
    if (port === null) throw refusal(`${toName(node)} has no place for the edge ${reason}, so it has to stay in a subflow.`);
    for (const from of froms) {
      const edge = { from, to: { node: node.id, port } };
      if (![...rough.edges, ...missing].some((known) => toEdgeId(known) === toEdgeId(edge))) missing.push(edge);
    }
  };
  if (isUncertain) {
    const gates = new Set(arriving.map(({ from }) => `${from.node}.${from.port}`));
    for (const node of moved) {
      const view = viewNode(node);
      const incoming = rough.edges.filter(({ to }) => to.node === node.id);
      if (undoing.has(node.id) || (view.type === 'valid' && !view.kind.isExecutable) || incoming.some(({ from }) => own.has(from.node)))
        continue;
      const ports = Map.groupBy(incoming, ({ to }) => to.port);
      const isGated = [...ports.values()].some((edges) => {
        const froms = edges.map(({ from }) => `${from.node}.${from.port}`);
        const isComputed = edges.some(({ from }) => !document.nodes.some(({ id }) => id === from.node));
        return (isComputed && edges.length === 1) || (froms.every((from) => gates.has(from)) && froms.length === gates.size);
      });
      if (isGated) continue;
      const open = toOpenPort(node);
      if (open !== null && (ports.get(open) ?? []).some(({ from }) => !gates.has(`${from.node}.${from.port}`)))
        throw refusal(
          `Whether ${toName(subflow)} runs is decided before it, but ${toName(node)} would run in any case. It has to stay in a subflow.`,
        );
      feed(
        node,
        arriving.map(({ from }) => from),
        'that decides whether it runs',
      );
    }
  }
  const isUpstream = createUpstreamTest(buildGraph({ ...rough, edges: [...rough.edges, ...missing] }));
  for (const node of moved) {
    for (const { root, members } of listMentions(node)) {
      const source = rough.nodes.find(({ id }) => id === root);
      if (source === undefined || own.has(root) || isUpstream(root, node.id) || undoing.has(node.id)) continue;
      feed(node, [{ node: root, port: members[0] ?? '' }], `from ${toName(source)}, of which it speaks`);
    }
  }
  return missing;
}

function isMoved({ kind }: WorkflowNode): boolean {
  return kind !== 'input' && kind !== 'output';
}

function toName(node: WorkflowNode): string {
  return `“${node.name || node.id}”`;
}

function refusal(message: string): HeddleError {
  return new HeddleError('workflow.invalid', message);
}
