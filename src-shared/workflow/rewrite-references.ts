import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ExpressionUse } from '../nodes/kind.ts';
import type { WorkflowNode } from './document.ts';
import { listReferences } from './expression.ts';
import { viewNode } from './node-view.ts';
import { splitTemplate } from './template.ts';

/** A name that an expression takes from its scope, with everything asked of it: of `steps.outputs.text` the root `steps` and two members. */
export interface Mention {
  readonly root: string;
  readonly members: readonly string[];
}

/** Other words for a name and the first `members` of what is asked of it. */
export interface Rewording {
  readonly words: string;
  readonly members: number;
}

/** Every mention in the expressions of a node. What cannot be read mentions nothing; names that a field brings along (`item`) are none. */
export function listMentions(node: WorkflowNode): readonly Mention[] {
  const view = viewNode(node);
  if (view.type !== 'valid') return [];
  return view.expressions.flatMap((use) =>
    listSources(use).flatMap((source) =>
      listPlaces(source, use).map(({ root, members }) => ({ root, members: members.map(({ name }) => name) })),
    ),
  );
}

/**
 * The node with mentions put in other words, or left where `rewrite` gives null. The very same node when nothing changes.
 * Throws `workflow.invalid` where the new words would mean something else.
 */
export function rewriteReferences(node: WorkflowNode, rewrite: (mention: Mention) => Rewording | null): WorkflowNode {
  return mapSources(node, (source, use) => {
    const places = listPlaces(source, use);
    const changes = places.flatMap((place) => {
      const rewording = rewrite({ root: place.root, members: place.members.map(({ name }) => name) });
      return rewording === null ? [] : [{ place, rewording }];
    });
    if (changes.length === 0) return source;
    const text = changes
      .toSorted((left, right) => right.place.start - left.place.start)
      .reduce((done, { place, rewording }) => done.slice(0, place.start) + rewording.words + done.slice(endOf(place, rewording)), source);
    const changed = new Set(changes.map(({ place }) => place));
    const expected = [
      ...places.filter((place) => !changed.has(place)).map(({ root }) => root),
      ...changes.flatMap(({ rewording }) => listPlaces(rewording.words, use).map(({ root }) => root)),
    ];
    const found = listPlaces(text, use).map(({ root }) => root);
    if (found.toSorted().join() !== expected.toSorted().join())
      throw new HeddleError(
        'workflow.invalid',
        `In “${node.name || node.id}”, the expression “${source.trim().slice(0, 80)}” cannot follow. Write it more simply first.`,
      );
    return text;
  });
}

/** The node with every CEL source of its expressions changed; the very same node when none changes. */
export function mapSources(node: WorkflowNode, change: (source: string, use: ExpressionUse) => string): WorkflowNode {
  const view = viewNode(node);
  if (view.type !== 'valid') return node;
  let config: JsonObject = node.config;
  for (const use of view.expressions) {
    const changed = use.form === 'expression' ? change(use.source, use) : mapTemplate(use, change);
    if (changed !== use.source) config = withValueAt(config, use.path, changed) as JsonObject;
  }
  return config === node.config ? node : { ...node, config };
}

function mapTemplate(use: ExpressionUse, change: (source: string, use: ExpressionUse) => string): string {
  const parts = orEmpty(() => splitTemplate(use.source));
  if (!parts.some((part) => part.type === 'expression' && change(part.source, use) !== part.source)) return use.source;
  return parts.map((part) => (part.type === 'text' ? part.text : `{{${change(part.source, use)}}}`)).join('');
}

/** The CEL sources in a field; none of a template that is never closed. */
function listSources(use: ExpressionUse): readonly string[] {
  if (use.form === 'expression') return [use.source];
  return orEmpty(() => splitTemplate(use.source)).flatMap((part) => (part.type === 'expression' ? [part.source] : []));
}

interface MentionPlace {
  readonly root: string;
  readonly start: number;
  readonly end: number;
  readonly members: readonly { readonly name: string; readonly end: number }[];
}

function listPlaces(source: string, { names }: ExpressionUse): readonly MentionPlace[] {
  return orEmpty(() => listReferences(source))
    .filter(({ root }) => names?.includes(root) !== true)
    .map(({ root, start, end, member }) => ({ root, start, end, members: member === null ? [] : listMembers(source, end) }));
}

/** The members that stand behind a name, as far as they are written with a dot or as a text in brackets; calls are none. */
function listMembers(source: string, from: number): readonly { readonly name: string; readonly end: number }[] {
  const members: { name: string; end: number }[] = [];
  for (let at = from; ; ) {
    const found = /^\s*(?:\.\??\s*([A-Za-z_][A-Za-z0-9_]*)(?!\s*\(|[A-Za-z0-9_])|\[\??\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\])/.exec(
      source.slice(at),
    );
    if (found === null) return members;
    at += found[0].length;
    members.push({ name: found[1] ?? (found[2] as string).slice(1, -1), end: at });
  }
}

function endOf(place: MentionPlace, { members }: Rewording): number {
  return members === 0 ? place.end : (place.members[members - 1]?.end ?? place.end);
}

/** What cannot be read holds nothing. */
function orEmpty<Item>(read: () => readonly Item[]): readonly Item[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof HeddleError) return [];
    throw error;
  }
}

/** A copy with the value at the path replaced; the path is one that the kind itself gave. */
function withValueAt(whole: JsonValue, path: readonly (string | number)[], value: JsonValue): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(whole)) return whole.map((item: JsonValue, index) => (index === key ? withValueAt(item, rest, value) : item));
  const object = whole as JsonObject;
  return { ...object, [key]: withValueAt(object[key] as JsonValue, rest, value) };
}
