import { create } from 'zustand';
import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { refuseLocked } from '#shared/workflow/lock.ts';
import { getApi, useConnection } from './connection.ts';
import { useLibrary } from './library.ts';
import {
  isDirty,
  type OpenDocument,
  toOpenDocument,
  toReplacement,
  withEdit,
  withGroupEnded,
  withRedo,
  withReloaded,
  withSaved,
  withUndo,
} from './open-document.ts';
import { onBeforeReading } from './pending-edits.ts';
import { dropCopy, keepCopy, readCopy } from './unsaved-copies.ts';

interface DocumentsStore {
  readonly byPath: Readonly<Record<string, OpenDocument>>;
  /** Why a workflow could not be opened. */
  readonly failures: Readonly<Record<string, ErrorInfo>>;
}

/** The workflows that are open for editing, with their unsaved edits and their undo. */
export const useDocuments = create<DocumentsStore>()(() => ({ byPath: {}, failures: {} }));

/** The first unsaved edit goes to disk after this; with the time of a save it stays within the promised second. */
const saveDelayMs = 400;

export function findDocument(path: string): OpenDocument | undefined {
  return useDocuments.getState().byPath[path];
}

/** Opens a workflow for editing, once; edits of an earlier window that never reached the disk are offered back. */
export async function openDocument(path: string): Promise<void> {
  if (findDocument(path) !== undefined) return;
  try {
    const opened = await getApi().workflow.get({ path });
    if (findDocument(path) !== undefined) return;
    const copy = readCopy(localStorage, path);
    const isNews = copy !== null && formatWorkflowFile(copy.document) !== formatWorkflowFile(opened.document);
    if (copy !== null && !isNews) dropCopy(localStorage, path);
    const { [path]: _healed, ...failures } = useDocuments.getState().failures;
    useDocuments.setState({ failures });
    put(path, { ...toOpenDocument(opened), recovered: isNews ? copy : null });
  } catch (thrown) {
    useDocuments.setState((store) => ({ failures: { ...store.failures, [path]: toErrorInfo(thrown) } }));
  }
}

/** Edits an open workflow, to be undone under `label`. Throws `workflow.invalid` when the edit cannot be applied, or would change a locked node. */
export function editDocument(path: string, edit: WorkflowEdit, label: string, group: string | null = null): void {
  change(path, (open) => {
    refuseLocked(open.document, edit);
    return withEdit(open, edit, label, group);
  });
}

/** Edits that follow are undone on their own: a field has lost the focus. */
export function endEditGroup(path: string): void {
  const open = findDocument(path);
  if (open !== undefined) put(path, withGroupEnded(open));
}

export function undoEdit(path: string): void {
  change(path, withUndo);
}

export function redoEdit(path: string): void {
  change(path, withRedo);
}

/** Writes everything that is unsaved now; rejects when that cannot be done, and keeps the edits. */
export function saveDocument(path: string): Promise<void> {
  const running = savings.get(path);
  if (running !== undefined) return running;
  const saving = saveUntilClean(path).finally(() => savings.delete(path));
  savings.set(path, saving);
  return saving;
}

/** Takes what is on disk instead of the edits here; undo brings them back. */
export async function reloadDocument(path: string): Promise<void> {
  const { document, revision } = await getApi().workflow.get({ path });
  update(path, (open) => withReloaded(open, document, revision));
  dropCopy(localStorage, path);
}

/** Keeps the edits as a workflow of their own and takes what is on disk here. Gives the path of the copy. */
export async function keepEditsAsCopy(path: string): Promise<string> {
  const open = findDocument(path);
  if (open === undefined) throw new HeddleError('workflow.notFound', 'The workflow is no longer open.');
  const name = `${open.document.name} (my edits)`;
  const copy = await getApi().workflow.create({ name, document: { ...open.document, name } });
  await reloadDocument(path);
  return copy.path;
}

/** Puts the edits of the earlier window back, as an edit that can be undone. */
export function takeRecovered(path: string): void {
  const recovered = findDocument(path)?.recovered;
  if (recovered == null) return;
  change(path, (open) => withEdit({ ...open, recovered: null }, toReplacement(open.document, recovered.document), 'Restore unsaved edits'));
}

