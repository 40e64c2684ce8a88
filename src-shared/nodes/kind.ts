import type { z } from 'zod';
import type { JsonObject, JsonSchema } from '../base/json.ts';

/** A typed place on a node where edges begin or end. */
export interface Port {
  readonly name: string;
  /** What values may pass. `{}` takes and gives anything. */
  readonly schema: JsonSchema;
  /** An input that must be connected (or have its `defaultValue`) before the node can run. */
  readonly isRequired?: boolean;
  /** An input that takes several edges; its value is then a record from source node id to value. */
  readonly takesMany?: boolean;
  readonly description?: string;
}

export interface NodePorts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Where a kind belongs in the palette, and which of the kind colours it wears. */
export type KindCategory = 'agent' | 'model' | 'tool' | 'code' | 'control' | 'human' | 'data';

/** A place in a config that holds CEL: a whole expression, or a text with `{{ }}` templates. `path` walks from the config. */
export interface ExpressionUse {
  readonly path: readonly (string | number)[];
  readonly form: 'expression' | 'template';
  readonly source: string;
  /** What the expression must give; `any` when the kind does not care. */
  readonly gives: 'boolean' | 'string' | 'any';
  /** Names that this expression knows besides the nodes and `inputs` (`item`, `index`). */
  readonly names?: readonly string[];
}

/** One field of the inspector, described; the window draws it. `key` is the config key it edits. */
export type InspectorField = {
  readonly key: string;
  readonly label: string;
  readonly help?: string;
  /** Shown only while another key of the config has one of these values. */
  readonly shownWhen?: { readonly key: string; readonly isOneOf: readonly string[] };
} & (
  | { readonly type: 'text'; readonly placeholder?: string }
  | { readonly type: 'template'; readonly rows: number; readonly placeholder?: string }
  | { readonly type: 'expression'; readonly placeholder?: string }
  | { readonly type: 'markdown'; readonly rows: number }
  | { readonly type: 'code'; readonly language: 'javascript' }
  | { readonly type: 'number'; readonly min?: number; readonly max?: number; readonly step?: number; readonly unit?: string }
  | { readonly type: 'toggle' }
  | { readonly type: 'select'; readonly options: readonly { readonly value: string; readonly label: string }[] }
  | { readonly type: 'model' }
  | { readonly type: 'tool' }
  | { readonly type: 'tools' }
  | { readonly type: 'arguments'; readonly toolKey: string }
  | { readonly type: 'fields'; readonly itemLabel: string; readonly hasDefault: boolean }
  | { readonly type: 'cases' }
  /** A workflow file of the workspace. */
  | { readonly type: 'workflow' }
  /** What the inputs of the workflow chosen under `workflowKey` get: a record of templates. */
  | { readonly type: 'workflowInputs'; readonly workflowKey: string }
  | { readonly type: 'schema' }
);

/** What a kind of node is, apart from how it runs: everything the builder, the validator and the planner need. */
export interface NodeKind<Config = JsonObject> {
  readonly kind: string;
  readonly title: string;
  /** One plain sentence for the palette. */
  readonly description: string;
  readonly category: KindCategory;
  /** A lucide icon name in kebab-case. */
  readonly icon: string;
  /** The letter that adds it from the canvas. */
  readonly shortcut: string;
  readonly configSchema: z.ZodType<Config>;
  readonly defaultConfig: Config;
  readonly fields: readonly InspectorField[];
  /** False for kinds that only decorate (notes): no ports, never planned. */
  readonly isExecutable: boolean;
  ports(config: Config): NodePorts;
  /** True when one delivery is enough to start; kinds without it wait until every edge is settled. */
  startsOnFirst?(config: Config): boolean;
  /** The path of the workflow that it runs; empty when none was chosen yet. Only kinds that run one have this. */
  workflowReference?(config: Config): string;
  /** True when it does work that takes a place in a lane. Kinds that only wait, for others' work, people or time, take none. */
  readonly takesLane?: boolean;
  /** The one line on the card that says what this node does. */
  summary(config: Config): string;
  expressions(config: Config): readonly ExpressionUse[];
  /** A guess for the plan when no run has been recorded yet. */
  readonly estimatedMs: number;
}
