/** What has to be replaced in a text so that it becomes another: one stretch, as short as it can be. Null when nothing has. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What differs between the common beginning and the common end, so that a cursor outside them stays where it is. */
export function toTextChange(before: string, after: string): TextChange | null {
  if (before === after) return null;
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let back = 0;
  while (back < shortest - start && before.charCodeAt(before.length - 1 - back) === after.charCodeAt(after.length - 1 - back)) back += 1;
  return { start, end: before.length - back, text: after.slice(start, after.length - back) };
}
