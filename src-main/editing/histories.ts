import type { Clock } from '#shared/base/clock.ts';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { HistoryFollowItem } from '#shared/contract/histories.ts';
import type { HistoryCommand } from '#shared/history/commands.ts';
import { type Author, toHistoryEvent } from '#shared/history/events.ts';
import { foldPlaces, placesStream, toPlacedEvent } from '#shared/history/places.ts';
import type { HistoryView } from '#shared/history/replica.ts';
import { beginHistory } from '#shared/history/state.ts';
import { toEdit } from '#shared/history/to-edit.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { invertEdit } from '#shared/workflow/edits.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { OpenedWorkflow, WorkflowFiles } from '../workspace/workflow-files.ts';
import { createFileKeeper, type FileKeeper, type OnDisk } from './file-keeper.ts';
import { followHistory } from './follow-history.ts';
import { findContent, listNamedVersions, listVersions, type VersionPage } from './list-versions.ts';
import { loadHistory } from './load-history.ts';
import { createOpenHistory, type OpenHistory, type Refused } from './open-history.ts';

/**
 * The histories of the workflows of a workspace: every edit is a fact in the journal, and the file follows within the second.
 * All paths are those of `WorkflowFiles`; what cannot be opened there is refused as there.
 */
export interface Histories {
  follow(path: string, window: string, signal: AbortSignal): AsyncGenerator<HistoryFollowItem, void, void>;
  /** Does the commands of a window, in order, each once. Resolves when they are on disk; names those that could not be done. */
  edit(path: string, window: string, commands: readonly HistoryCommand[]): Promise<readonly Refused[]>;
  /** Takes the document of a program as an edit. Rejects with `workflow.changedOutside` unless it read the newest version. */
  save(path: string, baseRevision: string, document: WorkflowDocument): Promise<{ readonly revision: string }>;
  /** Writes what is not in the file yet; rejects when that cannot be done. */
  settle(path: string): Promise<void>;
  /** As `settle`; with `over`, whatever is in the file gives way. */
  write(path: string, over: boolean): Promise<{ readonly revision: string }>;
  versions(
    path: string,
    page: { readonly before?: number | undefined; readonly limit: number; readonly onlyNamed: boolean },
  ): Promise<VersionPage>;
  /** The document after an event of its history. */
  version(path: string, seq: number): Promise<WorkflowDocument>;
  nameVersion(path: string, seq: number | undefined, name: string | null, author: Author): Promise<void>;
  /** Does `move`, and the history goes with the file. */
  move<Result>(path: string, newPath: string, move: () => Promise<Result>): Promise<Result>;
  /** Does `remove`; a new file of that name begins a history of its own. */
  remove(path: string, remove: () => Promise<void>): Promise<void>;
  /** Writes what is not in the files yet. */
  close(): Promise<void>;
}

export interface HistoriesDependencies {
  readonly store: EventStore;
  readonly files: WorkflowFiles;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Why nothing can be recorded, or null. */
  readonly readOnlyReason: string | null;
  readonly onProblem: (message: string) => void;
}

interface Kept {
  readonly history: OpenHistory;
  readonly keeper: FileKeeper;
  modifiedAtMs: number;
}

