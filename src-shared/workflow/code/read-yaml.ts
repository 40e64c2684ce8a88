import { type CST, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, Parser, parseDocument } from 'yaml';
import { UnreadableText } from './code-problem.ts';
import type { TextComment } from './list-comments.ts';
import type { Located, LocatedMember } from './located.ts';
import type { ReadText } from './read-json.ts';

/** How deep values may be nested. */
const mostDepth = 200;

/** Reads one YAML document (version 1.2, so that `no` is a text). Throws `UnreadableText`. */
export function readYaml(text: string): ReadText {
  const parsed = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false, version: '1.2', uniqueKeys: true });
  const [error] = parsed.errors;
  if (error !== undefined) throw new UnreadableText(toWords(error.message), error.pos[0], Math.max(error.pos[1], error.pos[0] + 1));
  const aliases = new Map<string, Located>();
  const root = toLocated(parsed.contents as Node | null, text.length, aliases, 0, text);
  return { root, comments: listYamlComments(text) };
}

function toLocated(node: Node | null, at: number, anchors: Map<string, Located>, depth: number, text: string): Located {
  if (node === null) return { type: 'scalar', value: null, start: at, end: at };
  const [start, last] = node.range ?? [at, at];
  // What spans lines ends, for the library, where the next thing begins.
  const end = Math.max(start, text.slice(start, last).trimEnd().length + start);
  if (depth > mostDepth) throw new UnreadableText(`This is nested more than ${mostDepth} levels deep.`, start, end);
  const keep = (located: Located, anchor: string | undefined): Located => {
    if (anchor !== undefined) anchors.set(anchor, located);
    return located;
  };
  if (isAlias(node)) {
    const meant = anchors.get(node.source);
    if (meant === undefined) throw new UnreadableText(`There is no anchor “${node.source}” before this.`, start, end);
    if (meant.type !== 'scalar') throw new UnreadableText('Only single values can be repeated by *; write this out.', start, end);
    return { ...meant, start, end };
  }
  if (isScalar(node)) {
    const { value } = node;
    const isPlain = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
    if (!isPlain) throw new UnreadableText('This is no value that a workflow can hold. Put it in quotation marks.', start, end);
    return keep({ type: 'scalar', value: value as string | number | boolean | null, start, end }, node.anchor);
  }
  if (isSeq(node))
    return keep(
      { type: 'list', items: node.items.map((item) => toLocated(item as Node | null, start, anchors, depth + 1, text)), start, end },
      node.anchor,
    );
  if (!isMap(node)) throw new UnreadableText('This is no value that a workflow can hold.', start, end);
  const members = node.items.map((pair): LocatedMember => {
    const key = pair.key as Node | null;
    const keyStart = key?.range?.[0] ?? start;
    if (!isScalar(key)) throw new UnreadableText('A key must be a text.', keyStart);
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    if (name === '__proto__') throw new UnreadableText('A key called “__proto__” is not allowed.', keyStart);
    return {
      key: name,
      start: keyStart,
      value: toLocated(pair.value as Node | null, key.range?.[1] ?? keyStart, anchors, depth + 1, text),
    };
  });
  return keep({ type: 'record', members, start, end }, node.anchor);
}

/** Every comment token, wherever the concrete syntax keeps it. */
function listYamlComments(text: string): TextComment[] {
  const comments: TextComment[] = [];
  const walk = (token: unknown): void => {
    if (Array.isArray(token)) for (const item of token) walk(item);
    else if (typeof token === 'object' && token !== null) {
      const { type, offset, source } = token as CST.SourceToken;
      if (type === 'comment')
        comments.push({ start: offset, end: offset + source.length, text: source.slice(1).replace(/^ /, '').trimEnd() });
      else for (const part of Object.values(token)) walk(part);
    }
  };
  for (const token of new Parser().parse(text)) walk(token);
  return comments.sort((left, right) => left.start - right.start);
}

function toWords(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}
