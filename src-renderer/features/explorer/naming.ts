import { create } from 'zustand';
import { HeddleError } from '#shared/base/errors.ts';
import { toWorkflowFileName } from '#shared/workflow/file-name.ts';
import { getApi } from '../../state/connection.ts';
import { saveEdits } from '../../state/pending-edits.ts';
import { closeTab, openTab, toTabId, useTabs } from '../../state/tabs.ts';

/** What the dialog asks a name for. */
export type NamingTask = { readonly type: 'new' } | { readonly type: 'rename'; readonly path: string; readonly name: string };

export const useNaming = create<{ readonly task: NamingTask | null }>()(() => ({ task: null }));

/** The path of the file for a workflow of this name, in the folder of `path`. */
export function toWorkflowPath(path: string, name: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1) + toWorkflowFileName(name);
}

/** Creates an empty workflow and opens it. */
export async function createWorkflow(name: string): Promise<void> {
  const { path } = await getApi().workflow.create({ name });
  openTab({ type: 'workflow', path });
}

/** Gives a workflow another name, in the document and on disk. Its tab goes with it. */
export async function renameWorkflow(path: string, name: string): Promise<void> {
  await saveEdits(path);
  const api = getApi();
  const { document, revision } = await api.workflow.get({ path });
  const newPath = toWorkflowPath(path, name);
  const isMoved = newPath !== path;
  const tabId = toTabId({ type: 'workflow', path });
  const isOpen = useTabs.getState().open.some((tab) => toTabId(tab) === tabId);
  // The tab holds the document as it was; closed first, it cannot save the old name over the new one.
  if (isOpen) closeTab(tabId);
  try {
    if (isMoved) await api.workflow.rename({ path, newPath });
    const moved = isMoved ? await api.workflow.get({ path: newPath }) : { revision };
    await api.workflow.save({ path: newPath, baseRevision: moved.revision, document: { ...document, name } });
    if (isOpen) openTab({ type: 'workflow', path: newPath });
  } catch (thrown) {
    if (isOpen) openTab({ type: 'workflow', path });
    throw thrown;
  }
}

/** Moves a workflow to the trash and closes its tab; what it returns brings the workflow back. */
export async function removeWorkflow(path: string): Promise<() => Promise<void>> {
  await saveEdits(path).catch(() => undefined);
  const api = getApi();
  const before = await api.workflow.get({ path }).catch((thrown: unknown) => {
    // A file that cannot be read can still be thrown away; only the undo is lost.
    if (thrown instanceof HeddleError && thrown.code.startsWith('workflow.')) return null;
    throw thrown;
  });
  closeTab(toTabId({ type: 'workflow', path }));
  await api.workflow.remove({ path });
  return async () => {
    if (before === null) throw new HeddleError('workflow.malformed', 'It could not be read before. Its file lies in .heddle/trash.');
    const { path: restored } = await api.workflow.create({ name: before.document.name, document: before.document });
    openTab({ type: 'workflow', path: restored });
  };
}