export function createHistories(dependencies: HistoriesDependencies): Histories {
  const { store, files, clock, newId, readOnlyReason, onProblem } = dependencies;
  const opened = new Map<string, Promise<Kept>>();
  let places: ReadonlyMap<string, string> | undefined;
  let placing: Promise<unknown> = Promise.resolve();
  let stopWatching: (() => void) | undefined;

  const findHistory = (path: string): string | undefined => {
    places ??= foldPlaces(store.read(placesStream));
    return places.get(path);
  };
  /** One fact after the other: all histories share the stream. */
  const place = (history: string, path: string | null): Promise<void> => {
    const placed = placing.then(async () => {
      if (store.stopReason(placesStream) !== undefined) store.resume(placesStream);
      await store.append(placesStream, store.head(placesStream).lastSeq, [toPlacedEvent({ history, path }, clock.nowMs()) as never]);
      places = undefined;
    });
    placing = placed.catch(() => undefined);
    return placed;
  };

  function open(path: string): Promise<Kept> {
    const known = opened.get(path);
    if (known !== undefined) return known;
    const opening = openNow(path);
    opened.set(path, opening);
    opening.catch(() => opened.delete(path));
    stopWatching ??= files.onChange((list) => {
      const times = new Map(list.map((file) => [file.path, file.modifiedAtMs]));
      for (const [openPath, kept] of opened)
        void kept.then(
          (one) => look(one, times.get(openPath)),
          () => undefined,
        );
    });
    return opening;
  }

  async function openNow(path: string): Promise<Kept> {
    const id = findHistory(path);
    const recorded = id === undefined ? null : loadRecorded(path, id);
    const found = await files.open(path).catch((error: unknown) => {
      if (recorded === null || !(error instanceof HeddleError) || error.code === 'workflow.pathRefused') throw error;
      return error;
    });
    if (recorded === null || id === undefined) {
      const { revision, document } = found as OpenedWorkflow;
      return keep(newId(), { state: beginHistory(path, document, revision), known: [] }, { revision, document });
    }
    const kept = keep(id, recorded, toOnDisk(id, recorded, found));
    await kept.history.inTurn(() => (readOnlyReason === null ? kept.keeper.look() : reread(kept)));
    return kept;
  }

  /** A history that cannot be read holds up nobody: the file begins a new one. */
  function loadRecorded(path: string, id: string): HistoryView | null {
    try {
      return loadHistory(store, id);
    } catch (thrown) {
      if (!(thrown instanceof HeddleError)) throw thrown;
      onProblem(`The history of ${path} cannot be read, so a new one begins: ${thrown.message}`);
      return null;
    }
  }

  /** What the file said when it was last ours: the text that was last written or, after a crash before that, the one before. */
  function toOnDisk(id: string, { state }: HistoryView, found: OpenedWorkflow | HeddleError): OnDisk {
    const { revision, before, seq } = state.file;
    if (!(found instanceof HeddleError) && (found.revision === revision || found.revision === before)) return found;
    return { revision, document: loadHistory(store, id, { atSeq: seq })?.state.document ?? state.document };
  }

  function keep(id: string, view: HistoryView, onDisk: OnDisk): Kept {
    const history = createOpenHistory({ store, clock, place }, id, view);
    return { history, keeper: createFileKeeper({ files, clock, newId }, history, onDisk), modifiedAtMs: 0 };
  }

  /** The file may have changed; our own writes are told by their text. */
  async function look(kept: Kept, modifiedAtMs = -1): Promise<void> {
    if (kept.modifiedAtMs === modifiedAtMs) return;
    kept.modifiedAtMs = modifiedAtMs;
    await kept.history
      .inTurn(() => (readOnlyReason === null ? kept.keeper.look() : reread(kept)))
      .catch((thrown: unknown) => onProblem(`A change from outside was not taken in: ${toErrorInfo(thrown).message}`));
  }

  /** Where nothing is recorded, the file is all there is. */
  async function reread({ history }: Kept): Promise<void> {
    const { state } = history.view();
    const found = await files.open(state.path).catch(() => null);
    if (found !== null && toEdit(state.document, found.document) !== null)
      history.replace({ state: { ...state, document: found.document }, known: [] });
  }

  async function withHistory<Result>(path: string, work: (kept: Kept) => Promise<Result>): Promise<Result> {
    const kept = await open(path);
    return kept.history.inTurn(() => work(kept));
  }

  async function settled({ history, keeper }: Kept): Promise<void> {
    if (readOnlyReason !== null) return;
    await keeper.write();
    const file = history.file();
    if (file.status === 'failed' || file.status === 'unreadable')
      throw new HeddleError(file.error.code, file.error.message, toDetails(file.error));
    if (file.status === 'missing')
      throw new HeddleError('workflow.notFound', `There is no workflow file ${history.view().state.path} any more.`);
    // A change from outside came in between and was merged; the merged text goes to disk too.
    if (file.status === 'waiting') await keeper.write();
  }

  function refuseReadOnly(): void {
    if (readOnlyReason !== null)
      throw new HeddleError(
        'host.readOnly',
        `This workspace is open for reading only, so nothing can be changed or run. ${readOnlyReason}`,
      );
  }

  return {
    async *follow(path, window, signal) {
      const { history } = await open(path);
      yield* followHistory(history, window, signal);
    },
    edit: (path, window, commands) => {
      refuseReadOnly();
      return withHistory(path, async ({ history, keeper }) => {
        try {
          return await history.command(window, commands);
        } finally {
          keeper.schedule();
        }
      });
    },
    save: (path, baseRevision, document) => {
      refuseReadOnly();
      return withHistory(path, async (kept) => {
        const { history, keeper } = kept;
        await keeper.look();
        await settled(kept);
        const { revision } = keeper.onDisk();
        const before = history.view().state.document;
        const edit = toEdit(before, document);
        if (edit === null && revision === baseRevision) return { revision };
        // The file first: a save that is refused has changed nothing.
        const saved = await files.save(path, baseRevision, document);
        if (edit === null) return saved;
        const done = {
          command: null,
          author: { type: 'program' },
          step: `program:${newId()}`,
          label: 'Save by a program',
          group: null,
        } as const;
        const edited = toHistoryEvent('workflow.edited', { ...done, edit, inverse: invertEdit(before, edit) }, clock.nowMs());
        // What cannot be recorded is found in the file later, as a change from outside.
        await keeper
          .adopt({ revision: saved.revision, document }, edited)
          .catch((thrown: unknown) => onProblem(`A save of ${path} is not in its history: ${toErrorInfo(thrown).message}`));
        return saved;
      });
    },
    settle: async (path) => {
      if (opened.has(path)) await withHistory(path, settled);
    },
    write: (path, over) => {
      refuseReadOnly();
      return withHistory(path, async (kept) => {
        if (over) await kept.keeper.writeOver();
        else await settled(kept);
        return { revision: kept.keeper.onDisk().revision };
      });
    },
    versions: (path, { before, limit, onlyNamed }) =>
      withHistory(path, async ({ history }) => {
        const { state } = history.view();
        if (onlyNamed) return listNamedVersions(store, history.id, state);
        return listVersions(store, history.id, state, before ?? state.seq + 1, limit);
      }),
    version: (path, seq) => withHistory(path, async ({ history }) => requireVersion(history, seq).document),
    nameVersion: (path, seq, name, author) => {
      refuseReadOnly();
      return withHistory(path, async ({ history }) => {
        // What has not begun begins here: there is a version to be named.
        await history.record();
        const version = findContent(store, history.id, requireVersion(history, seq ?? history.view().state.seq).seq);
        await history.record(toHistoryEvent('workflow.versionNamed', { seq: version, name, author }, clock.nowMs()));
      });
    },
    move: async (path, newPath, move) => {
      const kept = await open(path).catch(() => undefined);
      if (kept === undefined) return move();
      return kept.history.inTurn(async () => {
        await kept.keeper.write();
        const moved = await move();
        opened.delete(path);
        kept.history.turnAway(goneElsewhere(path));
        if (kept.history.view().state.seq === 0) kept.keeper.close();
        else {
          await place(kept.history.id, newPath);
          await kept.history.record(toHistoryEvent('workflow.moved', { path: newPath }, clock.nowMs()));
          opened.set(newPath, Promise.resolve(kept));
        }
        return moved;
      });
    },
    remove: async (path, remove) => {
      const kept = await open(path).catch(() => undefined);
      if (kept === undefined) return remove();
      await kept.history.inTurn(async () => {
        await kept.keeper.write();
        await remove();
        kept.keeper.close();
        opened.delete(path);
        if (kept.history.view().state.seq > 0) await place(kept.history.id, null);
        kept.history.turnAway(goneElsewhere(path));
      });
    },
    close: async () => {
      stopWatching?.();
      const all = await Promise.allSettled(opened.values());
      for (const result of all) {
        if (result.status === 'rejected') continue;
        const { history, keeper } = result.value;
        if (readOnlyReason === null) {
          await history.inTurn(keeper.write);
          history.keepSnapshot();
        }
        keeper.close();
      }
      opened.clear();
    },
  };

  function requireVersion(history: OpenHistory, seq: number) {
    const { state } = history.view();
    const found = seq <= state.seq ? loadHistory(store, history.id, { atSeq: seq }) : null;
    if (found === null)
      throw new HeddleError('request.invalid', `The history of ${state.path} has ${state.seq} events; there is no version ${seq}.`);
    return found.state;
  }
}

function goneElsewhere(path: string): HeddleError {
  return new HeddleError('workflow.notFound', `There is no workflow file ${path} any more: it was moved or removed.`, {
    details: { path },
  });
}

function toDetails({ details, isRetryable }: ReturnType<typeof toErrorInfo>) {
  return { ...(details === undefined ? {} : { details }), ...(isRetryable === undefined ? {} : { isRetryable }) };
}
