import { UnreadableText } from './code-problem.ts';
import type { Located, LocatedMember } from './located.ts';

/** What may stand between the brackets: JSON with comments and commas at the end, or also what JavaScript writes for plain values. */
export type LiteralDialect = 'json' | 'javascript';

/** How deep values may be nested; the readers recurse. */
const mostDepth = 200;

/** A cursor over a text that reads plain values: nothing is computed, nothing is called. Comments are skipped; `list-comments.ts` finds them. */
export interface LiteralReader {
  at(): number;
  /** Skips space and comments, then tells whether this stands there; takes it if so. */
  take(expected: string): boolean;
  /** Skips space and comments; true at the end of the text. */
  isAtEnd(): boolean;
  takeIdentifier(): string | undefined;
  /** Reads the value that stands here; throws `UnreadableText`. */
  readValue(): Located;
}

export function createLiteralReader(text: string, dialect: LiteralDialect): LiteralReader {
  let at = 0;

  function skip(): void {
    for (;;) {
      space.lastIndex = at;
      at += space.exec(text)?.[0].length ?? 0;
      if (text.startsWith('//', at)) {
        const end = text.indexOf('\n', at);
        at = end === -1 ? text.length : end;
      } else if (text.startsWith('/*', at)) {
        const end = text.indexOf('*/', at);
        if (end === -1) throw new UnreadableText('This comment is never closed.', at, text.length);
        at = end + 2;
      } else return;
    }
  }

  function take(expected: string): boolean {
    skip();
    if (!text.startsWith(expected, at)) return false;
    at += expected.length;
    return true;
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function readValue(depth = 0): Located {
    skip();
    if (depth > mostDepth) throw new UnreadableText(`This is nested more than ${mostDepth} levels deep.`, at);
    const start = at;
    const first = text.charAt(at);
    if (first === '{') return { type: 'record', members: readMembers(depth), start, end: at };
    if (first === '[') return { type: 'list', items: readItems(depth), start, end: at };
    if (first === '"' || (dialect === 'javascript' && (first === "'" || first === '`')))
      return { type: 'scalar', value: readString(first), start, end: at };
    const number = match(dialect === 'json' ? jsonNumber : javascriptNumber);
    if (number !== undefined) return { type: 'scalar', value: Number(number), start, end: at };
    const word = match(identifier);
    if (word === 'true' || word === 'false') return { type: 'scalar', value: word === 'true', start, end: at };
    if (word === 'null') return { type: 'scalar', value: null, start, end: at };
    if (at >= text.length) throw new UnreadableText('The text ends too early: a value is missing.', Math.max(0, text.length - 1));
    throw new UnreadableText(`${JSON.stringify(word ?? first)} cannot stand here: a value is expected.`, start, Math.max(at, start + 1));
  }

  function readItems(depth: number): Located[] {
    const items: Located[] = [];
    at += 1;
    while (!take(']')) {
      items.push(readValue(depth + 1));
      if (!take(',')) {
        if (take(']')) break;
        throw missing('“,” or “]”');
      }
    }
    return items;
  }

  function readMembers(depth: number): LocatedMember[] {
    const members: LocatedMember[] = [];
    const keys = new Set<string>();
    at += 1;
    while (!take('}')) {
      skip();
      const start = at;
      const key = readKey();
      if (key === '__proto__') throw new UnreadableText('A key called “__proto__” is not allowed.', start, at);
      if (keys.has(key)) throw new UnreadableText(`“${key}” stands here twice.`, start, at);
      keys.add(key);
      if (!take(':')) throw missing('“:”');
      members.push({ key, start, value: readValue(depth + 1) });
      if (!take(',')) {
        if (take('}')) break;
        throw missing('“,” or “}”');
      }
    }
    return members;
  }

  function readKey(): string {
    const first = text.charAt(at);
    if (first === '"' || (dialect === 'javascript' && first === "'")) return readString(first);
    const word = dialect === 'javascript' ? (match(identifier) ?? match(wholeNumber)) : undefined;
    if (word === undefined) throw missing('a key in quotation marks or “}”');
    return word;
  }

  function readString(mark: string): string {
    const start = at;
    const end = endOfString(text, at, mark);
    if (end === -1) throw new UnreadableText('This text is never closed.', start, endOfLine(text, start));
    const inner = text.slice(start + 1, end);
    at = end + 1;
    if (mark === '`') {
      if (/(?<!\\)(?:\\\\)*\$\{/.test(inner)) throw new UnreadableText('This text is computed.', start, at);
    } else if (inner.includes('\n')) throw new UnreadableText('This text goes over the end of its line.', start, endOfLine(text, start));
    if (dialect === 'json') {
      try {
        return JSON.parse(text.slice(start, at)) as string;
      } catch {
        throw new UnreadableText('This text has a character or an escape that JSON forbids.', start, at);
      }
    }
    return readEscapes(inner, start);
  }

  function missing(what: string): UnreadableText {
    skip();
    const found = text.charAt(at);
    return new UnreadableText(
      found === '' ? `The text ends too early: ${what} is missing.` : `${what} is missing before ${JSON.stringify(found)}.`,
      at < text.length ? at : Math.max(0, at - 1),
    );
  }

  return {
    at: () => at,
    take,
    isAtEnd: () => {
      skip();
      return at >= text.length;
    },
    takeIdentifier: () => {
      skip();
      return match(identifier);
    },
    readValue: () => readValue(),
  };
}

/** The index of the closing mark, or -1. */
export function endOfString(text: string, start: number, mark: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === mark) return at;
  }
  return -1;
}

const space = /[\s\uFEFF]*/y;
const identifier = /[A-Za-z_$][\w$]*/y;
const wholeNumber = /\d+/y;
const jsonNumber = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const javascriptNumber = /-?(?:0|[1-9][\d_]*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const simpleEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0', '\n': '' };

function readEscapes(inner: string, start: number): string {
  return inner.replaceAll(/\\(u\{[\da-fA-F]{1,6}\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|\r\n|[\s\S])/g, (whole, code: string) => {
    if (code.length === 1 || code === '\r\n') {
      if (code === 'u' || code === 'x') throw new UnreadableText('This text has an escape that is not finished.', start);
      return simpleEscapes[code] ?? (code === '\r\n' ? '' : code);
    }
    const point = Number.parseInt(code.replaceAll(/[^\da-fA-F]/g, ''), 16);
    return point > 0x10ffff ? whole : String.fromCodePoint(point);
  });
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
