import type { ErrorInfo } from '#shared/base/errors.ts';
import type { FileState, OpenedHistory } from '#shared/contract/histories.ts';
import type { HistoryEvent } from '#shared/history/events.ts';
import {
  createReplica,
  type Replica,
  toShown,
  type Wish,
  withHistoryEvent,
  withHistoryState,
  withoutCommands,
  withWish,
} from '#shared/history/replica.ts';
import { beginHistory, type HistoryState, listSteps, type StepStack, toStack } from '#shared/history/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** A change of the file by another program, that a person has not looked at yet. */
export interface OutsideChange {
  /** The version that it led to, and the one before it. */
  readonly seq: number;
  readonly step: string;
  /** What both sides had changed, and where the file's version is shown. */
  readonly conflicts: readonly string[];
}

/** A workflow that is open for editing. What the host has not confirmed is what is pending in the replica. */
export interface OpenDocument {
  readonly path: string;
  readonly document: WorkflowDocument;
  /** What can be undone and done again, the next one last; of many, only the newest are named. */
  readonly undo: readonly UndoName[];
  readonly redo: readonly UndoName[];
  readonly replica: Replica;
  /** How the file stands to the history. */
  readonly file: FileState;
  /** Why the host does not take the edits; they stay here. */
  readonly trouble: { readonly type: 'refused'; readonly error: ErrorInfo } | null;
  readonly outside: OutsideChange | null;
  /** Edits that could not be done, because the workflow had changed: what they were and why. */
  readonly lost: readonly { readonly label: string; readonly reason: string }[];
  /** How many edits of an earlier window, which it could not send any more, were put in. */
  readonly recovered: number;
}

/** What was done, as the undo button says it: `Move Writer`. */
interface UndoName {
  readonly label: string;
}

/** A workflow as the host has just given it. */
export function toOpenDocument(path: string, window: string, opened: OpenedHistory): OpenDocument {
  const replica = createReplica(window, toHistoryState(path, window, opened));
  return seen({ path, file: { status: 'written' }, trouble: null, outside: null, lost: [], recovered: 0 }, replica);
}

/** True while there are edits that the host has not confirmed. */
export function isDirty(open: OpenDocument): boolean {
  return open.replica.pending.length > 0;
}

/** The document after a wish of this window. Throws `workflow.invalid` when an edit cannot be applied. */
export function withWished(open: OpenDocument, wish: Wish, atMs: number): OpenDocument {
  return withReplica(open, withWish(open.replica, wish, atMs));
}

/** What comes next is a step of its own, even in the same group: a field has lost the focus. */
export function withGroupEnded(open: OpenDocument): OpenDocument {
  return { ...open, replica: { ...open.replica, isGroupEnded: true } };
}

/** The document when the host gives the whole of it again; what is pending is put on top. */
export function withOpened(open: OpenDocument, opened: OpenedHistory, atMs: number): OpenDocument {
  return withReplica(open, withHistoryState(open.replica, toHistoryState(open.path, open.replica.window, opened), atMs));
}

/** The document after something that the host recorded. */
export function withRecorded(open: OpenDocument, event: HistoryEvent, atMs: number): OpenDocument {
  if (event.seq <= open.replica.base.state.seq) return open;
  const after = withReplica(open, withHistoryEvent(open.replica, event, atMs));
  if (event.type !== 'workflow.changedOutside') return after;
  const { step, conflicts } = event.data;
  return { ...after, outside: { seq: event.seq, step, conflicts } };
}

/** The document without commands that the host did not do, which are told of unless there was nothing to do. */
export function withRefused(
  open: OpenDocument,
  refused: readonly { readonly number: number; readonly error: ErrorInfo | null }[],
  atMs: number,
): OpenDocument {
  if (refused.length === 0) return open;
  const labels = new Map(
    open.replica.pending.map(({ command }) => [command.number, command.type === 'edit' ? command.label : command.type]),
  );
  const lost = refused.flatMap(({ number, error }) =>
    error === null ? [] : [{ label: labels.get(number) ?? 'An edit', reason: error.message }],
  );
  const replica = withoutCommands(
    open.replica,
    refused.map(({ number }) => number),
    atMs,
  );
  return { ...withReplica(open, replica), lost: [...open.lost, ...lost] };
}

/** The document with another replica of its history. */
export function withReplica(open: OpenDocument, replica: Replica): OpenDocument {
  return replica === open.replica ? open : seen(open, replica);
}

function seen(rest: Omit<OpenDocument, 'document' | 'undo' | 'redo' | 'replica'>, replica: Replica): OpenDocument {
  const { document, undo, redo } = toShown(replica).state;
  return { ...rest, replica, document, undo: toNames(undo), redo: toNames(redo) };
}

/** Names that are given to the buttons; nobody reads more. */
const mostNames = 20;

function toNames(stack: StepStack): readonly UndoName[] {
  if (stack.depth > 0 && stack.top === null) return [{ label: 'an earlier edit' }];
  return listSteps(stack, mostNames).toReversed();
}

function toHistoryState(path: string, window: string, opened: OpenedHistory): HistoryState {
  const { document, seq, undo, redo, acknowledged, names } = opened;
  return {
    ...beginHistory(path, document, ''),
    seq,
    undo: toStack(undo.steps, undo.depth),
    redo: toStack(redo.steps, redo.depth),
    acknowledged: { [window]: acknowledged },
    names,
  };
}
