import { HeddleError } from '#shared/base/errors.ts';

export interface ServerSentEvent {
  /** The `event:` field, or 'message'. */
  readonly event: string;
  readonly data: string;
  /** False for an event that the stream ended in: its data may be cut anywhere. */
  readonly isTerminated: boolean;
}

/**
 * Server-sent events from bytes that may be cut anywhere, in time linear in the bytes.
 * Why not the SDKs' own: they print what they cannot parse to the console, take an aborted stream for a finished one, and hand out
 * the cut last event as if it were whole.
 */
export async function* readServerSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent, void, undefined> {
  let event = '';
  let data: string[] = [];
  let lineStart: Uint8Array[] = [];

  const acceptLine = (line: string): ServerSentEvent | undefined => {
    if (line === '') {
      const finished =
        data.length === 0 ? undefined : { event: event === '' ? 'message' : event, data: data.join('\n'), isTerminated: true };
      event = '';
      data = [];
      return finished;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    return undefined;
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const tail = chunk.subarray(from, end);
      const line = lineStart.length === 0 ? tail : Buffer.concat([...lineStart, tail]);
      lineStart = [];
      from = end + 1;
      const finished = acceptLine(decodeLine(line));
      if (finished !== undefined) yield finished;
    }
    if (from < chunk.length) lineStart.push(chunk.subarray(from));
  }

  const rest = tryDecode(Buffer.concat(lineStart));
  if (rest !== undefined && rest !== '') acceptLine(rest);
  if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n'), isTerminated: false };
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const decoder = new TextDecoder('utf-8', { fatal: true });

function decodeLine(bytes: Uint8Array): string {
  const text = tryDecode(bytes);
  if (text === undefined)
    throw new HeddleError('model.malformedAnswer', 'The provider sent bytes that are not UTF-8 text.', { isRetryable: true });
  return text;
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes);
  } catch {
    return undefined;
  }
}
