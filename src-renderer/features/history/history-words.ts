import type { JsonValue } from '#shared/base/json.ts';
import type { VersionEntry } from '#shared/contract/histories.ts';
import type { DocumentDifference, FieldChange, NodeDifference } from '#shared/history/diff-documents.ts';
import { formatCount } from '../../ui/format.ts';

/** What was done, as the list says it: `Undid: Move Writer`. */
export function toTitle({ what, label }: VersionEntry): string {
  if (what === 'undone') return `Undid: ${label}`;
  return what === 'redone' ? `Did again: ${label}` : label;
}

/** Who did it. A window that is not open any more is an earlier one. */
export function toWho({ what, author }: VersionEntry, ownWindow: string, openWindows: ReadonlySet<string>): string {
  if (what === 'changedOutside') return 'outside Heddle';
  if (author === null) return '';
  if (author.type === 'program') return 'a program';
  if (author.window === ownWindow) return 'this window';
  return openWindows.has(author.window) ? 'another window' : 'an earlier window';
}

/** How two versions differ, counted: `2 nodes added, 1 changed, 1 edge removed`. */
export function countDifference({ nodes, edges, details }: DocumentDifference): string {
  const words = [
    ...(['added', 'removed', 'changed', 'moved'] as const).flatMap((change) => toCount('node', nodes, change)),
    ...(['added', 'removed', 'changed'] as const).flatMap((change) => toCount('edge', edges, change)),
    ...(details.length === 0 ? [] : [`${formatCount(details.length, 'detail')} of the workflow changed`]),
  ];
  return words.length === 0 ? 'No difference' : words.join(', ');
}

/** What each change of a node is called. */
export const changeWords: Readonly<Record<NodeDifference['change'], string>> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  moved: 'moved',
};

/** A field as people know it: `prompt` for `config.prompt`. */
export function toFieldName({ path }: FieldChange): string {
  return path.replace(/^config\./, '') || 'everything';
}

/** A value as text that can be compared word by word. */
export function toText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function toCount(of: string, items: readonly { readonly change: string }[], change: string): readonly string[] {
  const count = items.filter((item) => item.change === change).length;
  return count === 0 ? [] : [`${formatCount(count, of)} ${change}`];
}
