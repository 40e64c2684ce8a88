import type { JsonObject } from '../base/json.ts';
import type { ExpressionUse, NodeKind, NodePorts } from '../nodes/kind.ts';
import { findKind } from '../nodes/registry.ts';
import type { WorkflowNode } from './document.ts';

/** What is wrong with a config: where, counted from the config, and in words. */
export interface ConfigIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A node with its config read by its kind. */
export type NodeView =
  | { readonly type: 'unknownKind' }
  | { readonly type: 'badConfig'; readonly kind: NodeKind; readonly issues: readonly ConfigIssue[] }
  | {
      readonly type: 'valid';
      readonly kind: NodeKind;
      readonly config: JsonObject;
      readonly ports: NodePorts;
      readonly expressions: readonly ExpressionUse[];
    };

/** Reads the node's config with its kind. Nodes are never changed in place, so each is read once. */
export function viewNode(node: WorkflowNode): NodeView {
  let view = views.get(node);
  if (view === undefined) {
    view = readNode(node);
    views.set(node, view);
  }
  return view;
}

const views = new WeakMap<WorkflowNode, NodeView>();

function readNode(node: WorkflowNode): NodeView {
  const kind = findKind(node.kind);
  if (kind === undefined) return { type: 'unknownKind' };
  const parsed = kind.configSchema.safeParse(node.config);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({
      path: issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key)),
      message: issue.message,
    }));
    return { type: 'badConfig', kind, issues };
  }
  return { type: 'valid', kind, config: parsed.data, ports: kind.ports(parsed.data), expressions: kind.expressions(parsed.data) };
}
