import type { Clock } from '#shared/base/clock.ts';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import {
  type DeadLetterEvent,
  type DeadLetterHandling,
  deadLetterStream,
  noDeadLetterHandled,
  reduceDeadLetters,
  toDeadLetterEvent,
} from '#shared/run/dead-letter-events.ts';
import { type DeadLetter, toDeadLetters } from '#shared/run/dead-letters.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { isRerunWithItsRun, planRerun } from '#shared/run/plan-rerun.ts';
import type { RunState } from '#shared/run/state.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Runs, StartRun } from './runs.ts';

/** A dead letter with what was done about it. */
export type FiledDeadLetter = DeadLetter & { readonly handling: DeadLetterHandling };

/** Everything in a workspace that finally failed. Refusals are HeddleErrors. */
export interface DeadLetters {
  /** The newest failure first; those that were dismissed or run again only `withHandled`. */
  list(withHandled: boolean): readonly FiledDeadLetter[];
  /** Refuses with `deadLetter.notFound`, and with `deadLetter.handled` when something was done about it before. */
  dismiss(id: string, by: string, reason: string): Promise<void>;
  /**
   * Starts a run that takes over everything that succeeded and does again what failed; it answers for every letter of that run. A failed
   * compensation is run alone. Refuses as `dismiss` does.
   */
  rerun(id: string, by: string, startedBy: StartRun['startedBy']): Promise<{ readonly runId: string }>;
  onChange(listener: () => void): () => void;
}

export interface DeadLettersDependencies {
  readonly store: EventStore;
  readonly runs: Runs;
  readonly clock: Clock;
  /** True when another process writes: then nothing is remembered between two looks. */
  readonly isReadOnly: boolean;
  readonly onProblem: (message: string) => void;
}

/** The letters of each ended run that has some. */
const lettersName = 'deadLetters';
/** Stands when every ended run has been looked through in this format. */
const completeName = 'deadLettersComplete';
const format = '1';
const pageSize = 1000;

/**
 * Watches runs end and files what failed in them; the files are a cache beside the journal, built anew where it is not there. Create it before
 * the runs are recovered.
 */
