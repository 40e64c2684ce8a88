import type { ModelRequest } from '#shared/run/message.ts';

/** Tool names as a provider takes them, and back. */
export interface ToolNames {
  toWire(name: string): string;
  /** A name that was never given out comes back as it is: the runtime knows what to say to it. */
  fromWire(wireName: string): string;
}

/** Names for every tool that a request offers or mentions. Providers take only letters, digits, `_` and `-`, at most 64 of them. */
export function createToolNames(request: ModelRequest): ToolNames {
  const toWire = new Map<string, string>();
  const fromWire = new Map<string, string>();
  const add = (name: string) => {
    if (toWire.has(name)) return;
    const base = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'tool';
    let wireName = base;
    for (let n = 2; fromWire.has(wireName); n += 1) wireName = `${base.slice(0, 60)}_${n}`;
    toWire.set(name, wireName);
    fromWire.set(wireName, name);
  };
  const names = [
    ...request.tools.map((tool) => tool.name),
    ...request.messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map((call) => call.name) : [])),
    ...(typeof request.toolChoice === 'string' ? [] : [request.toolChoice.name]),
  ];
  // Names that fit as they are come first, so that no other takes their place.
  for (const name of names.filter((candidate) => /^[A-Za-z0-9_-]{1,64}$/.test(candidate))) add(name);
  for (const name of names) add(name);
  return { toWire: (name) => toWire.get(name) ?? name, fromWire: (wireName) => fromWire.get(wireName) ?? wireName };
}
