import { create } from 'zustand';
import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { HistoryFollowItem } from '#shared/contract/histories.ts';
import type { HistoryEvent } from '#shared/history/events.ts';
import { type Wish, withSent } from '#shared/history/replica.ts';
import { type WorkflowEdit, workflowEditSchema } from '#shared/workflow/edit.ts';
import { refuseLocked } from '#shared/workflow/lock.ts';
import { getApi, useConnection } from './connection.ts';
import {
  isDirty,
  type OpenDocument,
  toOpenDocument,
  withGroupEnded,
  withOpened,
  withRecorded,
  withRefused,
  withReplica,
  withWished,
} from './open-document.ts';
import { onBeforeReading } from './pending-edits.ts';
import { dropUnsent, keepUnsent, listUnsent } from './unsent-commands.ts';
import { listOpenWindows, windowId } from './window-identity.ts';

interface DocumentsStore {
  readonly byPath: Readonly<Record<string, OpenDocument>>;
  /** Why a workflow could not be opened. */
  readonly failures: Readonly<Record<string, ErrorInfo>>;
}

/** The workflows that are open for editing, with what the host has not confirmed and the way back. */
export const useDocuments = create<DocumentsStore>()(() => ({ byPath: {}, failures: {} }));

/** The first edit goes at once, those that follow quickly go together; an edit is in the journal well within the promised second. */
const sendEveryMs = 400;
const mostCommandsAtOnce = 200;
const followAgainMs = 1_000;

export function findDocument(path: string): OpenDocument | undefined {
  return useDocuments.getState().byPath[path];
}

/** Opens a workflow for editing, once, and keeps it true while the host can be reached. */
export async function openDocument(path: string): Promise<void> {
  if (findDocument(path) !== undefined) return;
  await follow(path);
}

/** Edits an open workflow, to be undone under `label`. Throws `workflow.invalid` when the edit cannot be applied, or would change a locked node. */
export function editDocument(path: string, edit: WorkflowEdit, label: string, group: string | null = null): void {
  change(path, (open) => {
    refuseLocked(open.document, edit);
    const wish: Wish = { type: 'edit', edit: toSent(edit), label: label.slice(0, mostLabel), group: group?.slice(0, mostLabel) ?? null };
    return withWished(open, wish, Date.now());
  });
}

/** Puts another version in the place of what is there, locked nodes and all; that can be undone. */
export function restoreDocument(path: string, edit: WorkflowEdit, label: string): void {
  change(path, (open) => withWished(open, { type: 'edit', edit: toSent(edit), label, group: null }, Date.now()));
}

/** Edits that follow are undone on their own: a field has lost the focus. */
export function endEditGroup(path: string): void {
  update(path, withGroupEnded);
}

/** Takes back the last step of the workflow, whoever made it. */
export function undoEdit(path: string): void {
  change(path, (open) => withWished(open, { type: 'undo' }, Date.now()));
}

export function redoEdit(path: string): void {
  change(path, (open) => withWished(open, { type: 'redo' }, Date.now()));
}

/** Gets everything to the host, and the host to write the file; rejects when that cannot be done, and keeps the edits. */
export async function saveDocument(path: string): Promise<void> {
  await send(path);
  if (findDocument(path) === undefined || useConnection.getState().host?.isReadOnly) return;
  await getApi().workflow.write({ path });
}

/** Writes the workflow over what is in its file, which cannot be read or is gone. */
export async function writeOver(path: string): Promise<void> {
  await send(path);
  await getApi().workflow.write({ path, over: true });
}

/** What there was to tell about the workflow has been read. */
export function dismissNotices(path: string, notices: Partial<Pick<OpenDocument, 'outside' | 'lost' | 'recovered'>>): void {
  update(path, (open) => ({ ...open, ...notices }));
}

const timers = new Map<string, ReturnType<typeof setTimeout>>();
const sendings = new Map<string, Promise<void>>();
const sentAtMs = new Map<string, number>();
/** Commands up to this one have been answered, by path. */
const answered = new Map<string, number>();
const followings = new Map<string, { readonly opened: Promise<void>; readonly ending: AbortController }>();

/** Labels and groups that are longer are cut: the host takes no more. */
const mostLabel = 1_000;

