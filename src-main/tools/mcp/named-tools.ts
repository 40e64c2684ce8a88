import type { ToolDefinition } from '../tool.ts';
import type { ServerTool } from './mcp-connection.ts';
import { toToolNames } from './tool-name.ts';

/** A server's tool under the name that workflows and models use, and the one the server knows. */
export interface NamedTool {
  readonly definition: ToolDefinition;
  readonly serverName: string;
}

/**
 * What a server says of its tools decides how they are treated: read-only ones run unasked and may be repeated, idempotent ones may be
 * repeated, all others ask first and are never repeated by themselves.
 */
export function toNamedTools(server: string, tools: readonly ServerTool[], timeoutMs: number): readonly NamedTool[] {
  const names = toToolNames(
    server,
    tools.map(({ name }) => name),
  );
  return tools.map((tool, index) => ({
    serverName: tool.name,
    definition: {
      name: names[index] ?? tool.name,
      description: tool.description,
      inputSchema: tool.inputSchema,
      outputSchema: tool.outputSchema,
      effect: tool.isReadOnly || tool.isIdempotent ? 'idempotent' : 'neither',
      approval: tool.isReadOnly ? 'never' : 'always',
      timeoutMs,
      outputCapBytes: 1024 * 1024,
      source: { type: 'mcp', server },
    },
  }));
}
