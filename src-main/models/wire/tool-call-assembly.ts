import type { JsonObject } from '#shared/base/json.ts';
import type { ModelDelta, ModelRequest, RequestedToolCall } from '#shared/run/message.ts';
import { toMalformedAnswer } from './malformed-answer.ts';

/** One tool call while its pieces come in. */
interface OpenCall {
  readonly index: number;
  id: string;
  name: string;
  readonly pieces: string[];
  isCompleted: boolean;
}

/** Puts tool calls together from streamed pieces, gives them usable ids, and tells the eyes. */
export interface ToolCallAssembly {
  /** A new call; what is not known yet may be undefined. Returns its number in the answer. */
  open(id: string | undefined, name: string | undefined): number;
  /** The name, when it comes after the opening. A name that is there already stays. */
  rename(index: number, name: string): void;
  append(index: number, fragment: string): void;
  complete(index: number): void;
  readonly count: number;
  /**
   * The whole calls. Arguments that are not a JSON object become null beside their raw text, as do the empty ones of an answer that ran
   * into its length limit. Rejects a call without a name with `model.malformedAnswer`: nobody could say what to call.
   */
  finish(options: { isCutByLength: boolean }): RequestedToolCall[];
}

/** An assembly for one answer. Ids that are missing, doubled or taken earlier in the conversation are replaced by `call_<turn>_<n>`. */
export function createToolCallAssembly(
  provider: string,
  request: ModelRequest,
  toName: (wireName: string) => string,
  onDelta: (delta: ModelDelta) => void,
): ToolCallAssembly {
  const calls: OpenCall[] = [];
  const assistants = request.messages.filter((message) => message.role === 'assistant');
  const takenIds = new Set(assistants.flatMap((message) => message.toolCalls.map((call) => call.id)));

  const chooseId = (wireId: string | undefined): string => {
    let id = wireId ?? '';
    for (let n = calls.length + 1; id === '' || takenIds.has(id); n += 1) id = `call_${assistants.length + 1}_${n}`;
    takenIds.add(id);
    return id;
  };
  const at = (index: number): OpenCall => {
    const call = calls[index];
    if (call === undefined) throw new Error(`No tool call ${index}`);
    return call;
  };
  const announce = (call: OpenCall) => {
    onDelta({ type: 'toolCallStarted', index: call.index, id: call.id, name: call.name });
    for (const fragment of call.pieces) onDelta({ type: 'toolCallArguments', index: call.index, fragment });
  };

  return {
    open: (wireId, wireName) => {
      const call: OpenCall = {
        index: calls.length,
        id: chooseId(wireId),
        name: wireName ? toName(wireName) : '',
        pieces: [],
        isCompleted: false,
      };
      calls.push(call);
      if (call.name !== '') announce(call);
      return call.index;
    },
    rename: (index, wireName) => {
      const call = at(index);
      if (call.name !== '' || wireName === '') return;
      call.name = toName(wireName);
      announce(call);
    },
    append: (index, fragment) => {
      if (fragment === '') return;
      const call = at(index);
      call.pieces.push(fragment);
      if (call.name !== '') onDelta({ type: 'toolCallArguments', index, fragment });
    },
    complete: (index) => {
      const call = at(index);
      if (call.isCompleted || call.name === '') return;
      call.isCompleted = true;
      onDelta({ type: 'toolCallCompleted', index });
    },
    get count() {
      return calls.length;
    },
    finish: ({ isCutByLength }) =>
      calls.map((call) => {
        if (call.name === '') {
          throw toMalformedAnswer(provider, 'a tool call without saying which tool');
        }
        const rawArguments = call.pieces.join('');
        return { id: call.id, name: call.name, arguments: parseArguments(rawArguments, isCutByLength), rawArguments };
      }),
  };
}

/** Tool arguments as a model wrote them: an object, `{}` for nothing at all, else null. */
export function parseArguments(text: string, isCutByLength = false): JsonObject | null {
  if (text.trim() === '') return isCutByLength ? null : {};
  if (isTooDeep(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}

/** Deeper than any tool needs, and far from where recursive code would run out of stack. */
const deepestNesting = 200;

function isTooDeep(json: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > deepestNesting) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}
