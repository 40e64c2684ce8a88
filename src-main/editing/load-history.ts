import { createHash } from 'node:crypto';
import { type HistoryEvent, toHistoryStream } from '#shared/history/events.ts';
import { joinSteps } from '#shared/history/join-steps.ts';
import { reduceHistory } from '#shared/history/reduce-history.ts';
import type { HistoryView } from '#shared/history/replica.ts';
import { type HistoryState, listSteps, type StepEdits, type StepMark, toStack } from '#shared/history/state.ts';
import type { EventStore } from '../event-store/event-store.ts';

/** Events that are read at once. */
const pageSize = 1_000;

/**
 * The history in a stream up to an event, or null when the stream is empty. Begins at a snapshot where there is one; such a state knows
 * only its upper steps. With `isWhole` all of it is folded, and every step known. Throws `journal.damaged`.
 */
export function loadHistory(
  store: EventStore,
  historyId: string,
  { atSeq = Number.MAX_SAFE_INTEGER, isWhole = false }: { readonly atSeq?: number; readonly isWhole?: boolean } = {},
): HistoryView | null {
  const stream = toHistoryStream(historyId);
  let view = isWhole ? null : loadSnapshot(store, stream, atSeq);
  for (;;) {
    const afterSeq: number = view?.state.seq ?? 0;
    const limit = Math.min(pageSize, atSeq - afterSeq);
    const page = limit <= 0 ? [] : store.read(stream, { afterSeq, limit });
    if (page.length === 0) return view;
    // What the steps did is read from the journal when somebody asks: remembering it would double the time of a long fold.
    for (const event of page as readonly HistoryEvent[]) view = { state: reduceHistory(view?.state ?? null, event), known: [] };
  }
}

/** What a step did, from the journal. */
export function readStep(store: EventStore, historyId: string, step: StepMark): StepEdits | null {
  const events = store.read(toHistoryStream(historyId), { afterSeq: step.first - 1, limit: step.last - step.first + 1 });
  const edits = (events as readonly HistoryEvent[]).flatMap((event): StepEdits[] =>
    (event.type === 'workflow.edited' || event.type === 'workflow.changedOutside') && event.data.step === step.id ? [event.data] : [],
  );
  return edits.length === 0 ? null : edits.reduce(joinSteps);
}

/** Keeps a state, so that opening it again reads only what came later. */
export function saveSnapshot(store: EventStore, historyId: string, state: HistoryState): void {
  const text = JSON.stringify({
    ...state,
    undo: { depth: state.undo.depth, steps: listSteps(state.undo, mostSteps) },
    redo: { depth: state.redo.depth, steps: listSteps(state.redo, mostSteps) },
  });
  const root = toHash(text);
  if (store.snapshots?.addParts([{ hash: root, text }])) store.snapshots.save(toHistoryStream(historyId), { seq: state.seq, root });
}

/** Steps in a snapshot; undoing more of them folds the whole history once. */
const mostSteps = 2_000;

function loadSnapshot(store: EventStore, stream: string, atSeq: number): HistoryView | null {
  const snapshot = store.snapshots?.find(stream, atSeq);
  const text = snapshot === undefined ? undefined : store.snapshots?.readPart(snapshot.root)?.toString('utf8');
  if (snapshot === undefined || text === undefined || toHash(text) !== snapshot.root) return null;
  const { undo, redo, ...state } = JSON.parse(text);
  return { state: { ...state, undo: toStack(undo.steps, undo.depth), redo: toStack(redo.steps, redo.depth) }, known: [] };
}

function toHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
