import type { JsonValue } from '../../base/json.ts';
import { UnreadableText } from './code-problem.ts';
import { type BuiltContent, buildContent, type CallPart } from './dsl-build.ts';
import { listComments, type TextComment } from './list-comments.ts';
import { type CodeEntry, type Located, listEntries, toValue } from './located.ts';
import { createLiteralReader } from './read-literal.ts';

/** A text of the DSL: what it builds, where everything stands, and its comments. */
export interface ReadDsl {
  readonly built: BuiltContent;
  readonly entries: readonly CodeEntry[];
  readonly comments: readonly TextComment[];
  /** Where a part of a call stands. */
  locate(part: CallPart): { readonly start: number; readonly end: number };
}

/** A call where only its beginning is known: it was made by code that ran. */
export interface RecordedCall {
  readonly method: string;
  readonly args: readonly JsonValue[];
  /** The offset of the call in the text. */
  readonly start: number;
}

/**
 * Reads a text that is one chain of calls with plain values, without running anything. Throws `UnreadableText` for whatever computes;
 * then the host's sandbox runs it and `readRecordedCalls` reads what it called.
 */
export function readDsl(text: string): ReadDsl {
  const reader = createLiteralReader(text, 'javascript');
  reader.isAtEnd();
  const start = reader.at();
  const calls: ParsedCall[] = [];
  while (/^import\b/.test(text.slice(reader.at(), reader.at() + 7))) {
    const line = /^import\s+(?:type\s+)?\{[\w\s,$]*\}\s*from\s*(['"])heddle\1\s*;?/.exec(text.slice(reader.at()));
    if (line === null || !reader.take(line[0]))
      throw new UnreadableText('Only import { workflow } from "heddle" is known here.', reader.at());
    reader.isAtEnd();
  }
  const chainStart = reader.at();
  if (reader.takeIdentifier() === 'export') {
    if (reader.takeIdentifier() !== 'default' || reader.takeIdentifier() !== 'workflow')
      throw new UnreadableText('This is computed.', chainStart);
  } else if (!text.startsWith('workflow', chainStart)) throw new UnreadableText('This is computed.', chainStart);
  calls.push(readCall('workflow', chainStart));
  for (;;) {
    reader.isAtEnd();
    const at = reader.at();
    if (!reader.take('.')) break;
    const method = reader.takeIdentifier();
    if (method === undefined) throw new UnreadableText('The name of a method is missing.', at);
    calls.push(readCall(method, at));
  }
  reader.take(';');
  if (!reader.isAtEnd()) throw new UnreadableText('This is computed.', reader.at());

  function readCall(method: string, at: number): ParsedCall {
    if (!reader.take('(')) throw new UnreadableText('“(” is missing here.', reader.at());
    const args: Located[] = [];
    while (!reader.take(')')) {
      args.push(reader.readValue());
      if (reader.take(',')) continue;
      if (reader.take(')')) break;
      throw new UnreadableText('“,” or “)” is missing here.', reader.at());
    }
    return { method, args, start: at, end: reader.at() };
  }

  const built = buildContent(calls.map(({ method, args }) => ({ method, args: args.map(toValue) })));
  const locate = ({ call, path }: CallPart) => locateIn(calls[call], path);
  const entries = built.places.flatMap((part): CodeEntry[] => {
    const found = findPart(calls[part.call], part.path);
    if (found === undefined) return [];
    // What stands below a member is the place below its place, except where a call writes an edge in its own way.
    return part.path.length === 0 || part.place[0] === 'edges'
      ? [{ place: part.place, start: found.start, end: found.end }]
      : listEntries(found.value as Located, part.place, found.start);
  });
  return { built, entries: [{ place: [], start, end: start }, ...entries], comments: listComments(text), locate };
}

/** Reads what running code has called. Only the beginnings of the calls are known. */
export function readRecordedCalls(text: string, calls: readonly RecordedCall[]): ReadDsl {
  const built = buildContent(calls);
  const locate = ({ call }: CallPart) => {
    const start = calls[call]?.start ?? 0;
    const newline = text.indexOf('\n', start);
    return { start, end: newline === -1 ? text.length : newline };
  };
  const entries = built.places.filter(({ path }) => path.length === 0).map((part) => ({ place: part.place, ...locate(part) }));
  return { built, entries: [{ place: [], start: 0, end: 0 }, ...entries], comments: listComments(text), locate };
}

interface ParsedCall {
  readonly method: string;
  readonly args: readonly Located[];
  readonly start: number;
  readonly end: number;
}

function locateIn(call: ParsedCall | undefined, path: CallPart['path']): { readonly start: number; readonly end: number } {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = findPart(call, path.slice(0, length));
    if (found !== undefined) return { start: found.start, end: found.end };
  }
  return { start: 0, end: 0 };
}

function findPart(
  call: ParsedCall | undefined,
  [argument, ...path]: CallPart['path'],
): { readonly start: number; readonly end: number; readonly value?: Located } | undefined {
  if (call === undefined) return undefined;
  if (argument === undefined) return { start: call.start, end: call.end };
  let value = call.args[argument as number];
  let start = value?.start;
  for (const key of path) {
    if (value === undefined) return undefined;
    const member = value.type === 'record' ? value.members.find((candidate) => candidate.key === key) : undefined;
    start = member?.start;
    value = value.type === 'list' ? value.items[key as number] : member?.value;
    start ??= value?.start;
  }
  return value === undefined || start === undefined ? undefined : { start, end: value.end, value };
}
