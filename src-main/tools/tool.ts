import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import type { EffectClass } from '#shared/run/events.ts';

/** What everyone may know of a tool: the inspector, the model, the validator. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  /** The weakest promise over all arguments; `Tool.effectOf` may know better for some. */
  readonly effect: EffectClass;
  /** Whether a person is asked first unless the node says otherwise. */
  readonly approval: 'never' | 'always';
  readonly timeoutMs: number;
  readonly outputCapBytes: number;
  /** `builtin`, or the MCP server that offers it. */
  readonly source: { readonly type: 'builtin' } | { readonly type: 'mcp'; readonly server: string };
}

export interface ToolCallContext {
  readonly signal: AbortSignal;
  /** The same for every try of the same call. */
  readonly idempotencyKey: string;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;
}

export interface ToolResult {
  readonly value: JsonValue;
  readonly isTruncated: boolean;
}

export interface Tool {
  readonly definition: ToolDefinition;
  effectOf(args: JsonObject): EffectClass;
  /** `args` have been checked against `inputSchema`. Rejects with a `tool.*`, `mcp.*` or `sandbox.*` HeddleError, or `run.cancelled`. */
  run(args: JsonObject, context: ToolCallContext): Promise<ToolResult>;
}

/** The tools that this workspace can use now. */
export interface Toolbox {
  list(): readonly ToolDefinition[];
  /** Starts what is needed to offer it (an approved MCP server). Rejects with `tool.notFound` or `mcp.*`. */
  find(name: string, signal: AbortSignal): Promise<Tool>;
  /** Undefined when the arguments fit the tool's schema, else what is wrong with them in one sentence a model can act on. */
  checkArguments(definition: ToolDefinition, args: JsonObject): string | undefined;
}