export function createDeadLetters({ store, runs, clock, isReadOnly, onProblem }: DeadLettersDependencies): DeadLetters {
  const listeners = new Set<() => void>();
  const inProgress = new Map<string, Promise<{ readonly runId: string }>>();
  let byRun: Map<string, readonly DeadLetter[]> | undefined;
  let handled = noDeadLetterHandled;
  let isMarked: boolean | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  runs.onSummary((summary) => {
    if (!isFinal(summary.status)) return;
    try {
      file(runs.state(summary.runId));
    } catch (thrown) {
      onProblem(`The dead letters of run ${summary.runId} could not be filed: ${toErrorInfo(thrown).message}`);
    }
  });

  function file(state: RunState): void {
    const letters = toDeadLetters(state);
    markNewWorkspace(state.runId);
    if (letters.length === 0) return;
    save(state, letters);
    byRun?.set(state.runId, letters);
    tell();
  }

  function save({ runId, lastSeq }: RunState, letters: readonly DeadLetter[]): void {
    store.saveProjection({ name: lettersName, key: runId, seq: lastSeq, value: JSON.stringify(letters) });
  }

  /** Where no run had ended before, nothing needs to be looked through later. Asked with the first that ends. */
  function markNewWorkspace(runId: string): void {
    if (isMarked !== undefined) return;
    isMarked = isComplete();
    if (!isMarked && !runs.summaries().some((summary) => isFinal(summary.status) && summary.runId !== runId)) mark();
  }

  function isComplete(): boolean {
    return store.loadProjections(completeName).some(({ value }) => value === format);
  }

  function mark(): void {
    store.saveProjection({ name: completeName, key: 'all', seq: 0, value: format });
    isMarked = true;
  }

  function load(): Map<string, readonly DeadLetter[]> {
    if (byRun !== undefined && !isReadOnly) return byRun;
    isMarked = isComplete();
    byRun = (isMarked ? readFiled() : undefined) ?? lookThrough();
    return byRun;
  }

  /** A cache that cannot be read is as good as none. */
  function readFiled(): Map<string, readonly DeadLetter[]> | undefined {
    try {
      return new Map(store.loadProjections(lettersName).map(({ key, value }) => [key, JSON.parse(value) as DeadLetter[]]));
    } catch {
      return undefined;
    }
  }

  function lookThrough(): Map<string, readonly DeadLetter[]> {
    const loaded = new Map<string, readonly DeadLetter[]>();
    for (const { runId, status } of runs.summaries()) {
      if (!isFinal(status)) continue;
      try {
        const state = runs.state(runId);
        const letters = toDeadLetters(state);
        if (letters.length === 0) continue;
        loaded.set(runId, letters);
        save(state, letters);
      } catch {
        // A damaged run cannot be run again; `heddle doctor` says what is wrong with it.
      }
    }
    mark();
    return loaded;
  }

  /** Folds what was done since the last look, here or by whoever writes. */
  function toHandled(): typeof handled {
    while (store.head(deadLetterStream).lastSeq > handled.lastSeq) {
      const page = store.read(deadLetterStream, { afterSeq: handled.lastSeq, limit: pageSize });
      if (page.length === 0) break;
      handled = reduceDeadLetters(handled, page as unknown as readonly DeadLetterEvent[]);
    }
    return handled;
  }

  function requireOpen(id: string): DeadLetter {
    const letter = [...load().values()].flat().find((filed) => filed.id === id);
    if (letter === undefined) {
      throw new HeddleError('deadLetter.notFound', `There is no dead letter ${id}. \`heddle dead-letters\` lists those that are open.`);
    }
    const handling = toHandled().byId.get(id);
    if (handling !== undefined) throw new HeddleError('deadLetter.handled', toHandledWords(handling));
    return letter;
  }

  /** One after the other, so that each finds the end of the stream where it expects it. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = writing.then(work, work);
    writing = done.catch(() => undefined);
    return done;
  }

  async function record(events: readonly NewEvent[]): Promise<void> {
    if (events.length > 0) await store.append(deadLetterStream, store.head(deadLetterStream).lastSeq, events);
    tell();
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  async function startAgain(letter: DeadLetter, by: string, startedBy: StartRun['startedBy']): Promise<{ readonly runId: string }> {
    const state = runs.state(letter.runId);
    const plan = planRerun(state, letter);
    const { runId } =
      plan.type === 'fork'
        ? await runs.fork({ runId: letter.runId, atSeq: state.lastSeq, edits: plan.edits, reuse: 'unaffected', startedBy })
        : await runs.start({ ...toStartOf(state), document: plan.document, inputs: plan.inputs, workflowPath: null, startedBy });
    const together = isRerunWithItsRun(letter) ? (load().get(letter.runId) ?? []).filter(isRerunWithItsRun) : [letter];
    await inTurn(() => {
      const { byId } = toHandled();
      const answered = together.filter(({ id }) => !byId.has(id));
      return record(answered.map(({ id }) => toDeadLetterEvent('deadLetter.rerun', { id, by, newRunId: runId }, clock.nowMs())));
    });
    return { runId };
  }

  return {
    list(withHandled) {
      const { byId } = toHandled();
      return [...load().values()]
        .flat()
        .map((letter) => ({ ...letter, handling: byId.get(letter.id) ?? open }))
        .filter(({ handling }) => withHandled || handling.type === 'open')
        .sort((a, b) => b.failedAtMs - a.failedAtMs || (a.id < b.id ? -1 : 1));
    },
    dismiss: (id, by, reason) =>
      inTurn(async () => {
        requireOpen(id);
        await record([toDeadLetterEvent('deadLetter.dismissed', { id, by, reason }, clock.nowMs())]);
      }),
    async rerun(id, by, startedBy) {
      const letter = requireOpen(id);
      // Two who ask at once get the same run, also for two letters that one run answers for.
      const key = isRerunWithItsRun(letter) ? letter.runId : id;
      const known = inProgress.get(key);
      if (known !== undefined) return known;
      const started = startAgain(letter, by, startedBy).finally(() => inProgress.delete(key));
      inProgress.set(key, started);
      return started;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const open: DeadLetterHandling = { type: 'open' };

function toStartOf({ approvalMode, modelOverride, subworkflows }: RunState) {
  return { approvalMode, modelOverride, subworkflows } as const;
}

function toHandledWords(handling: DeadLetterHandling): string {
  switch (handling.type) {
    case 'open':
      return 'Nothing was done about it yet.';
    case 'dismissed':
      return `${handling.by} dismissed it: ${handling.reason || 'without a reason'}.`;
    case 'rerun':
      return `It was run again as ${handling.newRunId}. What failed there is a dead letter of its own.`;
  }
}