/** The edit as it arrives at the host: both sides must do the very same. */
function toSent(edit: WorkflowEdit): WorkflowEdit {
  const parsed = workflowEditSchema.safeParse(JSON.parse(JSON.stringify(edit)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeddleError('workflow.invalid', `The edit was not made: ${issue?.path.join(' › ')}: ${issue?.message}`);
}

function change(path: string, apply: (open: OpenDocument) => OpenDocument): void {
  const open = findDocument(path);
  if (open === undefined) throw new HeddleError('workflow.notFound', 'The workflow is not open any more.');
  const after = apply(open);
  put(path, after);
  if (after.replica === open.replica) return;
  keep(after);
  sendSoon(path);
}

function keep({ path, replica }: OpenDocument): void {
  keepUnsent(localStorage, path, { window: replica.window, commands: replica.pending.map(({ command }) => command) });
}

function sendSoon(path: string): void {
  if (timers.has(path)) return;
  const delayMs = Math.max(0, (sentAtMs.get(path) ?? 0) + sendEveryMs - Date.now());
  timers.set(
    path,
    setTimeout(() => {
      timers.delete(path);
      // What went wrong stands in the document's `trouble`; while offline, the next connection sends.
      send(path).catch(() => undefined);
    }, delayMs),
  );
}

/** Sends until the host has answered everything. */
function send(path: string): Promise<void> {
  const running = sendings.get(path);
  if (running !== undefined) return running.then(() => send(path));
  if (listToSend(path).length === 0) return Promise.resolve();
  const sending = sendUntilAnswered(path).finally(() => sendings.delete(path));
  sendings.set(path, sending);
  return sending;
}

function listToSend(path: string) {
  const done = answered.get(path) ?? 0;
  const waiting = findDocument(path)?.replica.pending.flatMap(({ command }) => (command.number > done ? [command] : [])) ?? [];
  return waiting.slice(0, mostCommandsAtOnce);
}

async function sendUntilAnswered(path: string): Promise<void> {
  for (let commands = listToSend(path); commands.length > 0; commands = listToSend(path)) {
    update(path, (open) => withReplica(open, withSent(open.replica)));
    sentAtMs.set(path, Date.now());
    try {
      const { refused } = await getApi().workflow.edit({ path, window: windowId, commands });
      answered.set(path, commands.at(-1)?.number ?? 0);
      update(path, (open) => withRefused({ ...open, trouble: null }, refused, Date.now()));
    } catch (thrown) {
      const error = toErrorInfo(thrown);
      // Without a line there is nothing to decide: the next connection sends.
      update(path, (open) => ({ ...open, trouble: error.code === 'host.unreachable' ? null : { type: 'refused', error } }));
      throw thrown;
    }
  }
}

/** Follows a workflow for as long as the connection lasts; resolves when it is open, or when that failed. */
function follow(path: string): Promise<void> {
  const running = followings.get(path);
  if (running !== undefined) return running.opened;
  const ending = new AbortController();
  const opened = new Promise<void>((resolve) => {
    void followUntilEnd(path, ending.signal, resolve).then(resolve);
  });
  followings.set(path, { opened, ending });
  return opened;
}

/** The signal only says that nobody listens any more: a stream ends with its socket. */
async function followUntilEnd(path: string, signal: AbortSignal, onOpened: () => void): Promise<void> {
  let error: ErrorInfo | null = null;
  try {
    for await (const item of await getApi().workflow.follow({ path, window: windowId })) {
      if (signal.aborted) return;
      take(path, item);
      if (item.type === 'opened') onOpened();
    }
  } catch (thrown) {
    error = toErrorInfo(thrown);
  }
  if (signal.aborted) return;
  followings.delete(path);
  if (findDocument(path) === undefined) {
    if (error !== null && error.code !== 'host.unreachable') fail(path, error);
  } else if (error?.code === 'workflow.notFound') drop(path, error);
  else setTimeout(() => isOnline() && void follow(path), followAgainMs);
}

function isOnline(): boolean {
  return useConnection.getState().connection.status === 'online';
}

/** The file was moved or removed through the host: what is at that path next is another workflow. */
function drop(path: string, error: ErrorInfo): void {
  const { [path]: _gone, ...byPath } = useDocuments.getState().byPath;
  useDocuments.setState({ byPath });
  answered.delete(path);
  fail(path, error);
}

function fail(path: string, error: ErrorInfo): void {
  useDocuments.setState((store) => ({ failures: { ...store.failures, [path]: error } }));
}

function take(path: string, item: HistoryFollowItem): void {
  const open = findDocument(path);
  if (item.type === 'opened') {
    const { [path]: _healed, ...failures } = useDocuments.getState().failures;
    useDocuments.setState({ failures });
    answered.set(path, item.history.acknowledged);
    const now = open === undefined ? toOpenDocument(path, windowId, item.history) : withOpened(open, item.history, Date.now());
    put(path, now);
    keep(now);
    if (isDirty(now)) sendSoon(path);
    void takeUpUnsent(path).catch(() => undefined);
  } else if (open !== undefined && item.type === 'event') {
    const now = withRecorded(open, item.event as HistoryEvent, Date.now());
    put(path, now);
    if (isDirty(open)) keep(now);
  } else if (open !== undefined && item.type === 'file') put(path, { ...open, file: item.file });
}

/** What windows that died had not got through to the host goes there now, under their names: nothing is done twice. */
async function takeUpUnsent(path: string): Promise<void> {
  const left = listUnsent(localStorage, path);
  if (left.length === 0) return;
  const alive = await listOpenWindows();
  for (const { window, commands } of left) {
    if (alive.has(window)) continue;
    const { refused } = await getApi().workflow.edit({ path, window, commands: [...commands] });
    dropUnsent(localStorage, path, window);
    const lost = refused.flatMap(({ error }) => (error === null ? [] : [{ label: 'An edit of an earlier window', reason: error.message }]));
    update(path, (open) => ({
      ...open,
      recovered: open.recovered + commands.length - refused.length,
      lost: [...open.lost, ...lost],
    }));
  }
}

function put(path: string, open: OpenDocument): void {
  useDocuments.setState((store) => ({ byPath: { ...store.byPath, [path]: open } }));
}

function update(path: string, apply: (open: OpenDocument) => OpenDocument): void {
  const open = findDocument(path);
  if (open === undefined) return;
  const after = apply(open);
  if (after !== open) put(path, after);
}

onBeforeReading(saveDocument);

useConnection.subscribe((now, before) => {
  if (now.connection.status !== 'online' || before.connection.status === 'online') return;
  // What the last connection still has to say is old.
  for (const { ending } of followings.values()) ending.abort();
  followings.clear();
  for (const path of Object.keys(useDocuments.getState().byPath)) void follow(path);
});
