import { createHash } from 'node:crypto';

/** What models' providers accept as the name of a tool. */
const longestName = 64;
const separator = '__';

/** The prefixes of servers, in their order: letters, digits, `_` and `-`, no separator inside, each one unique. */
export function toToolPrefixes(servers: readonly { readonly id: string; readonly toolPrefix?: string | undefined }[]): readonly string[] {
  const taken = new Set<string>();
  return servers.map(({ id, toolPrefix }) => {
    const plain =
      toAllowed(toolPrefix ?? id)
        .replace(/_{2,}/g, '_')
        .replace(/^_+|_+$/g, '')
        .slice(0, 32) || 'server';
    let prefix = plain;
    for (let count = 2; taken.has(prefix); count += 1) prefix = `${plain}-${count}`;
    taken.add(prefix);
    return prefix;
  });
}

/**
 * Names for a server's tools as `<prefix>__<tool>`, in the order given: at most 64 of `[a-zA-Z0-9_-]`, unique. A name that had to be
 * changed carries six hex digits of its original, so that it is the same whatever other tools there are.
 */
export function toToolNames(prefix: string, tools: readonly string[]): readonly string[] {
  const plainNames = tools.map((tool) => `${prefix}${separator}${toAllowed(tool)}`);
  return tools.map((tool, index) => {
    const plain = plainNames[index] as string;
    const isSafe = plain.length <= longestName && plain === `${prefix}${separator}${tool}`;
    return isSafe ? plain : `${plain.slice(0, longestName - 7)}_${toDigits(tool)}`;
  });
}

/** True when a tool of this name can only be one of this server's. */
export function isOfPrefix(prefix: string, toolName: string): boolean {
  return toolName.startsWith(prefix + separator);
}

function toAllowed(text: string): string {
  return text.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function toDigits(tool: string): string {
  return createHash('sha256').update(tool).digest('hex').slice(0, 6);
}
