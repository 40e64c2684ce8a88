import { HeddleError } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';

/** Deeper texts are refused, before anything recursive meets them. */
const maxJsonDepth = 200;

/**
 * The value of a JSON text; refuses malformed text (`workflow.malformed`, with line and column), nesting beyond
 * `maxJsonDepth` and keys called `__proto__`. Everything else that happens to the value may recurse.
 */
export function parseJsonText(text: string): JsonValue {
  const tooDeep = findTooDeep(text);
  if (tooDeep !== -1) throw toMalformed(text, tooDeep, `it is nested more than ${maxJsonDepth} levels deep`);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    const { at, problem } = findSyntaxError(text);
    throw toMalformed(text, at, problem);
  }
  if (hasPrototypeKey(value))
    throw toMalformed(text, Math.max(0, text.indexOf('"__proto__"')), 'it has a key called “__proto__”, which is not allowed');
  return value;
}

/** A refusal with line and column, both from 1. */
function toMalformed(text: string, at: number, problem: string): HeddleError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return new HeddleError(
    'workflow.malformed',
    `The file is not a readable workflow: ${problem} (line ${line}, column ${column}). Fix it in a text editor, or restore an earlier version.`,
    {
      details: { line, column, problem },
    },
  );
}

function findTooDeep(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
      if (at === -1) return -1;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > maxJsonDepth) return at;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return -1;
}

const quote = 0x22;

/** The index of the closing quote, or -1. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

function hasPrototypeKey(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasPrototypeKey);
  return Object.hasOwn(value, '__proto__') || Object.values(value).some((item) => hasPrototypeKey(item as JsonValue));
}

/** Reads tokens until the first that cannot stand there. Engines word and place their own errors differently; this one is ours. */
function findSyntaxError(text: string): { readonly at: number; readonly problem: string } {
  const open: ('[' | '{')[] = [];
  let expects: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing' = 'value';
  token.lastIndex = 0;
  for (;;) {
    const at = skipSpace(text, token.lastIndex);
    if (at >= text.length) return { at: text.length, problem: 'it ends too early' };
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined)
      return {
        at,
        problem:
          text.charAt(at) === '"'
            ? 'a text is never closed or has a forbidden character'
            : `${JSON.stringify(text.charAt(at))} cannot stand here`,
      };
    const isKey = expects === 'key' || expects === 'keyOrEnd';
    const isValue = expects === 'value' || expects === 'valueOrEnd';
    const isEnd =
      found === ']'
        ? open.at(-1) === '[' && (expects === 'valueOrEnd' || expects === 'commaOrEnd')
        : open.at(-1) === '{' && (expects === 'keyOrEnd' || expects === 'commaOrEnd');
    if (found === '[' || found === '{') {
      if (!isValue) return unexpected(at, found, expects);
      open.push(found);
      expects = found === '[' ? 'valueOrEnd' : 'keyOrEnd';
    } else if (found === ']' || found === '}') {
      if (!isEnd) return unexpected(at, found, expects);
      open.pop();
      expects = open.length === 0 ? 'nothing' : 'commaOrEnd';
    } else if (found === ',') {
      if (expects !== 'commaOrEnd') return unexpected(at, found, expects);
      expects = open.at(-1) === '[' ? 'value' : 'key';
    } else if (found === ':') {
      if (expects !== 'colon') return unexpected(at, found, expects);
      expects = 'value';
    } else if (isKey) {
      if (!found.startsWith('"')) return unexpected(at, found, expects);
      expects = 'colon';
    } else if (isValue) expects = open.length === 0 ? 'nothing' : 'commaOrEnd';
    else return unexpected(at, found, expects);
  }
}

const token =
  /[[\]{},:]|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}

function unexpected(at: number, found: string, expects: string): { readonly at: number; readonly problem: string } {
  const words: Readonly<Record<string, string>> = {
    colon: '“:” is missing before',
    commaOrEnd: '“,” is missing before',
    nothing: 'there is something after the end:',
  };
  const shown = found.length > 30 ? `${found.slice(0, 30)}…` : found;
  return { at, problem: words[expects] === undefined ? `${shown} cannot stand here` : `${words[expects]} ${shown}` };
}
