/** The encodings that are read as text. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** What the first bytes of a file say: its encoding and where the text begins, or that it is no text. */
export type TextVerdict =
  | { readonly type: 'text'; readonly encoding: TextEncoding; readonly startByte: number }
  | { readonly type: 'binary' };

/** How many bytes are enough to tell. */
export const verdictBytes = 64 * 1024;

/** Judges a file by its first bytes: a byte order mark, else valid UTF-8, else bytes that Western text may hold, else binary. */
export function toTextVerdict(head: Buffer): TextVerdict {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { type: 'text', encoding: 'utf-8', startByte: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { type: 'text', encoding: 'utf-16le', startByte: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { type: 'text', encoding: 'utf-16be', startByte: 2 };
  if (head.includes(0)) return { type: 'binary' };
  const controls = head.reduce((count, byte) => (isControl(byte) ? count + 1 : count), 0);
  if (controls > head.length / 50) return { type: 'binary' };
  const encoding = isUtf8(trimToCharacters(head)) ? 'utf-8' : 'windows-1252';
  return { type: 'text', encoding, startByte: 0 };
}

/** Decodes bytes that may begin or end inside a character; the half characters are left out. */
export function decodeText(bytes: Buffer, encoding: TextEncoding): string {
  const whole = encoding === 'utf-8' ? trimToCharacters(bytes) : bytes;
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(
    encoding.startsWith('utf-16') ? whole.subarray(0, whole.length & ~1) : whole,
  );
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b) || byte === 0x7f;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Drops the rest of a UTF-8 character at the start and the beginning of one at the end. */
function trimToCharacters(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && start < bytes.length && isContinuation(bytes[start])) start += 1;
  let lead = bytes.length - 1;
  while (lead > start && bytes.length - lead < 4 && isContinuation(bytes[lead])) lead -= 1;
  const isCut = lead >= start && toCharacterLength(bytes[lead] ?? 0) > bytes.length - lead;
  return bytes.subarray(start, isCut ? lead : bytes.length);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function toCharacterLength(lead: number): number {
  if (lead >= 0xf0 && lead < 0xf8) return 4;
  if (lead >= 0xe0) return lead < 0xf0 ? 3 : 1;
  return lead >= 0xc0 ? 2 : 1;
}
