import { createHash } from 'node:crypto';

/** What models' providers accept as the name of a tool. */
const longestName = 64;
const separator = '__';

/**
 * Names for a server's tools as `<server>__<tool>`, in the order given: at most 64 of `[a-zA-Z0-9_-]`, unique. A name that had to be
 * changed carries six hex digits of its original, so that it is the same whatever other tools there are.
 */
export function toToolNames(server: string, tools: readonly string[]): readonly string[] {
  const plainNames = tools.map((tool) => `${server}${separator}${toAllowed(tool)}`);
  return tools.map((tool, index) => {
    const plain = plainNames[index] as string;
    const isSafe = plain.length <= longestName && plain === `${server}${separator}${tool}`;
    return isSafe ? plain : `${plain.slice(0, longestName - 7)}_${toDigits(tool)}`;
  });
}

/** True when a tool of this name can only be one of this server's. */
export function isOfServer(server: string, toolName: string): boolean {
  return toolName.startsWith(server + separator);
}

function toAllowed(text: string): string {
  return text.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function toDigits(tool: string): string {
  return createHash('sha256').update(tool).digest('hex').slice(0, 6);
}
