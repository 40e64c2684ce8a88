/** How deep JSON from outside may be nested; documents have about 10 levels, JSON Schemas in them some more. */
export const mostNesting = 200;

/** Why a JSON text from outside is not let in, or undefined: nested too deep, or with keys that reach for prototypes. */
export function findUnsafeJson(text: string): string | undefined {
  if (isNestedDeeper(text, mostNesting)) return `it is nested more than ${mostNesting} levels deep`;
  // Parsing costs far more than this look, and hardly any text mentions these names, plainly or with escapes.
  if (!/__proto__|constructor|\\u/i.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  return findUnsafeKey(value);
}

/** Why the keys of a query string are not let in: they are nested with brackets or dots and become objects. */
export function findUnsafeQuery(query: URLSearchParams): string | undefined {
  for (const key of query.keys()) {
    const parts = key.split(/[[\].]+/);
    if (parts.includes('__proto__') || parts.includes('constructor') || parts.includes('prototype')) return unsafeKey(key);
    if (parts.length > mostNesting) return `it is nested more than ${mostNesting} levels deep`;
  }
  return undefined;
}

function findUnsafeKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = findUnsafeKey(item);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') return unsafeKey(key);
    if (key === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype'))
      return unsafeKey('constructor.prototype');
    const found = findUnsafeKey(member);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unsafeKey(key: string): string {
  return `the key ${JSON.stringify(key)} is not allowed`;
}

/** Counts brackets outside of strings, without recursion. */
function isNestedDeeper(text: string, most: number): boolean {
  if (text.length <= most) return false;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case openBrace:
      case openBracket:
        if (++depth > most) return true;
        break;
      case closeBrace:
      case closeBracket:
        depth--;
        break;
      case doubleQuote:
        index = endOfString(text, index);
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === backslash) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

const [openBrace, closeBrace, openBracket, closeBracket, doubleQuote, backslash] = [0x7b, 0x7d, 0x5b, 0x5d, 0x22, 0x5c];
