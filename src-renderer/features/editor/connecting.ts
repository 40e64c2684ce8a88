import { type PortReference, toEdgeId, type WorkflowDocument, type WorkflowEdge } from '#shared/workflow/document.ts';
import { findPort, verdictOnEdge } from '#shared/workflow/edge-verdict.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import type { ConnectionVerdict } from '#shared/workflow/port-types.ts';
import type { DanglingEnd } from './canvas-ui.ts';
import type { OpenEnd } from './quick-add-ranking.ts';

/** Whether an edge may be drawn; `moving` is the id of the edge that is being reconnected, and no longer counts where it was. */
export function judge(document: WorkflowDocument, from: PortReference, to: PortReference, moving: string | null): ConnectionVerdict {
  const without = moving === null ? document : { ...document, edges: document.edges.filter((edge) => toEdgeId(edge) !== moving) };
  return verdictOnEdge(without, from, to);
}

/** The edit that draws an edge, in the place of the one it is moved from. */
export function toConnectEdit(document: WorkflowDocument, edge: WorkflowEdge, moving: string | null): WorkflowEdit {
  const label = document.edges.find((candidate) => toEdgeId(candidate) === moving)?.label;
  const drawn: WorkflowEdge = label === undefined ? edge : { ...edge, label };
  const add: WorkflowEdit = { type: 'addEdge', edge: drawn };
  return moving === null ? add : { type: 'batch', edits: [{ type: 'removeEdges', edges: [moving] }, add] };
}

/** The open end of an edge for the search of a kind. */
export function toOpenEnd(document: WorkflowDocument, { node, port, side }: DanglingEnd): OpenEnd {
  const owner = document.nodes.find((candidate) => candidate.id === node);
  return { side, port: owner === undefined ? undefined : (findPort(owner, side, port) ?? undefined) };
}

/** The edge between a dangling end and a port of another node. */
export function toEdgeFrom(end: DanglingEnd, other: PortReference): WorkflowEdge {
  const own: PortReference = { node: end.node, port: end.port };
  return end.side === 'outputs' ? { from: own, to: other } : { from: other, to: own };
}

/** The edit that puts a node into an edge, with the ports that fit best; null when it does not fit there. */
export function toInsertEdit(document: WorkflowDocument, node: string, edgeId: string): WorkflowEdit | null {
  const edge = document.edges.find((candidate) => toEdgeId(candidate) === edgeId);
  const inserted = document.nodes.find((candidate) => candidate.id === node);
  if (edge === undefined || inserted === undefined || edge.from.node === node || edge.to.node === node) return null;
  const view = viewNode(inserted);
  if (view.type !== 'valid') return null;
  const without: WorkflowDocument = { ...document, edges: document.edges.filter((candidate) => candidate !== edge) };
  const into = firstThatFits(view.ports.inputs, (port) => verdictOnEdge(without, edge.from, { node, port }));
  if (into === null) return null;
  const first: WorkflowEdge = { from: edge.from, to: { node, port: into } };
  const half: WorkflowDocument = { ...without, edges: [...without.edges, first] };
  const out = firstThatFits(view.ports.outputs, (port) => verdictOnEdge(half, { node, port }, edge.to));
  if (out === null) return null;
  return {
    type: 'batch',
    edits: [
      { type: 'removeEdges', edges: [edgeId] },
      { type: 'addEdge', edge: first },
      { type: 'addEdge', edge: { from: { node, port: out }, to: edge.to } },
    ],
  };
}

function firstThatFits(ports: readonly { readonly name: string }[], verdict: (port: string) => ConnectionVerdict): string | null {
  const judged = ports.map((port) => ({ name: port.name, verdict: verdict(port.name).verdict }));
  return (judged.find((port) => port.verdict === 'fits') ?? judged.find((port) => port.verdict === 'maybe'))?.name ?? null;
}
