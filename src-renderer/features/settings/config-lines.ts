/** The lines of a text that say something. */
export function toLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** `NAME=value` lines as a record; a line without `=` names an empty value. */
export function toPairs(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    toLines(text).map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
