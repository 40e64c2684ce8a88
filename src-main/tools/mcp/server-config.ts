import { createHash } from 'node:crypto';
import { z } from 'zod';
import { toCanonicalJson } from '#shared/base/json.ts';

/** How an MCP server is started, as settings name it. Values of environment variables are never here, only their names. */
export const mcpServerConfigSchema = z.strictObject({
  id: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,31}$/),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  /** Names; the values are secrets. */
  env: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)).default([]),
  cwd: z.string().optional(),
  /** What stands before the names of its tools; by default the id. */
  toolPrefix: z.string().max(32).optional(),
  callTimeoutMs: z.int().positive().default(60_000),
});
export type McpServerConfig = z.output<typeof mcpServerConfigSchema>;

/** The command as a person approves it: what is started, with which arguments, where, and which secrets it gets. */
export interface McpCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string | null;
}

export function toMcpCommand(config: McpServerConfig): McpCommand {
  return { command: config.command, args: config.args, env: [...config.env].sort(), cwd: config.cwd ?? null };
}

/** SHA-256 (hex) of the command: what an approval is for. Any change of it asks again. */
export function toCommandHash(command: McpCommand): string {
  return createHash('sha256')
    .update(toCanonicalJson({ ...command }))
    .digest('hex');
}

/** The command on one line, quoted where needed, for people to read. */
export function toCommandLine({ command, args }: McpCommand): string {
  return [command, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
