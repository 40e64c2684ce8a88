import type { JsonValue } from '../../base/json.ts';
import type { Remarks } from './comments.ts';
import type { Place } from './located.ts';

/** A value about to be written, each part with the place of the workflow that it is; null for what is only notation. */
export type Printable = { readonly place: Place | null; readonly isOneLine?: boolean } & (
  | { readonly type: 'scalar'; readonly value: string | number | boolean | null }
  | { readonly type: 'list'; readonly items: readonly Printable[] }
  | { readonly type: 'record'; readonly members: readonly (readonly [string, Printable])[] }
);

/** A value of the workflow as it stands at `place`. */
export function toPrintable(value: JsonValue, place: Place): Printable {
  if (value === null || typeof value !== 'object') return { type: 'scalar', value, place };
  if (Array.isArray(value))
    return {
      type: 'list',
      place,
      items: value.map((item: JsonValue, index) => toPrintable(item, [...place, toKeyOf(place, item, index)])),
    };
  const isOneLine = (place[0] === 'edges' && place.length === 2) || (place[0] === 'nodes' && place.length === 3 && place[2] === 'position');
  return {
    type: 'record',
    place,
    isOneLine,
    members: Object.entries(value).map(([key, member]) => [key, toPrintable(member as JsonValue, [...place, key])]),
  };
}

/** All places that are written, those on one line only as a whole. */
export function listPlaces(printable: Printable): Place[] {
  const own = printable.place === null ? [] : [printable.place];
  if (printable.type === 'scalar' || printable.isOneLine === true) return own;
  const parts = printable.type === 'list' ? printable.items : printable.members.map(([, member]) => member);
  return [...own, ...parts.flatMap(listPlaces)];
}

/** How values are written: JSON as in the file, or TypeScript as one writes it by hand. */
export interface PrintStyle {
  readonly isTypeScript: boolean;
  /** Values up to this column stand on one line. */
  readonly columns: number;
}

export const jsonStyle: PrintStyle = { isTypeScript: false, columns: 0 };
export const typeScriptStyle: PrintStyle = { isTypeScript: true, columns: 110 };

/** The text of a value whose first line begins at `column` of a line indented by `indent`; `opening` stands behind the first bracket. */
export function print(printable: Printable, style: PrintStyle, remarks: Remarks, indent: number, column = indent, opening = ''): string {
  if (printable.type === 'scalar') return printScalar(printable.value, style);
  const parts: readonly (readonly [string, Printable])[] =
    printable.type === 'list' ? printable.items.map((item) => ['', item]) : printable.members;
  const [open, close] = printable.type === 'list' ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  if (opening === '' && !hasRemarks(printable, remarks)) {
    const line = printOnOneLine(printable, style);
    if (printable.isOneLine === true || (!line.includes('\n') && column + line.length <= style.columns)) return line;
  }
  const inner = ' '.repeat(indent + 2);
  const lines = parts.flatMap(([key, part], index) => {
    const lead = key === '' && printable.type === 'list' ? '' : `${printKey(key, style)}: `;
    const comma = index < parts.length - 1 || style.isTypeScript ? ',' : '';
    const beside = part.place === null ? undefined : remarks.beside(part.place);
    const note = beside === undefined ? '' : ` // ${beside}`;
    const isOpen = note !== '' && part.type !== 'scalar' && part.isOneLine !== true && countParts(part) > 0;
    const value = print(part, style, remarks, indent + 2, indent + 2 + lead.length, isOpen ? note : '');
    const before = part.place === null ? [] : remarks.before(part.place);
    return [...before.map((line) => `${inner}${toLineComment(line)}`), `${inner}${lead}${value}${comma}${isOpen ? '' : note}`];
  });
  return `${open}${opening}\n${lines.join('\n')}\n${' '.repeat(indent)}${close}`;
}

/** A line of a comment, with its mark. */
export function toLineComment(line: string): string {
  return line === '' ? '//' : `// ${line}`;
}

/** Whether anything is said about a part of this value, apart from what is said of the value as a whole. */
function hasRemarks(printable: Printable, remarks: Remarks): boolean {
  if (printable.type === 'scalar' || printable.isOneLine === true) return false;
  const parts = printable.type === 'list' ? printable.items : printable.members.map(([, member]) => member);
  return parts.some(
    (part) =>
      (part.place !== null && (remarks.beside(part.place) !== undefined || remarks.before(part.place).length > 0)) ||
      hasRemarks(part, remarks),
  );
}

function countParts(printable: Printable): number {
  return printable.type === 'list' ? printable.items.length : printable.type === 'record' ? printable.members.length : 0;
}

function printOnOneLine(printable: Printable, style: PrintStyle): string {
  switch (printable.type) {
    case 'scalar':
      return printScalar(printable.value, style);
    case 'list':
      return `[${printable.items.map((item) => printOnOneLine(item, style)).join(', ')}]`;
    default:
      return printable.members.length === 0
        ? '{}'
        : `{ ${printable.members.map(([key, member]) => `${printKey(key, style)}: ${printOnOneLine(member, style)}`).join(', ')} }`;
  }
}

/** The text of a plain value. */
function printScalar(value: string | number | boolean | null, style: PrintStyle): string {
  if (!style.isTypeScript || typeof value !== 'string') return JSON.stringify(value);
  const isBlock = value.includes('\n') && !/[\p{Cc}\u2028\u2029]/u.test(value.replaceAll(/[\n\t]/g, '')) && value.isWellFormed();
  return isBlock ? `\`${value.replaceAll(/[\\`]|\$(?=\{)/g, '\\$&')}\`` : printQuoted(value, style);
}

function printQuoted(value: string, { isTypeScript }: PrintStyle): string {
  const quoted = JSON.stringify(value).replaceAll(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
  return !isTypeScript || value.includes("'") ? quoted : `'${quoted.slice(1, -1).replaceAll('\\"', '"')}'`;
}

function printKey(key: string, style: PrintStyle): string {
  return style.isTypeScript && /^[A-Za-z_$][\w$]*$/.test(key) ? key : printQuoted(key, style);
}

function toKeyOf(list: Place, item: JsonValue, index: number): string | number {
  if (list.length !== 1 || item === null || typeof item !== 'object') return index;
  const { id, from, to } = item as Readonly<Record<string, JsonValue>>;
  if (list[0] === 'edges') return typeof from === 'string' && typeof to === 'string' ? `${from}->${to}` : index;
  return typeof id === 'string' ? id : index;
}
