import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { findKind } from '../nodes/registry.ts';
import { toEdgeId, type WorkflowDocument, type WorkflowNode } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import { findPattern, PatternError } from './linear-regex.ts';
import { toFieldWords } from './validation-subject.ts';

/** What is looked for, and how. */
export interface FindOptions {
  readonly query: string;
  readonly matchCase: boolean;
  readonly wholeWord: boolean;
  /** The query is a regular expression (RE2's syntax). */
  readonly isPattern: boolean;
}

/** Where a text of a workflow stands. Ids and kinds are found, but changed by their own commands. */
export type TextPlace =
  | { readonly type: 'name' | 'id' | 'kind'; readonly node: string }
  | { readonly type: 'config'; readonly node: string; readonly path: readonly (string | number)[] }
  | { readonly type: 'edgeLabel'; readonly node: string; readonly edge: string }
  | { readonly type: 'groupTitle'; readonly node: string | null; readonly group: string };

/** A place where it was found: which part of which text. */
export interface TextMatch {
  readonly place: TextPlace;
  /** What the inspector calls the field. */
  readonly label: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface FoundText {
  readonly matches: readonly TextMatch[];
  /** There are more than are listed. */
  readonly isCut: boolean;
  /** Why the pattern cannot be used, completing “the pattern …”. */
  readonly problem: string | null;
}

/** More are not listed: who sees so many types another letter. */
const mostMatches = 2_000;

/** Everything that is found in names, prompts, conditions, settings, labels and titles, in the order of the document. */
export function findText(document: WorkflowDocument, options: FindOptions): FoundText {
  if (options.query === '') return { matches: [], isCut: false, problem: null };
  const matches: TextMatch[] = [];
  try {
    for (const { place, label, text } of listTexts(document)) {
      for (const { start, end } of findIn(text, options)) matches.push({ place, label, text, start, end });
      if (matches.length > mostMatches) return { matches: matches.slice(0, mostMatches), isCut: true, problem: null };
    }
  } catch (error) {
    if (error instanceof PatternError) return { matches: [], isCut: false, problem: error.message };
    throw error;
  }
  return { matches, isCut: false, problem: null };
}

/** True for texts that `toReplaceEdit` changes. */
export function isReplaceable({ place }: TextMatch): boolean {
  return place.type !== 'id' && place.type !== 'kind';
}

/** The edit that puts another text in these places, found in this very document. Throws `workflow.invalid` where a text becomes too long. */
export function toReplaceEdit(document: WorkflowDocument, matches: readonly TextMatch[], replacement: string): WorkflowEdit {
  const texts = new Map<string, { readonly match: TextMatch; text: string }>();
  for (const match of matches.filter(isReplaceable).toSorted((a, b) => b.start - a.start)) {
    const key = JSON.stringify(match.place);
    const known = texts.get(key) ?? { match, text: match.text };
    texts.set(key, { match, text: known.text.slice(0, match.start) + replacement + known.text.slice(match.end) });
  }
  const configs = new Map<string, JsonObject>();
  let groups = document.groups;
  const edits: WorkflowEdit[] = [];
  for (const { match, text } of texts.values()) {
    const { place } = match;
    switch (place.type) {
      case 'name':
        edits.push({ type: 'renameNode', node: place.node, name: requireShort(text) });
        break;
      case 'config': {
        const config = configs.get(place.node) ?? document.nodes.find(({ id }) => id === place.node)?.config ?? {};
        configs.set(place.node, withTextAt(config, place.path, text) as JsonObject);
        break;
      }
      case 'edgeLabel':
        edits.push({ type: 'changeEdgeLabel', edge: place.edge, label: text === '' ? null : requireShort(text) });
        break;
      case 'groupTitle':
        groups = groups?.map((group) => (group.id === place.group ? { ...group, title: requireShort(text) } : group));
        break;
      case 'id':
      case 'kind':
        break;
    }
  }
  return {
    type: 'batch',
    edits: [
      ...edits,
      ...[...configs].map(([node, config]): WorkflowEdit => ({ type: 'changeConfig', node, config })),
      ...(groups === document.groups || groups === undefined ? [] : [{ type: 'changeGroups', groups } as const]),
    ],
  };
}

function* listTexts(document: WorkflowDocument): Generator<Pick<TextMatch, 'place' | 'label' | 'text'>> {
  const names = new Map(document.nodes.map((node) => [node.id, node.name || node.id]));
  for (const node of document.nodes) {
    yield { place: { type: 'name', node: node.id }, label: 'Name', text: node.name };
    yield { place: { type: 'id', node: node.id }, label: 'In expressions', text: node.id };
    yield { place: { type: 'kind', node: node.id }, label: 'Kind', text: findKind(node.kind)?.title ?? node.kind };
    yield* listConfigTexts(node, node.config, []);
  }
  for (const edge of document.edges) {
    if (edge.label === undefined) continue;
    const label = `Edge to ${names.get(edge.to.node) ?? edge.to.node}`;
    yield { place: { type: 'edgeLabel', node: edge.from.node, edge: toEdgeId(edge) }, label, text: edge.label };
  }
  for (const { id, title, nodes } of document.groups ?? [])
    yield { place: { type: 'groupTitle', node: nodes[0] ?? null, group: id }, label: 'Title of its group', text: title };
}

function* listConfigTexts(
  node: WorkflowNode,
  value: JsonValue,
  path: readonly (string | number)[],
): Generator<Pick<TextMatch, 'place' | 'label' | 'text'>> {
  if (typeof value === 'string') {
    const kind = findKind(node.kind);
    const label = kind === undefined ? path.join(' › ') : toFieldWords(kind, path);
    yield { place: { type: 'config', node: node.id, path }, label, text: value };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* listConfigTexts(node, item as JsonValue, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* listConfigTexts(node, item as JsonValue, [...path, key]);
  }
}

function findIn(
  text: string,
  { query, matchCase, wholeWord, isPattern }: FindOptions,
): readonly { readonly start: number; readonly end: number }[] {
  const found =
    isPattern || !isPlain(text, matchCase)
      ? findPattern(toPattern(query, matchCase, isPattern), text, mostMatches)
      : findPlain(text, query, matchCase);
  return wholeWord ? found.filter(({ start, end }) => !isInWord(text, start) && !isInWord(text, end)) : found;
}

/** Lower case keeps places only where it keeps lengths. */
function isPlain(text: string, matchCase: boolean): boolean {
  return matchCase || text.toLowerCase().length === text.length;
}

function findPlain(text: string, query: string, matchCase: boolean): readonly { readonly start: number; readonly end: number }[] {
  const [where, what] = matchCase ? [text, query] : [text.toLowerCase(), query.toLowerCase()];
  const found: { start: number; end: number }[] = [];
  for (let at = where.indexOf(what); at !== -1 && found.length < mostMatches; at = where.indexOf(what, at + what.length))
    found.push({ start: at, end: at + what.length });
  return found;
}

function toPattern(query: string, matchCase: boolean, isPattern: boolean): string {
  const pattern = isPattern ? query : query.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  return matchCase ? pattern : `(?i)${pattern}`;
}

/** Both sides of the place are letters, digits or _, of any language. */
function isInWord(text: string, at: number): boolean {
  return at > 0 && at < text.length && /^[\p{L}\p{N}_]{2}$/u.test(text.slice(at - 1, at + 1));
}

function withTextAt(whole: JsonValue, path: readonly (string | number)[], text: string): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return text;
  if (Array.isArray(whole)) return whole.map((item: JsonValue, index) => (index === key ? withTextAt(item, rest, text) : item));
  const object = whole as JsonObject;
  return { ...object, [key]: withTextAt(object[key] as JsonValue, rest, text) };
}

function requireShort(text: string): string {
  if (text.length <= 200) return text;
  throw new HeddleError(
    'workflow.invalid',
    `“${text.slice(0, 40)}…” would be longer than the 200 characters that a name or label may have.`,
  );
}
