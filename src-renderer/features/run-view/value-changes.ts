import type { JsonValue } from '#shared/base/json.ts';

/** One place in a value that is not as it was; undefined where there was or is nothing. */
export interface ValueChange {
  /** `outputs.text`, `messages[2].content`; empty for the whole value. */
  readonly path: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** Where two values differ, as deep as possible, in the order of the new one. */
export function listValueChanges(before: JsonValue | undefined, after: JsonValue | undefined, path = ''): readonly ValueChange[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => listValueChanges(before[index], after[index], `${path}[${index}]`)).flat();
  }
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...keys].flatMap((key) => listValueChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return before === after ? [] : [{ path, before, after }];
}

/** A value in a few characters. */
export function toShortValue(value: JsonValue | undefined, most = 40): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** What changed, in one line: the first change in full, the others counted. */
export function toChangeWords(changes: readonly ValueChange[]): string {
  const [first] = changes;
  if (first === undefined) return 'nothing';
  const rest = changes.length === 1 ? '' : `, and ${changes.length - 1} more`;
  return `${first.path === '' ? '' : `${first.path}: `}${toShortValue(first.before)} → ${toShortValue(first.after)}${rest}`;
}

function isRecord(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
