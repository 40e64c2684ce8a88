/** The largest value that a person or program may hand in at once: a workflow file, the inputs of a run. */
export const mostValueBytes = 8 * 1024 * 1024;

/** The largest body or WebSocket message that the host reads: such a value, with room for what is around it. */
export const mostMessageBytes = mostValueBytes + 64 * 1024;

/** Whether a text has more bytes of UTF-8 than the limit; counts only where the length alone does not tell. */
export function isLongerThan(text: string, limitBytes: number): boolean {
  if (text.length * 3 <= limitBytes) return false;
  if (text.length > limitBytes) return true;
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Half of a surrogate pair is half of four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes > limitBytes;
}
