import type { JsonObject } from '../../base/json.ts';
import type { NodeKind } from '../../nodes/kind.ts';
import { type NodeKindName, nodeKindNames, nodeKinds } from '../../nodes/registry.ts';
import { hookDeclarationSchema, workflowDocumentSchema, workflowNodeSchema } from '../document.ts';
import { isRecord } from './code-content.ts';
import { toConfigSchema } from './code-schema.ts';
import { toInputSchema, toTypeText } from './schema-types.ts';

/** The types of the TypeScript form, made from the schemas of the kinds: what an editor completes and checks with. */
export function toDslTypes(): string {
  const node = without(toInputSchema(workflowNodeSchema), ['id', 'kind', 'config']);
  const document = without(toInputSchema(workflowDocumentSchema), ['schemaVersion', 'name', 'nodes', 'edges', 'hooks', 'comments']);
  const hook = without(toInputSchema(hookDeclarationSchema), ['id']);
  const names = nodeKindNames.filter((name) => name !== 'agent');
  return `/** What a workflow written as TypeScript is made of. Made by \`heddle code --types\`. */
declare module 'heddle' {
  type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

  /** What a node waits for: \`"node"\` for its first output, \`"node.output"\`, or an edge with the input that it leads to and a label. */
  export type Dependency = string | { readonly from: string; readonly to?: string; readonly label?: string };

  /** Everything about a node besides what it does. */
  export type Details = ${toTypeText(toOptional(node), '  ')};

  /** Everything about a workflow besides its name, its nodes and its hooks. */
  export type WorkflowDetails = ${toTypeText(document, '  ')};

  /** Something asked before and after runs, nodes and calls: it may watch, change or refuse. */
  export type Hook = ${toTypeText(hook, '  ')};
${nodeKindNames.map((name) => `\n${toKindType(name)}`).join('\n')}

  /** A workflow that is being described. Every method gives the same builder again. */
  export interface WorkflowBuilder {
    /** A role: who does tasks. What it is configured with, each task that names it is as well. */
    agent(role: string, settings?: AgentConfig): this;
    /**
     * A task of an agent: a node. \`agent\` names its role; left out, it is the role described last, and null is none.
     * \`deps\` is what it waits for; \`{{ inputs.in }}\` in its prompt is what arrives.
     */
    task(id: string, task?: AgentConfig & { readonly agent?: string | null; readonly deps?: readonly Dependency[] }, details?: Details): this;
${names.map((name) => toMethod(nodeKinds[name])).join('\n')}
    /** A node of any kind, with its whole config: nothing is added to it. */
    node(id: string, kind: string, config?: { readonly [name: string]: Json }, details?: Details & { readonly deps?: readonly Dependency[] }): this;
    /** An edge on its own: \`edge("from.output", "to.input")\`. Mostly \`deps\` says it better. */
    edge(from: string, to: string, details?: { readonly label?: string }): this;
    hook(id: string, hook: Hook): this;
  }

  /** Begins a workflow: \`export default workflow("Brief").input("start", { … }).task("write", { deps: ["start"] })\`. */
  export function workflow(name: string, details?: WorkflowDetails): WorkflowBuilder;
}
`;
}

function toKindType(name: NodeKindName): string {
  const kind = nodeKinds[name];
  return `  /** ${kind.description} */\n  export type ${toTypeName(kind)} = ${toTypeText(toOptional(toConfigSchema(name)), '  ')};`;
}

function toMethod(kind: NodeKind): string {
  return `    /** ${kind.title}: ${kind.description} What is left out is as when it is put on the canvas. */
    ${kind.kind}(id: string, config?: ${toTypeName(kind)} & { readonly deps?: readonly Dependency[] }, details?: Details): this;`;
}

function toTypeName({ kind }: NodeKind): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Config`;
}

/** What is left out is filled in. */
function toOptional(schema: JsonObject): JsonObject {
  return { ...schema, required: [] };
}

function without(schema: JsonObject, keys: readonly string[]): JsonObject {
  const { properties, required } = schema;
  if (!isRecord(properties)) return schema;
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key))),
    required: Array.isArray(required) ? required.filter((key) => !keys.includes(String(key))) : [],
  };
}
