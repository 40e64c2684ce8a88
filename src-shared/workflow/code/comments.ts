import { type Comment, toEdgeId, type WorkflowDocument } from '../document.ts';
import type { TextComment } from './list-comments.ts';
import type { CodeEntry, Place } from './located.ts';

/**
 * The comments of a text as the document keeps them: one on a line of its own belongs to what is written next,
 * one behind something to what ends, or else begins, on its line.
 */
export function attachComments(text: string, entries: readonly CodeEntry[], found: readonly TextComment[]): Comment[] {
  const ordered = entries.toSorted((left, right) => left.start - right.start);
  const comments: Comment[] = [];
  for (const comment of found) {
    const attached = attach(text, ordered, comment);
    const last = comments.at(-1);
    if (last !== undefined && last.side === attached.side && isSamePlace(last.at, attached.at))
      comments[comments.length - 1] = { ...last, text: `${last.text}${last.side === 'beside' ? ' ' : '\n'}${attached.text}` };
    else comments.push(attached);
  }
  return comments.filter(({ text: words }) => words !== '').map((comment) => ({ ...comment, text: comment.text.slice(0, longestComment) }));
}

/** The schema takes no more. */
const longestComment = 10_000;

function attach(text: string, entries: readonly CodeEntry[], { start, end, text: words }: TextComment): Comment {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (/^[\s\-?]*$/.test(text.slice(lineStart, start))) {
    const next = entries.find((entry) => entry.start >= end);
    return next === undefined ? { at: [], side: 'end', text: words } : { at: toKeptPlace(next.place), text: words };
  }
  const onLine = entries.filter((entry) => entry.start >= lineStart && entry.start < start);
  const beside = pickLastEnded(onLine, start) ?? onLine.at(-1) ?? pickLastEnded(entries, start);
  return beside === undefined
    ? { at: [], text: words }
    : { at: toKeptPlace(beside.place), side: 'beside', text: words.replaceAll(/\s*\n\s*/g, ' ') };
}

/** Of what has ended before this offset, what ended last; the outermost of several. */
function pickLastEnded(entries: readonly CodeEntry[], before: number): CodeEntry | undefined {
  let picked: CodeEntry | undefined;
  for (const entry of entries) if (entry.end <= before && (picked === undefined || entry.end > picked.end)) picked = entry;
  return picked;
}

/** An edge stands on one line: what is said of its ends is said of the edge. */
function toKeptPlace(place: Place): (string | number)[] {
  return place[0] === 'edges' ? place.slice(0, 2) : [...place];
}

/** The document's comments about something that it does not have, and that no text therefore shows. */
export function listOrphans(document: WorkflowDocument): readonly Comment[] {
  const { comments = [] } = document;
  if (comments.length === 0) return [];
  const known: Readonly<Record<string, ReadonlySet<unknown>>> = {
    nodes: new Set(document.nodes.map(({ id }) => id)),
    edges: new Set(document.edges.map(toEdgeId)),
    hooks: new Set(document.hooks?.map(({ id }) => id)),
    groups: new Set(document.groups?.map(({ id }) => id)),
  };
  return comments.filter(({ at: [area = '', subject] }) => subject !== undefined && known[area]?.has(subject) === false);
}

/** The comments of a document by where a text shows them. */
export interface Remarks {
  /** Lines before what stands at the place. */
  before(place: Place): readonly string[];
  beside(place: Place): string | undefined;
  /** Lines at the end of the text. */
  readonly atEnd: readonly string[];
}

/** Where each comment is shown in a text that has these places: at its own, or the nearest around it. */
export function placeComments(document: WorkflowDocument, places: readonly Place[]): Remarks {
  const written = new Set(places.map(toKey));
  const before = new Map<string, string[]>();
  const beside = new Map<string, string>();
  const atEnd: string[] = [];
  const orphans = new Set(listOrphans(document));
  for (const comment of document.comments ?? []) {
    if (orphans.has(comment)) continue;
    if (comment.side === 'end' && comment.at.length === 0) atEnd.push(...comment.text.split('\n'));
    else {
      let place = comment.at;
      while (place.length > 0 && !written.has(toKey(place))) place = place.slice(0, -1);
      const key = toKey(place);
      const isBeside =
        comment.side === 'beside' &&
        place.length > 0 &&
        place.length === comment.at.length &&
        !comment.text.includes('\n') &&
        !beside.has(key);
      if (isBeside) beside.set(key, comment.text);
      else before.set(key, [...(before.get(key) ?? []), ...comment.text.split('\n')]);
    }
  }
  return { before: (place) => before.get(toKey(place)) ?? [], beside: (place) => beside.get(toKey(place)), atEnd };
}

function toKey(place: Place): string {
  return JSON.stringify(place);
}

function isSamePlace(left: Place, right: Place): boolean {
  return toKey(left) === toKey(right);
}
