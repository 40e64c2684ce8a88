import type { JsonValue } from '#shared/base/json.ts';
import type { ChatMessage, ModelRequest, OfferedTool, RecordedRequest } from '#shared/run/message.ts';
import { toContentHash } from './content-hash.ts';

/**
 * Follows the requests of one attempt, so that each is hashed and journalled by what is new in it: a thread of n turns costs n, not n².
 * The hash is chained over the messages one by one, so it depends on the content alone, not on where earlier requests ended.
 */
export interface Conversation {
  place(request: ModelRequest): { readonly requestHash: string; readonly recordedRequest: RecordedRequest };
  /** The frame that the request placed last was journalled under; the next one is written as what it adds to it. */
  sentAs(frame: string): void;
}

interface Sent {
  readonly frame: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly OfferedTool[];
}

export function createConversation(): Conversation {
  let base: Sent | undefined;
  let placed: Omit<Sent, 'frame'> | undefined;
  /** `hashes[i]` is the chained hash of the first `i + 1` messages of the request placed last. */
  let hashes: string[] = [];

  return {
    place(request) {
      const { messages, tools, ...settings } = request;
      const hashed = countShared(placed?.messages ?? [], messages);
      hashes = hashes.slice(0, hashed);
      for (const message of messages.slice(hashed)) hashes.push(toContentHash([hashes.at(-1) ?? '', message as unknown as JsonValue]));
      const requestHash = toContentHash([settings as unknown as JsonValue, tools as unknown as JsonValue, hashes.at(-1) ?? '']);
      placed = { messages, tools };

      const keptMessages = base === undefined ? 0 : countShared(base.messages, messages);
      const isSameTools = base !== undefined && isSameList(base.tools, tools);
      const recordedRequest: RecordedRequest = {
        ...settings,
        baseFrame: base?.frame ?? null,
        keptMessages,
        messages: messages.slice(keptMessages),
        tools: isSameTools ? null : tools,
      };
      return { requestHash, recordedRequest };
    },
    sentAs(frame) {
      if (placed !== undefined) base = { frame, ...placed };
    },
  };
}

/** Messages are never changed once made, so the same object is the same message; an equal copy only costs space. */
function countShared(earlier: readonly ChatMessage[], later: readonly ChatMessage[]): number {
  const most = Math.min(earlier.length, later.length);
  for (let index = 0; index < most; index += 1) if (earlier[index] !== later[index]) return index;
  return most;
}

function isSameList(a: readonly OfferedTool[], b: readonly OfferedTool[]): boolean {
  return a.length === b.length && a.every((tool, index) => tool === b[index]);
}
