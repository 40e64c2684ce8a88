import { endOfString } from './read-literal.ts';

/** A comment as it stands in a text. */
export interface TextComment {
  readonly start: number;
  readonly end: number;
  /** Without its marks; several lines for a block. */
  readonly text: string;
}

/** The comments in a text of JSON or TypeScript: what looks like one within a text, a template or a regular expression is none. */
export function listComments(text: string): readonly TextComment[] {
  return scan(text).comments;
}

/** The text with only its code left: comments and what stands in quotation marks are blanks, every line as long as it was. */
export function maskTexts(text: string): string {
  const { comments, texts } = scan(text);
  const spans = [...comments, ...texts].sort((left, right) => left.start - right.start);
  let masked = '';
  for (const { start, end } of spans) {
    masked += text.slice(masked.length, start);
    masked += text.slice(masked.length, end).replaceAll(/[^\n]/g, ' ');
  }
  return masked + text.slice(masked.length);
}

function scan(text: string): { readonly comments: readonly TextComment[]; readonly texts: readonly { start: number; end: number }[] } {
  const comments: TextComment[] = [];
  const texts: { start: number; end: number }[] = [];
  /** For each template that is open, how many braces are open in its `${ }`. */
  const templates: number[] = [];
  let last = '';
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    if (text.startsWith('//', at)) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 ? text.length : newline;
      comments.push({
        start: at,
        end,
        text: text
          .slice(at + 2, end)
          .replace(/^ /, '')
          .trimEnd(),
      });
      at = end;
      continue;
    }
    if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      const end = close === -1 ? text.length : close + 2;
      comments.push({ start: at, end, text: toBlockText(text.slice(at + 2, close === -1 ? end : close)) });
      at = end;
      continue;
    }
    const start = at;
    if (character === '"' || character === "'") at = endOrHere(endOfString(text, at, character), at);
    else if (character === '`') at = skipTemplate(text, at + 1, templates);
    else if (character === '/' && '(,=:[!&|?{};+-*%<>~^'.includes(last)) at = skipPattern(text, at);
    else if (character === '{' && templates.length > 0) templates[templates.length - 1] = (templates.at(-1) ?? 0) + 1;
    else if (character === '}' && templates.length > 0) {
      if (templates.at(-1) === 0) {
        templates.pop();
        at = skipTemplate(text, at + 1, templates);
      } else templates[templates.length - 1] = (templates.at(-1) ?? 0) - 1;
    }
    if (at > start + 1) texts.push({ start: start + 1, end: at });
    if (character.trim() !== '') last = character;
    at += 1;
  }
  return { comments, texts };
}

/** To the closing mark, or into the first `${`, which the caller then walks through. */
function skipTemplate(text: string, from: number, templates: number[]): number {
  for (let at = from; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === '`') return at;
    else if (text.startsWith('${', at)) {
      templates.push(0);
      return at + 1;
    }
  }
  return text.length;
}

/** To the end of a regular expression; one that never ends was a division. */
function skipPattern(text: string, start: number): number {
  let isInClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\n') return start;
    if (character === '\\') at += 1;
    else if (character === '[') isInClass = true;
    else if (character === ']') isInClass = false;
    else if (character === '/' && !isInClass) return at;
  }
  return start;
}

function endOrHere(end: number, here: number): number {
  return end === -1 ? here : end;
}

/** The lines of a block without the stars in front of them. */
function toBlockText(inner: string): string {
  return inner
    .split('\n')
    .map((line) => line.replace(/^\s*\*+ ?/, '').trimEnd())
    .map((line, index) => (index === 0 ? line.trim() : line))
    .join('\n')
    .trim();
}
