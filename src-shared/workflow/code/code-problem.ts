/** Something wrong with the text of a workflow, between two offsets. Only errors keep the text from being taken over. */
export interface CodeProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A place in a text as people and editors count it: both from 1. */
export interface LineAndColumn {
  readonly line: number;
  readonly column: number;
}

/** Thrown while a text is read: it cannot be understood from here on. */
export class UnreadableText extends Error {
  readonly start: number;
  readonly end: number;

  constructor(message: string, start: number, end = start + 1) {
    super(message);
    this.start = start;
    this.end = end;
  }
}

/** The line and column of an offset. */
export function toLineAndColumn(text: string, offset: number): LineAndColumn {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** The offset of a line and column; the end of the text when it is shorter. */
export function toOffset(text: string, { line, column }: LineAndColumn): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const next = text.indexOf('\n', start);
    if (next === -1) return text.length;
    start = next + 1;
  }
  return Math.min(start + column - 1, text.length);
}