/** Forgets the edits of the earlier window. */
export function leaveRecovered(path: string): void {
  update(path, (open) => ({ ...open, recovered: null }));
  const open = findDocument(path);
  if (open !== undefined && !isDirty(open)) dropCopy(localStorage, path);
}

const savings = new Map<string, Promise<void>>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

function change(path: string, apply: (open: OpenDocument) => OpenDocument): void {
  const open = findDocument(path);
  if (open === undefined) throw new HeddleError('workflow.notFound', 'The workflow is not open any more.');
  const after = apply(open);
  put(path, after);
  if (!isDirty(after)) return;
  keepCopy(localStorage, { path, baseRevision: after.revision, savedAtMs: Date.now(), document: after.document });
  scheduleSave(path);
}

function scheduleSave(path: string): void {
  if (timers.has(path)) return;
  timers.set(
    path,
    setTimeout(() => {
      timers.delete(path);
      // What went wrong stands in the document's `trouble`; while offline, the next connection saves.
      saveDocument(path).catch(() => undefined);
    }, saveDelayMs),
  );
}

async function saveUntilClean(path: string): Promise<void> {
  for (let open = findDocument(path); open !== undefined && isDirty(open); open = findDocument(path)) {
    if (open.trouble?.type === 'conflict')
      throw new HeddleError(
        'workflow.changedOutside',
        `“${open.document.name}” was changed by another program. Choose which version to keep.`,
      );
    const sent = open.document;
    const { revision: baseRevision } = open;
    update(path, (now) => ({ ...now, isSaving: true }));
    try {
      const { revision } = await getApi().workflow.save({ path, baseRevision, document: sent });
      update(path, (now) => withSaved(now, sent, revision));
    } catch (thrown) {
      const error = toErrorInfo(thrown);
      const landed = error.code === 'workflow.changedOutside' ? await findOwnSave(path, sent) : null;
      if (landed === null) {
        update(path, (now) => ({ ...now, isSaving: false, trouble: toTrouble(error) }));
        throw thrown;
      }
      update(path, (now) => withSaved(now, sent, landed));
    }
  }
  if (findDocument(path)?.recovered === null) dropCopy(localStorage, path);
}

/** A save whose answer was lost with the connection looks like a change from outside: the file then says what we sent. */
async function findOwnSave(path: string, sent: OpenDocument['document']): Promise<string | null> {
  const now = await getApi()
    .workflow.get({ path })
    .catch(() => null);
  return now !== null && formatWorkflowFile(now.document) === formatWorkflowFile(sent) ? now.revision : null;
}

function toTrouble(error: ErrorInfo): OpenDocument['trouble'] {
  if (error.code === 'host.unreachable') return null;
  return error.code === 'workflow.changedOutside' ? { type: 'conflict' } : { type: 'refused', error };
}

/** Takes over a change from outside while there is nothing of ours to lose. */
async function followFile(path: string): Promise<void> {
  const { document, revision } = await getApi().workflow.get({ path });
  const open = findDocument(path);
  if (open === undefined || isDirty(open) || open.isSaving || open.revision === revision) return;
  put(path, withReloaded(open, document, revision));
}

function put(path: string, open: OpenDocument): void {
  useDocuments.setState((store) => ({ byPath: { ...store.byPath, [path]: open } }));
}

function update(path: string, apply: (open: OpenDocument) => OpenDocument): void {
  const open = findDocument(path);
  if (open !== undefined) put(path, apply(open));
}

onBeforeReading(saveDocument);

useConnection.subscribe((now, before) => {
  if (now.connection.status !== 'online' || before.connection.status === 'online') return;
  for (const open of Object.values(useDocuments.getState().byPath)) if (isDirty(open)) saveDocument(open.path).catch(() => undefined);
});

useLibrary.subscribe((now, before) => {
  if (now.workflows === before.workflows) return;
  const known = new Map(before.workflows?.map((file) => [file.path, file.modifiedAtMs]));
  for (const file of now.workflows ?? []) {
    const open = findDocument(file.path);
    if (open === undefined || isDirty(open) || open.isSaving || known.get(file.path) === file.modifiedAtMs) continue;
    followFile(file.path).catch(() => undefined);
  }
});
