import type { Clock } from '#shared/base/clock.ts';
import { type HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { FileState, HistoryFollowItem } from '#shared/contract/histories.ts';
import { decideCommand, type HistoryCommand, toStepId } from '#shared/history/commands.ts';
import { type HistoryEvent, type NewHistoryEvent, toHistoryEvent, toHistoryStream } from '#shared/history/events.ts';
import { findKnown } from '#shared/history/known-steps.ts';
import { advance, type HistoryView } from '#shared/history/replica.ts';
import { isAcknowledged } from '#shared/history/state.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { loadHistory, readStep, saveSnapshot } from './load-history.ts';

/** A command that was not done, and why; null when there was nothing to do. */
export type Refused = { readonly number: number; readonly error: ReturnType<typeof toErrorInfo> | null };

/** The history of one workflow in memory: the only place where its events come from. */
export interface OpenHistory {
  readonly id: string;
  view(): HistoryView;
  file(): FileState;
  setFile(file: FileState): void;
  /** One thing at a time; whatever reads and then records does so in its turn. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Records facts, the beginning before the first; resolves when they are on disk. Call it in turn. */
  record(...events: readonly NewHistoryEvent[]): Promise<void>;
  /** Does what a window asks, in order, each once. Call it in turn. */
  command(window: string, commands: readonly HistoryCommand[]): Promise<readonly Refused[]>;
  /** Puts another state in place of this one, where nothing can be recorded. */
  replace(view: HistoryView): void;
  /** Called with all that followers are told. Returns the function that ends it. */
  onItem(listener: (item: HistoryFollowItem | HistoryTurn) => void): () => void;
  /** Followers so far are refused what comes: what they follow is somewhere else now. */
  turnAway(reason: HeddleError): void;
  keepSnapshot(): void;
}

/** What followers learn apart from what they pass on: all is new, or they are at the wrong place. */
export type HistoryTurn = { readonly type: 'replaced' } | { readonly type: 'ended'; readonly reason: HeddleError };

/** What a history needs. `place` says durably which file it belongs to, before its first event. */
export interface OpenHistoryDependencies {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly place: (historyId: string, path: string) => Promise<void>;
}

const eventsPerSnapshot = 1_000;

/** Opens a history on what was loaded of it. */
export function createOpenHistory({ store, clock, place }: OpenHistoryDependencies, id: string, loaded: HistoryView): OpenHistory {
  const stream = toHistoryStream(id);
  const listeners = new Set<Parameters<OpenHistory['onItem']>[0]>();
  let view = loaded;
  let file: FileState = { status: 'written' };
  let snapshotSeq = loaded.state.seq;
  let turn: Promise<unknown> = Promise.resolve();

  const tell: Parameters<OpenHistory['onItem']>[0] = (item) => {
    for (const listener of [...listeners]) listener(item);
  };

  async function append(events: readonly NewHistoryEvent[]): Promise<void> {
    // A stream that stopped over a full disk is tried again: whoever edits is told how that went.
    if (store.stopReason(stream) !== undefined) store.resume(stream);
    const { firstSeq } = await store.append(stream, view.state.seq, events as never);
    events.forEach((event, index) => {
      const recorded = { ...event, stream, seq: firstSeq + index } as HistoryEvent;
      view = advance(view, recorded);
      tell({ type: 'event', event: recorded as never });
    });
    if (view.state.seq - snapshotSeq >= eventsPerSnapshot) keepSnapshot();
  }

  async function record(...events: readonly NewHistoryEvent[]): Promise<void> {
    if (view.state.seq === 0) {
      const { path, document, file: read } = view.state;
      await place(id, path);
      await append([toHistoryEvent('workflow.begun', { path, document, revision: read.revision }, clock.nowMs())]);
    }
    if (events.length > 0) await append(events);
  }

  async function doOne(window: string, command: HistoryCommand): Promise<Refused | null> {
    const { number } = command;
    if (isAcknowledged(view.state, window, number)) return null;
    if (command.type !== 'edit' && view.state[command.type].depth > 0 && view.state[command.type].top === null)
      view = loadHistory(store, id, { isWhole: true }) ?? view;
    let event: NewHistoryEvent | null;
    try {
      event = decideCommand(
        view.state,
        command,
        { author: { type: 'window', window }, command: { window, number }, stepId: toStepId(window, number), atMs: clock.nowMs() },
        (step) => findKnown(view.known, step) ?? readStep(store, id, step),
      );
    } catch (thrown) {
      const error = toErrorInfo(thrown);
      if (error.code !== 'workflow.invalid') throw thrown;
      return { number, error };
    }
    if (event === null) return { number, error: null };
    await record(event);
    return null;
  }

  function keepSnapshot(): void {
    if (view.state.seq === snapshotSeq) return;
    snapshotSeq = view.state.seq;
    saveSnapshot(store, id, view.state);
  }

  return {
    id,
    view: () => view,
    file: () => file,
    setFile(next) {
      if (next.status === file.status && next.status !== 'failed' && next.status !== 'unreadable') return;
      file = next;
      tell({ type: 'file', file });
    },
    inTurn(work) {
      const result = turn.then(work);
      turn = result.then(
        () => undefined,
        () => undefined,
      );
      return result;
    },
    record,
    async command(window, commands) {
      const refused: Refused[] = [];
      for (const command of commands) {
        const refusal = await doOne(window, command);
        if (refusal !== null) refused.push(refusal);
      }
      return refused;
    },
    replace(next) {
      view = next;
      tell({ type: 'replaced' });
    },
    onItem(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    turnAway: (reason) => tell({ type: 'ended', reason }),
    keepSnapshot,
  };
}
