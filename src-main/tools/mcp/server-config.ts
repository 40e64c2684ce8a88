import { createHash } from 'node:crypto';
import { toCanonicalJson } from '#shared/base/json.ts';
import type { McpServerConfig } from '#shared/contract/settings.ts';

/** The command as a person approves it: what is started, with which arguments and variables, where, and which secrets it gets. */
export interface McpCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Names of secrets by the variable that gets the value. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly cwd: string | null;
}

export function toMcpCommand({ command, args, env, secrets, cwd }: McpServerConfig): McpCommand {
  return { command, args, env, secrets, cwd: cwd ?? null };
}

/** SHA-256 (hex) of the command: what an approval is for. Any change of it asks again. */
export function toCommandHash(command: McpCommand): string {
  return createHash('sha256')
    .update(toCanonicalJson({ ...command }))
    .digest('hex');
}

/** The command on one line for people to read: variables, secrets by their names, words quoted where needed, the folder. */
export function toCommandLine({ command, args, env, secrets, cwd }: McpCommand): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${toWord(value)}`);
  const secretVariables = Object.entries(secrets).map(([name, secret]) => `${name}=<secret ${secret}>`);
  return [...variables, ...secretVariables, ...[command, ...args].map(toWord), ...(cwd === null ? [] : [`(in ${cwd})`])].join(' ');
}

function toWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}
