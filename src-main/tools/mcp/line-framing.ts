/** Reads a stream of bytes as lines of bounded length. */
export interface LineReader {
  add(chunk: Buffer): void;
}

export interface LineHandlers {
  readonly onLine: (line: string) => void;
  /** A line longer than the bound was dropped; its first and last bytes are left to tell what it was. */
  readonly onTooLong: (head: string, tail: string) => void;
}

/** How much of a dropped line is kept at each end. */
const keptBytes = 256;

/** Splits chunks into lines. Of a line beyond `longestBytes` nothing but its ends is held, however long it gets. */
export function createLineReader(longestBytes: number, { onLine, onTooLong }: LineHandlers): LineReader {
  let parts: Buffer[] = [];
  let length = 0;
  let dropped: { readonly head: string; tail: Buffer } | undefined;

  const addPart = (part: Buffer) => {
    if (dropped !== undefined) {
      dropped.tail = toTail(dropped.tail, part);
      return;
    }
    parts.push(part);
    length += part.length;
    if (length <= longestBytes) return;
    const all = Buffer.concat(parts);
    dropped = { head: all.toString('latin1', 0, keptBytes), tail: toTail(Buffer.alloc(0), all) };
    parts = [];
  };
  const endLine = () => {
    if (dropped !== undefined) onTooLong(dropped.head, dropped.tail.toString('latin1'));
    else onLine(Buffer.concat(parts).toString('utf8').replace(/\r$/, ''));
    parts = [];
    length = 0;
    dropped = undefined;
  };

  return {
    add: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        addPart(chunk.subarray(start, end));
        endLine();
        start = end + 1;
      }
      if (start < chunk.length) addPart(chunk.subarray(start));
    },
  };
}

function toTail(tail: Buffer, part: Buffer): Buffer {
  // A copy: a view would hold the whole chunk.
  return Buffer.from(Buffer.concat([tail, part.subarray(-keptBytes)]).subarray(-keptBytes));
}

const newline = 0x0a;
