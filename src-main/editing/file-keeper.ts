import { createHash } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import { type NewHistoryEvent, toHistoryEvent } from '#shared/history/events.ts';
import { mergeDocuments } from '#shared/history/merge-documents.ts';
import { toEdit } from '#shared/history/to-edit.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { invertEdit } from '#shared/workflow/edits.ts';
import type { WorkflowFiles } from '../workspace/workflow-files.ts';
import type { OpenHistory } from './open-history.ts';

/** What lies on disk, as far as we know: the name of that text and the document that it says. */
export interface OnDisk {
  readonly revision: string;
  readonly document: WorkflowDocument;
}

/** Keeps the file of a workflow and its history alike. Everything but `schedule` is called in the history's turn. */
export interface FileKeeper {
  /** Writes soon what the history has and the file has not. */
  schedule(): void;
  /** Writes it now; does nothing when the file is not ours to write. Never rejects: what went wrong is the history's file state. */
  write(): Promise<void>;
  /** Looks whether another program changed the file, and takes that into the history. */
  look(): Promise<void>;
  /** Writes over whatever is there, because a person said so. */
  writeOver(): Promise<void>;
  /** Records an edit that is in the file already. */
  adopt(saved: OnDisk, edited: NewHistoryEvent): Promise<void>;
  onDisk(): OnDisk;
  close(): void;
}

export interface FileKeeperDependencies {
  readonly files: WorkflowFiles;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** With the time of a write, an edit is in the file well within a second. */
const writeDelayMs = 250;
const retryDelayMs = 3_000;

export function createFileKeeper({ files, clock, newId }: FileKeeperDependencies, history: OpenHistory, found: OnDisk): FileKeeper {
  let onDisk = found;
  let cancelTimer: (() => void) | undefined;
  let isClosed = false;

  const documentNow = () => history.view().state.document;
  const pathNow = () => history.view().state.path;
  /** A file that cannot be read, or that somebody took away, is not replaced unless a person says so. */
  const isOurs = () => history.file().status !== 'unreadable' && history.file().status !== 'missing';

  /** Another program's text may be formatted otherwise; it stays as it is until something changes. */
  const isWritten = () => toRevision(documentNow()) === toRevision(onDisk.document);

  function schedule(delayMs = writeDelayMs): void {
    if (cancelTimer !== undefined || isClosed) return;
    cancelTimer = clock.schedule(delayMs, () => {
      cancelTimer = undefined;
      void history.inTurn(write);
    });
  }

  async function write(): Promise<void> {
    if (!isOurs()) return;
    const document = documentNow();
    if (isWritten()) return history.setFile({ status: 'written' });
    const revision = toRevision(document);
    try {
      await announce(revision);
      await files.save(pathNow(), onDisk.revision, document);
      onDisk = { revision, document };
      history.setFile({ status: 'written' });
    } catch (thrown) {
      const error = toErrorInfo(thrown);
      if (error.code === 'workflow.changedOutside') return look();
      if (error.code === 'workflow.notFound') return history.setFile({ status: 'missing' });
      history.setFile({ status: 'failed', error });
      schedule(retryDelayMs);
    }
  }

  /** Recorded before the file changes, so that after a crash in between nobody takes our own text for another program's. */
  async function announce(revision: string): Promise<void> {
    const { file } = history.view().state;
    if (file.revision === revision && file.before === onDisk.revision) return;
    await history.record(toHistoryEvent('workflow.saveBegun', { revision, before: onDisk.revision }, clock.nowMs()));
  }

  async function look(): Promise<void> {
    try {
      if ((await files.revision(pathNow())) === onDisk.revision) {
        if (!isOurs()) history.setFile({ status: 'waiting' });
      } else await take(await files.open(pathNow()));
    } catch (thrown) {
      const error = toErrorInfo(thrown);
      if (!(thrown instanceof HeddleError)) throw thrown;
      if (error.code === 'workflow.notFound') return history.setFile({ status: 'missing' });
      history.setFile({ status: error.code.startsWith('workflow.') ? 'unreadable' : 'failed', error });
      return;
    }
    if (isWritten()) return history.setFile({ status: 'written' });
    history.setFile({ status: 'waiting' });
    schedule();
  }

  /** What another program wrote, put together with what we have and had not written yet. */
  async function take({ revision, document: theirs }: OnDisk): Promise<void> {
    const ours = documentNow();
    const { document: merged, conflicts } = mergeDocuments(onDisk.document, ours, theirs);
    const edit = toEdit(ours, merged);
    const atMs = clock.nowMs();
    if (edit !== null) {
      const label = 'Change of the file from outside';
      const inverse = invertEdit(ours, edit);
      await history.record(
        toHistoryEvent(
          'workflow.changedOutside',
          { step: `outside:${newId()}`, label, revision, edit, inverse, conflicts: [...conflicts] },
          atMs,
        ),
      );
    } else if (history.view().state.seq > 0) {
      // Another text for the same workflow.
      await history.record(toHistoryEvent('workflow.saveBegun', { revision, before: onDisk.revision }, atMs));
    }
    onDisk = { revision, document: theirs };
    history.setFile({ status: 'waiting' });
  }

  return {
    schedule() {
      if (isOurs()) history.setFile({ status: 'waiting' });
      schedule();
    },
    write: async () => {
      cancelTimer?.();
      cancelTimer = undefined;
      await write();
    },
    look,
    async writeOver() {
      const document = documentNow();
      const revision = toRevision(document);
      await announce(revision);
      await files.overwrite(pathNow(), document);
      onDisk = { revision, document };
      history.setFile({ status: 'written' });
    },
    async adopt(saved, edited) {
      const { revision } = saved;
      await history.record(edited, toHistoryEvent('workflow.saveBegun', { revision, before: onDisk.revision }, clock.nowMs()));
      onDisk = saved;
      history.setFile({ status: 'written' });
    },
    onDisk: () => onDisk,
    close() {
      isClosed = true;
      cancelTimer?.();
    },
  };
}

/** The SHA-256 of the text that a document is written as. */
function toRevision(document: WorkflowDocument): string {
  const known = revisions.get(document);
  if (known !== undefined) return known;
  const revision = createHash('sha256').update(formatWorkflowFile(document)).digest('hex');
  revisions.set(document, revision);
  return revision;
}

/** Formatting a large document takes a while, and the same one is asked about often. */
const revisions = new WeakMap<WorkflowDocument, string>();
