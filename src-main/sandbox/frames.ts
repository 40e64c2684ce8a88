/** A frame is a four-byte big-endian length and that many bytes of UTF-8. */
const headerBytes = 4;

/** The bytes of one frame. */
export function encodeFrame(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, headerBytes);
  return frame;
}

/** Collects chunks and hands over whole frames; a frame longer than `maximumBytes()` is refused by its header, before it is read. */
export function createFrameReader(maximumBytes: () => number, onFrame: (text: string) => void, onTooLong: (bytes: number) => void) {
  let chunks: Buffer[] = [];
  let held = 0;
  let isRefused = false;

  function gather(): Buffer {
    const [first] = chunks;
    const whole = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    chunks = [whole];
    return whole;
  }

  return function read(chunk: Buffer): void {
    if (isRefused) return;
    chunks.push(chunk);
    held += chunk.length;
    while (held >= headerBytes) {
      const length = firstFourBytes(chunks);
      if (length > maximumBytes()) {
        isRefused = true;
        chunks = [];
        onTooLong(length);
        return;
      }
      if (held < headerBytes + length) return;
      const whole = gather();
      const rest = whole.subarray(headerBytes + length);
      chunks = rest.length === 0 ? [] : [rest];
      held = rest.length;
      onFrame(whole.toString('utf8', headerBytes, headerBytes + length));
    }
  };
}

function firstFourBytes(chunks: readonly Buffer[]): number {
  const [first] = chunks;
  if (first && first.length >= headerBytes) return first.readUInt32BE(0);
  return Buffer.concat(chunks).readUInt32BE(0);
}
