import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonSchema } from '../base/json.ts';
import { type Field, type FieldType, fieldTypes } from '../nodes/field.ts';
import { inputKind } from '../nodes/input/input.ts';
import { outputKind } from '../nodes/output/output.ts';
import { subflowKind } from '../nodes/subflow/subflow.ts';
import { transformKind } from '../nodes/transform/transform.ts';
import { looksAtInputs, toOpenPort } from './certainty.ts';
import { type PortReference, toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from './document.ts';
import { findPort } from './edge-verdict.ts';
import type { WorkflowEdit } from './edit.ts';
import { listLeaving, refuseDetours, refuseUncertain, refuseUnmovable } from './extract-refusals.ts';
import { toFreeId, toFreeName } from './free-names.ts';
import { buildGraph, createUpstreamTest } from './graph.ts';
import { viewNode } from './node-view.ts';
import { listMentions, rewriteReferences } from './rewrite-references.ts';

/** Some nodes as a workflow of their own, and how a node that runs it takes their place. */
export interface Extraction {
  readonly workflow: WorkflowDocument;
  /** The id of the node that takes their place. */
  readonly node: string;
  /** The edit that puts it there, once the workflow stands in the file of this path. */
  toEdit(path: string): WorkflowEdit;
}

/**
 * Takes nodes out into a workflow of their own, so that runs give the same as before. What comes in becomes an input node for each node it
 * comes from, under that node's id, so that the expressions inside stay as they are; what goes out becomes an output node each. Outside,
 * expressions follow; where the value of an edge matters, a transform takes it out of what the subflow gives. Throws `workflow.invalid`, saying
 * why, for what cannot be taken out.
 */
export function extractSubflow(document: WorkflowDocument, selection: ReadonlySet<string>, name: string): Extraction {
  const selected = document.nodes.filter(({ id }) => selection.has(id));
  const outside = document.nodes.filter(({ id }) => !selection.has(id));
  refuseUnmovable(document, selected, selection);
  refuseDetours(document, selection);
  const isInside = ({ node }: PortReference) => selection.has(node);
  const entering = document.edges.filter(({ from, to }) => !isInside(from) && isInside(to));
  const leaving = document.edges.filter(({ from, to }) => isInside(from) && !isInside(to));
  refuseUncertain(document, selected, selection, entering);
  const inputs = toInputs(document, selected, selection, entering);
  const outputs = toOutputs(document, outside, selection, leaving);
  const within = toWorkflow(document, selected, selection, inputs, outputs, leaving, name);
  const taken = new Set(outside.map(({ id }) => id));
  const id = toFreeId(new Set(document.nodes.map((node) => node.id)), 'steps');
  taken.add(id);
  return {
    workflow: within,
    node: id,
    toEdit: (path) => toReplacementEdit({ document, selected, outside, selection, inputs, outputs, taken, id, name, path }),
  };
}

/** A value that comes in: from which port, and under which name the subflow takes it. */
interface Incoming {
  readonly from: PortReference;
  readonly field: Field;
}

/** A value that goes out: from which port, and under which name the subflow gives it. */
interface Outgoing {
  readonly from: PortReference;
  readonly name: string;
}

function toInputs(
  document: WorkflowDocument,
  selected: readonly WorkflowNode[],
  selection: ReadonlySet<string>,
  entering: readonly WorkflowEdge[],
): readonly Incoming[] {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const wholes = new Set<string>();
  const ports = new Map<string, PortReference>();
  const add = (node: string, port: string) => ports.set(`${node}.${port}`, { node, port });
  for (const { from } of entering) add(from.node, from.port);
  for (const node of selected)
    for (const { root, members } of listMentions(node)) {
      const source = byId.get(root);
      if (source === undefined || selection.has(root)) continue;
      const view = viewNode(source);
      const known = view.type === 'valid' ? view.ports.outputs.map(({ name }) => name) : [];
      if (members[0] !== undefined) add(root, members[0]);
      else {
        wholes.add(root);
        for (const port of known) add(root, port);
      }
    }
  // In the order of the document and of each node's outputs, which is what a node gives when it is named as a whole.
  const ordered = document.nodes.flatMap((node) => {
    const view = viewNode(node);
    const known = view.type === 'valid' ? view.ports.outputs.map(({ name }) => name) : [];
    const asked = [...ports.values()].filter((port) => port.node === node.id);
    return asked.toSorted((left, right) => known.indexOf(left.port) - known.indexOf(right.port));
  });
  const names = new Set<string>();
  return ordered.map((from) => {
    const source = byId.get(from.node);
    const port = source === undefined ? null : findPort(source, 'outputs', from.port);
    if (source === undefined || port === null) throw refusal(`“${from.node}” has no output “${from.port}”. Mend the problem first.`);
    const name = names.has(from.port) ? toFreeId(names, `${from.node}_${from.port}`.slice(0, 56)) : from.port;
    names.add(name);
    if (name !== from.port && wholes.has(from.node))
      throw refusal(
        `The selection speaks of ${toName(source)} as a whole, and another node has an output “${from.port}” too. Name its outputs one by one.`,
      );
    return { from, field: toField(name, port?.schema ?? {}) };
  });
}

function toOutputs(
  document: WorkflowDocument,
  outside: readonly WorkflowNode[],
  selection: ReadonlySet<string>,
  leaving: readonly WorkflowEdge[],
): readonly Outgoing[] {
  const ports = listLeaving(document, selection);
  const names = new Set<string>();
  const outputs = ports.map((from) => {
    const isOnly = ports.filter(({ node }) => node === from.node).length === 1;
    const name = toFreeId(names, isOnly ? from.node : `${from.node}_${from.port}`.slice(0, 56));
    names.add(name);
    return { from, name };
  });
  // Where several edges meet, what arrives is told apart by the id of its source; the transform must be able to take that id.
  for (const edge of leaving) {
    const target = outside.find(({ id }) => id === edge.to.node);
    const isAlone = document.edges.filter(({ to }) => to.node === edge.to.node && to.port === edge.to.port).length === 1;
    const isFirst = leaving.find(({ from }) => from.node === edge.from.node)?.from.port === edge.from.port;
    if (target !== undefined && looksAtInputs(target) && !isAlone && !isFirst)
      throw refusal(
        `${toName(target)} tells what arrives apart by “${edge.from.node}”, which gives it more than one output. Select it too.`,
      );
  }
  return outputs;
}

function toWorkflow(
  document: WorkflowDocument,
  selected: readonly WorkflowNode[],
  selection: ReadonlySet<string>,
  inputs: readonly Incoming[],
  outputs: readonly Outgoing[],
  leaving: readonly WorkflowEdge[],
  name: string,
): WorkflowDocument {
  const box = toBox(selected);
  const sources = [...new Set(inputs.map(({ from }) => from.node))];
  const inputNodes = sources.map(
    (id, index): WorkflowNode => ({
      id,
      kind: inputKind.kind,
      name: document.nodes.find((node) => node.id === id)?.name ?? id,
      position: { x: box.left - columnStep, y: box.top + index * rowStep },
      config: { fields: inputs.filter(({ from }) => from.node === id).map(({ field }) => field as JsonObject) },
    }),
  );
  const renamed = new Map(inputs.map(({ from, field }) => [`${from.node}.${from.port}`, field.name]));
  const inner = selected.map((node) =>
    rewriteReferences(node, ({ root, members: [member] }) => {
      const field = member === undefined || selection.has(root) ? undefined : renamed.get(`${root}.${member}`);
      return field === undefined || field === member ? null : { words: `${root}.${field}`, members: 1 };
    }),
  );
  const taken = new Set([...sources, ...selection]);
  const outputNodes = outputs.map(({ from, name: output }, index): WorkflowNode => {
    const id = toFreeId(taken, `${output}_out`);
    taken.add(id);
    const owner = selected.find((node) => node.id === from.node);
    return {
      id,
      kind: outputKind.kind,
      name: owner === undefined ? output : owner.name || owner.id,
      position: { x: box.right + columnStep, y: box.top + index * rowStep },
      config: { name: output },
    };
  });
  const edges = document.edges.flatMap((edge): WorkflowEdge[] => {
    if (!selection.has(edge.to.node)) return [];
    if (selection.has(edge.from.node)) return [edge];
    return [{ ...edge, from: { node: edge.from.node, port: renamed.get(`${edge.from.node}.${edge.from.port}`) as string } }];
  });
  const ends = outputs.map(({ from }, index): WorkflowEdge => {
    const label = leaving.find((edge) => edge.from.node === from.node && edge.from.port === from.port)?.label;
    return { from, to: { node: outputNodes[index]?.id as string, port: 'value' }, ...(label === undefined ? {} : { label }) };
  });
  const all = [...inputNodes, ...inner, ...outputNodes];
  const waits = toWaits({ ...document, nodes: all, edges: [...edges, ...ends] }, inner, new Set(sources), inputs);
  const groups = (document.groups ?? []).filter(({ nodes }) => nodes.length > 0 && nodes.every((id) => selection.has(id)));
  return {
    schemaVersion: document.schemaVersion,
    name,
    ...(groups.length === 0 ? {} : { groups }),
    nodes: all,
    edges: [...edges, ...waits, ...ends],
  };
}

/** Edges from inputs to nodes that speak of them: outside, a longer way may have led from one to the other. */
function toWaits(
  workflow: WorkflowDocument,
  inner: readonly WorkflowNode[],
  sources: ReadonlySet<string>,
  inputs: readonly Incoming[],
): readonly WorkflowEdge[] {
  const waits: WorkflowEdge[] = [];
  const undoing = new Set(inner.map(({ compensation }) => compensation));
  const graph = buildGraph(workflow);
  const isUpstream = createUpstreamTest(graph);
  for (const node of inner) {
    for (const root of new Set(listMentions(node).map((mention) => mention.root))) {
      const isWaited = waits.some(({ from, to }) => from.node === root && (to.node === node.id || isUpstream(to.node, node.id)));
      if (!sources.has(root) || isUpstream(root, node.id) || isWaited || undoing.has(node.id)) continue;
      const port = inputs.find(({ from }) => from.node === root)?.field.name;
      const place = [node, ...inner.filter((other) => isUpstream(other.id, node.id))].flatMap((other) => {
        const open = toOpenPort(other);
        return open === null ? [] : [{ node: other.id, port: open }];
      })[0];
      if (port === undefined || place === undefined)
        throw refusal(`${toName(node)} speaks of “${root}”, which does not lead straight into the selection. Connect it, or select more.`);
      waits.push({ from: { node: root, port }, to: place });
    }
  }
  return waits;
}

function toReplacementEdit({
  document,
  selected,
  outside,
  selection,
  inputs,
  outputs,
  taken: occupied,
  id,
  name,
  path,
}: {
  readonly document: WorkflowDocument;
  readonly selected: readonly WorkflowNode[];
  readonly outside: readonly WorkflowNode[];
  readonly selection: ReadonlySet<string>;
  readonly inputs: readonly Incoming[];
  readonly outputs: readonly Outgoing[];
  readonly taken: ReadonlySet<string>;
  readonly id: string;
  readonly name: string;
  readonly path: string;
}): WorkflowEdit {
  const box = toBox(selected);
  const taken = new Set(occupied);
  const names = new Set(outside.map((node) => node.name));
  const subflow: WorkflowNode = {
    id,
    kind: subflowKind.kind,
    name: toFreeName(names, name),
    position: { x: box.left, y: Math.round((box.top + box.bottom) / 2) },
    config: {
      workflow: path,
      inputs: Object.fromEntries(inputs.map(({ from, field }) => [field.name, `{{ ${from.node}.${from.port} }}`])),
    },
  };
  const byPort = new Map(outputs.map((output) => [`${output.from.node}.${output.from.port}`, output]));
  const unpackers = new Map<string, WorkflowNode>();
  const unpack = (from: PortReference): WorkflowNode => {
    const key = `${from.node}.${from.port}`;
    const known = unpackers.get(key);
    if (known !== undefined) return known;
    const owner = selected.find((node) => node.id === from.node) as WorkflowNode;
    const own = toFreeId(taken, from.node);
    taken.add(own);
    const port = findPort(owner, 'outputs', from.port);
    const made: WorkflowNode = {
      id: own,
      kind: transformKind.kind,
      name: owner.name || owner.id,
      position: { x: box.left + columnStep, y: subflow.position.y + unpackers.size * rowStep },
      config: { expression: `${id}.outputs.${byPort.get(key)?.name ?? ''}`, outputType: toFieldType(port?.schema ?? {}) ?? 'any' },
    };
    unpackers.set(key, made);
    return made;
  };
  const rewired = rewire(document.edges, outside, selection, id, unpack);
  const opened = [...unpackers.values()].map(
    (node): WorkflowEdge => ({ from: { node: id, port: 'outputs' }, to: { node: node.id, port: 'in' } }),
  );
  const kept = new Set(document.edges.filter(({ from, to }) => !selection.has(from.node) && !selection.has(to.node)));
  const followed = outside.flatMap((node): WorkflowEdit[] => {
    const rewritten = rewriteReferences(node, ({ root, members: [member] }) => {
      const output = member === undefined ? undefined : byPort.get(`${root}.${member}`);
      return output === undefined ? null : { words: `${id}.outputs.${output.name}`, members: 1 };
    });
    return rewritten === node ? [] : [{ type: 'changeConfig', node: node.id, config: rewritten.config }];
  });
  return {
    type: 'batch',
    edits: [
      { type: 'removeNodes', nodes: selected.map((node) => node.id) },
      { type: 'addNode', node: subflow },
      ...[...unpackers.values()].map((node): WorkflowEdit => ({ type: 'addNode', node })),
      ...followed,
      {
        type: 'restore',
        nodes: [],
        edges: [...rewired, ...opened].flatMap((edge, index) => (kept.has(edge) ? [] : [{ index, edge }])),
      },
    ],
  };
}

/** The edges with the subflow in the place of the selection, each where it stood: their order decides the order of what they bring. */
function rewire(
  edges: readonly WorkflowEdge[],
  outside: readonly WorkflowNode[],
  selection: ReadonlySet<string>,
  id: string,
  unpack: (from: PortReference) => WorkflowNode,
): readonly WorkflowEdge[] {
  const seen = new Set<string>();
  return edges.flatMap((edge): WorkflowEdge[] => {
    const [fromInside, toInside] = [selection.has(edge.from.node), selection.has(edge.to.node)];
    if (fromInside && toInside) return [];
    if (!fromInside && !toInside) return [edge];
    const target = outside.find((node) => node.id === edge.to.node);
    const moved: WorkflowEdge = toInside
      ? { ...edge, to: { node: id, port: 'in' } }
      : target !== undefined && !looksAtInputs(target)
        ? { ...edge, from: { node: id, port: 'outputs' } }
        : { ...edge, from: { node: unpack(edge.from).id, port: 'value' } };
    if (seen.has(toEdgeId(moved))) return [];
    seen.add(toEdgeId(moved));
    return [moved];
  });
}

function toField(name: string, schema: JsonSchema): Field {
  const type = toFieldType(schema);
  return type === null ? { name, type: 'any' } : { name, type, required: true };
}

/** The field type that says the same as the schema, or null when none does. */
function toFieldType(schema: JsonSchema): FieldType | null {
  const { type, ...more } = schema as JsonObject;
  const found = fieldTypes.find((candidate) => candidate === type);
  return found === undefined || Object.keys(more).some((key) => key !== 'description' && key !== 'title') ? null : found;
}

const columnStep = 256;
const rowStep = 104;

function toBox(nodes: readonly WorkflowNode[]) {
  const [xs, ys] = [nodes.map(({ position }) => position.x), nodes.map(({ position }) => position.y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function toName(node: WorkflowNode): string {
  return `“${node.name || node.id}”`;
}

function refusal(message: string): HeddleError {
  return new HeddleError('workflow.invalid', message);
}
