import type { JsonObject } from '#shared/base/json.ts';
import { type NodeKindName, nodeKinds } from '#shared/nodes/registry.ts';
import type { NodePolicy, WorkflowDocument } from '#shared/workflow/document.ts';

/** A document from node lines and `a.port->b.port` edges; configs are completed from the kind's default. */
export function toDocument(
  nodes: Readonly<
    Record<
      string,
      {
        kind: NodeKindName;
        config?: JsonObject;
        policy?: NodePolicy;
        disabled?: boolean;
        priority?: number;
        compensation?: string;
        lane?: string;
      }
    >
  >,
  edges: readonly string[],
): WorkflowDocument {
  return {
    schemaVersion: 1,
    name: 'Test workflow',
    nodes: Object.entries(nodes).map(([id, { kind, config, ...rest }], index) => ({
      id,
      kind,
      name: id,
      position: { x: index * 200, y: 0 },
      config: { ...nodeKinds[kind].defaultConfig, ...config },
      ...rest,
    })),
    edges: edges.map((text) => {
      const [from, to] = text.split('->').map((end) => {
        const [node = '', port = ''] = end.split('.');
        return { node, port };
      });
      if (from === undefined || to === undefined) throw new Error(`Not an edge: ${text}`);
      return { from, to };
    }),
  };
}
