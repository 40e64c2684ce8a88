import type { JsonSchema } from '../base/json.ts';
import type { NodeKind } from '../nodes/kind.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { WorkflowGraph } from './graph.ts';

/** What the machine offers a workflow; null where that is not known, and then nothing is said about it. */
export interface WorkflowCatalogue {
  readonly tools: readonly { readonly name: string; readonly inputSchema?: JsonSchema }[] | null;
  /** The names that may stand before the `/` of a model. */
  readonly providers: readonly string[] | null;
  /** The paths of the workspace's workflow files. */
  readonly workflows?: readonly string[] | null;
}

/** What the checks share: the document, its nodes by id (the first of each), and its graph. */
export interface Subject {
  readonly document: WorkflowDocument;
  readonly nodes: ReadonlyMap<string, WorkflowNode>;
  readonly graph: WorkflowGraph;
  /** By the id of each compensation, the node whose work it undoes (the first that names it). */
  readonly undoneBy: ReadonlyMap<string, WorkflowNode>;
  readonly catalogue: WorkflowCatalogue;
}

/** How messages call a node: by its name, or its id when it has none. */
export function toLabel(node: WorkflowNode): string {
  return `“${node.name || node.id}”`;
}

/** How messages call a place in a config, as the inspector does: `Task`, `Cases › 2 › condition`. */
export function toFieldWords(kind: NodeKind, path: readonly (string | number)[]): string {
  const [first, ...rest] = path;
  if (first === undefined) return 'its config';
  const label = kind.fields.find((field) => field.key === first)?.label ?? String(first);
  return [label, ...rest.map((key) => (typeof key === 'number' ? String(key + 1) : key))].join(' › ');
}
