import { create } from 'zustand';
import type { VersionEntry } from '#shared/contract/histories.ts';
import { toEdit } from '#shared/history/to-edit.ts';
import { notifyDone } from '../../app/notify.ts';
import { type Comparison, compareVersions, endComparison } from '../../state/comparison.ts';
import { getApi } from '../../state/connection.ts';
import { findDocument, restoreDocument } from '../../state/documents.ts';
import { queryClient } from '../../state/queries.ts';
import { windowId } from '../../state/window-identity.ts';
import { formatExactTime } from '../../ui/format.ts';

/** What a version is laid beside: the one before it, what is there now, or one that was marked. */
export type Against = 'before' | 'now' | 'marked';

interface HistoryStore {
  /** The version that is looked at, by path. */
  readonly chosen: Readonly<Record<string, VersionEntry>>;
  readonly marked: Readonly<Record<string, VersionEntry>>;
  readonly against: Against;
  readonly onlyNamed: boolean;
  /** The version that is about to get a name; null for the one that is there now. */
  readonly naming: { readonly path: string; readonly seq: number | null; readonly name: string } | null;
}

/** What is chosen in the history panel. */
export const useHistory = create<HistoryStore>()(() => ({ chosen: {}, marked: {}, against: 'before', onlyNamed: false, naming: null }));

/** What a version is called: by its name, or by what led to it and when. */
export function toVersionTitle({ name, atMs }: VersionEntry): string {
  return name ?? formatExactTime(atMs);
}

/** Looks at a version on the canvas. `previous` is the version before it. */
export function chooseVersion(path: string, entry: VersionEntry, previous: number, against = useHistory.getState().against): void {
  const marked = useHistory.getState().marked[path];
  const used = (against === 'marked' && marked === undefined) || entry.what === 'begun' ? 'now' : against;
  useHistory.setState((store) => ({ chosen: { ...store.chosen, [path]: entry }, against: used }));
  compareVersions(path, toComparison(entry, previous, used, marked));
}

/** Everything that is shown later is compared with this version. */
export function markVersion(path: string, entry: VersionEntry): void {
  useHistory.setState((store) => ({ marked: { ...store.marked, [path]: entry }, against: 'marked' }));
}

/** Nothing is chosen any more, and the canvas is for editing. */
export function leaveHistory(path: string): void {
  useHistory.setState((store) => {
    const { [path]: _left, ...chosen } = store.chosen;
    return { chosen };
  });
  endComparison(path);
}

/** Makes the workflow what it was then, as an edit that can be undone. */
export async function restoreVersion(path: string, entry: VersionEntry): Promise<void> {
  const { document } = await getApi().workflow.version({ path, seq: entry.seq });
  const open = findDocument(path);
  if (open === undefined) return;
  const edit = toEdit(open.document, document);
  if (edit === null) notifyDone('The workflow is as it was then already.');
  else restoreDocument(path, edit, `Restore the version “${toVersionTitle(entry)}”`);
  leaveHistory(path);
}

/** Gives a version a name, or takes it away. */
export async function nameVersion(path: string, seq: number | null, name: string | null): Promise<void> {
  await getApi().workflow.nameVersion({ path, name, window: windowId, ...(seq === null ? {} : { seq }) });
  await queryClient.invalidateQueries({ queryKey: ['versions', path] });
}

function toComparison(entry: VersionEntry, previous: number, against: Against, marked: VersionEntry | undefined): Comparison {
  const chosen = { version: entry.seq, title: toVersionTitle(entry) };
  if (against === 'now') return { before: chosen, after: { version: 'now', title: 'Now' } };
  if (against === 'before' || marked === undefined) return { before: { version: previous, title: 'Before' }, after: chosen };
  const other = { version: marked.seq, title: toVersionTitle(marked) };
  return entry.seq < marked.seq ? { before: chosen, after: other } : { before: other, after: chosen };
}
