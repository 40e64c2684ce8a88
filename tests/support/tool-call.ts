import type { ToolCallContext } from '#main/tools/tool.ts';

/** What a tool gets from the runtime; `logged` collects what it says. */
export function createToolCall(signal: AbortSignal = new AbortController().signal): ToolCallContext & { readonly logged: string[] } {
  const logged: string[] = [];
  return { signal, idempotencyKey: 'key-1', log: (_level, text) => logged.push(text), logged };
}
