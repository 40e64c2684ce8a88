import type { JsonValue } from '../base/json.ts';
import { toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from '../workflow/document.ts';
import { isSameValue } from './same-value.ts';

/** A place that is not as it was: `config.prompt`; undefined where there was or is nothing. */
export interface FieldChange {
  readonly path: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** What became of a node. `moved` is one that only stands elsewhere. */
export interface NodeDifference {
  readonly id: string;
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  /** What is in it, its place left out. */
  readonly fields: readonly FieldChange[];
}

export interface EdgeDifference {
  readonly id: string;
  readonly edge: WorkflowEdge;
  readonly change: 'added' | 'removed' | 'changed';
}

/** What leads from one version of a workflow to another, as a person compares them. */
export interface DocumentDifference {
  readonly nodes: readonly NodeDifference[];
  readonly edges: readonly EdgeDifference[];
  /** Name, description and whatever else is of the workflow as a whole. */
  readonly details: readonly FieldChange[];
}

/** Where two versions differ, in the order of the newer one, what was removed last. */
export function diffDocuments(before: WorkflowDocument, after: WorkflowDocument): DocumentDifference {
  const { nodes: nodesBefore, edges: edgesBefore, ...detailsBefore } = before;
  const { nodes: nodesAfter, edges: edgesAfter, ...detailsAfter } = after;
  const oldNodes = new Map(nodesBefore.map((node) => [node.id, node]));
  const newIds = new Set(nodesAfter.map((node) => node.id));
  const oldEdges = new Map(edgesBefore.map((edge) => [toEdgeId(edge), edge]));
  const newEdges = new Set(edgesAfter.map(toEdgeId));
  return {
    nodes: [
      ...nodesAfter.flatMap((node) => diffNode(oldNodes.get(node.id), node)),
      ...nodesBefore.filter(({ id }) => !newIds.has(id)).map((node) => toNodeDifference(node, 'removed', [])),
    ],
    edges: [
      ...edgesAfter.flatMap((edge) => diffEdge(oldEdges.get(toEdgeId(edge)), edge)),
      ...edgesBefore
        .filter((edge) => !newEdges.has(toEdgeId(edge)))
        .map((edge): EdgeDifference => ({ id: toEdgeId(edge), edge, change: 'removed' })),
    ],
    details: listFieldChanges(detailsBefore as JsonValue, detailsAfter as JsonValue),
  };
}

/** Where two values differ: as deep as objects go, lists as a whole. */
function listFieldChanges(before: JsonValue | undefined, after: JsonValue | undefined, path = ''): readonly FieldChange[] {
  if (isSameValue(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [{ path, before, after }];
  const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...keys].flatMap((key) => listFieldChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

function diffNode(before: WorkflowNode | undefined, after: WorkflowNode): readonly NodeDifference[] {
  if (before === undefined) return [toNodeDifference(after, 'added', [])];
  const { position: from, ...oldFields } = before;
  const { position: to, ...newFields } = after;
  const fields = listFieldChanges(oldFields as JsonValue, newFields as JsonValue);
  if (fields.length > 0) return [toNodeDifference(after, 'changed', fields)];
  return isSameValue(from, to) ? [] : [toNodeDifference(after, 'moved', [])];
}

function diffEdge(before: WorkflowEdge | undefined, edge: WorkflowEdge): readonly EdgeDifference[] {
  if (before === undefined) return [{ id: toEdgeId(edge), edge, change: 'added' }];
  return isSameValue(before, edge) ? [] : [{ id: toEdgeId(edge), edge, change: 'changed' }];
}

function toNodeDifference({ id, name }: WorkflowNode, change: NodeDifference['change'], fields: readonly FieldChange[]): NodeDifference {
  return { id, name: name || id, change, fields };
}

function isRecord(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
