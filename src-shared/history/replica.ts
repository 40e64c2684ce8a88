import { HeddleError } from '../base/errors.ts';
import type { WorkflowEdit } from '../workflow/edit.ts';
import { decideCommand, type HistoryCommand, toStepId } from './commands.ts';
import type { HistoryEvent, NewHistoryEvent } from './events.ts';
import { joinSteps } from './join-steps.ts';
import { findKnown, type KnownSteps, rememberStep } from './known-steps.ts';
import { reduceHistory } from './reduce-history.ts';
import { type HistoryState, isAcknowledged } from './state.ts';

/** A history as it is at one moment, with what is known of its newest steps. */
export interface HistoryView {
  readonly state: HistoryState;
  readonly known: KnownSteps;
}

/** A command that the host has not confirmed, and what is seen after it. */
export interface PendingCommand {
  readonly command: HistoryCommand;
  readonly after: HistoryView;
  /** False when it cannot be done to what is here; the host has the last word. */
  readonly isDone: boolean;
}

/**
 * The history of a workflow as a window has it: what the host has confirmed, and what it is still to hear, done at once on top.
 * Whatever others do in between is put below.
 */
export interface Replica {
  readonly window: string;
  readonly base: HistoryView;
  readonly pending: readonly PendingCommand[];
  readonly lastNumber: number;
  /** Commands up to this one have been sent, and stay as they are: they may have been done. */
  readonly sentNumber: number;
  /** What comes next is a step of its own, whatever its group. */
  readonly isGroupEnded: boolean;
}

/** What a command of this window is to be. */
export type Wish =
  | { readonly type: 'edit'; readonly edit: WorkflowEdit; readonly label: string; readonly group: string | null }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' };

/** A window that was here before goes on counting its commands where it was. */
export function createReplica(window: string, state: HistoryState): Replica {
  const lastNumber = state.acknowledged[window] ?? 0;
  return { window, base: { state, known: [] }, pending: [], lastNumber, sentNumber: lastNumber, isGroupEnded: false };
}

/** What is seen: the confirmed with the pending on top. */
export function toShown(replica: Replica): HistoryView {
  return replica.pending.at(-1)?.after ?? replica.base;
}

/** The replica after a wish of its own window. Throws `workflow.invalid` for an edit that cannot be applied; an undo of nothing changes nothing. */
export function withWish(replica: Replica, wish: Wish, atMs: number): Replica {
  const shown = toShown(replica);
  const number = replica.lastNumber + 1;
  if (wish.type !== 'edit') {
    const stack = shown.state[wish.type];
    if (stack.depth === 0) return replica;
    return withPending({ ...replica, isGroupEnded: false }, { type: wish.type, number, step: stack.top?.step.id ?? null }, atMs);
  }
  const top = shown.state.undo.top?.step;
  const isContinued = wish.group !== null && top?.group === wish.group && shown.state.redo.depth === 0 && !replica.isGroupEnded;
  const command: HistoryCommand = { ...wish, number, continues: isContinued ? top.id : null };
  const joined = isContinued ? joinWithLast(replica, command) : null;
  if (joined !== null) return withPending(joined.replica, joined.command, atMs);
  // An edit of the user that cannot be done is told at once and goes nowhere.
  requireDone(replica, command, atMs);
  return withPending({ ...replica, isGroupEnded: false }, command, atMs);
}

/** The replica when the host has told of an event. */
export function withHistoryEvent(replica: Replica, event: HistoryEvent, atMs: number): Replica {
  const { base, pending } = replica;
  if (event.seq <= base.state.seq) return replica;
  const [first, ...others] = pending;
  const command = 'command' in event.data ? event.data.command : null;
  const isOwn = command?.window === replica.window && first?.command.number === command.number;
  const after = advance(base, event);
  if (isOwn && first.isDone) {
    // What the host did is what was done here; the document stays the very same object.
    const confirmed = { state: { ...after.state, document: first.after.state.document }, known: first.after.known };
    return { ...replica, base: confirmed, pending: others };
  }
  if (!isOwn && after.state.document === base.state.document) return { ...replica, base: after };
  const left = pending.filter(({ command: { number } }) => !isAcknowledged(after.state, replica.window, number));
  return rebased({ ...replica, base: after, pending: left }, atMs);
}

/** The replica on the whole state that the host has now; what it had confirmed in the meantime is no longer pending. */
export function withHistoryState(replica: Replica, state: HistoryState, atMs: number): Replica {
  const pending = replica.pending.filter(({ command: { number } }) => !isAcknowledged(state, replica.window, number));
  return rebased({ ...replica, base: { state, known: replica.base.known }, pending }, atMs);
}

/** The replica without commands that the host did not do. */
export function withoutCommands(replica: Replica, numbers: readonly number[], atMs: number): Replica {
  const pending = replica.pending.filter(({ command: { number } }) => !numbers.includes(number));
  return pending.length === replica.pending.length ? replica : rebased({ ...replica, pending }, atMs);
}

/** The replica when everything pending has been sent. */
export function withSent(replica: Replica): Replica {
  return { ...replica, sentNumber: replica.lastNumber };
}

/** A view after an event. */
export function advance(view: HistoryView, event: HistoryEvent): HistoryView {
  return { state: reduceHistory(view.state, event), known: rememberStep(view.known, view.state, event) };
}

function withPending(replica: Replica, command: HistoryCommand, atMs: number): Replica {
  const done = tryCommand(toShown(replica), command, replica.window, atMs);
  const next: PendingCommand = { command, after: done ?? toShown(replica), isDone: done !== null };
  return { ...replica, pending: [...replica.pending, next], lastNumber: Math.max(replica.lastNumber, command.number) };
}

function rebased(replica: Replica, atMs: number): Replica {
  const bare: Replica = { ...replica, pending: [] };
  return replica.pending.reduce<Replica>((now, { command }) => withPending(now, command, atMs), bare);
}

/** The view after a command, or null when it cannot be done to what is here. */
function tryCommand(view: HistoryView, command: HistoryCommand, window: string, atMs: number): HistoryView | null {
  try {
    const event = decideOn(view, command, window, atMs);
    if (event === null) return null;
    return advance(view, { ...event, stream: '', seq: view.state.seq + 1 } as HistoryEvent);
  } catch (thrown) {
    if (thrown instanceof HeddleError) return null;
    throw thrown;
  }
}

function requireDone(replica: Replica, command: HistoryCommand, atMs: number): void {
  decideOn(toShown(replica), command, replica.window, atMs);
}

function decideOn({ state, known }: HistoryView, command: HistoryCommand, window: string, atMs: number): NewHistoryEvent | null {
  const { number } = command;
  const asking = { author: { type: 'window', window }, command: { window, number }, stepId: toStepId(window, number), atMs } as const;
  return decideCommand(state, command, asking, (step) => findKnown(known, step));
}

/** What is typed on joins what waits to be sent, so that no key press is an event of its own. */
function joinWithLast(replica: Replica, command: Extract<HistoryCommand, { type: 'edit' }>) {
  const last = replica.pending.at(-1);
  if (last === undefined || !last.isDone || last.command.type !== 'edit' || last.command.number <= replica.sentNumber) return null;
  const before = { ...replica, pending: replica.pending.slice(0, -1) };
  const none = { type: 'batch', edits: [] } as const;
  const { edit } = joinSteps({ edit: last.command.edit, inverse: none }, { edit: command.edit, inverse: none });
  const joined: HistoryCommand = { ...command, edit, number: last.command.number, continues: last.command.continues };
  requireDone(before, joined, 0);
  return { replica: before, command: joined };
}
