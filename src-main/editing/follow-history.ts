import type { HeddleError } from '#shared/base/errors.ts';
import type { HistoryFollowItem, OpenedHistory } from '#shared/contract/histories.ts';
import { listSteps, type StepStack } from '#shared/history/state.ts';
import type { OpenHistory } from './open-history.ts';

/** A consumer with more than this waiting is given the whole state instead. */
const mostWaiting = 500;
/** Steps that a window knows by name; it learns of those below when it comes to them. */
const mostSteps = 50;

/** The history as it stands, then all that happens to it, until the signal; rejects with `workflow.notFound` when its file went elsewhere. Nothing is lost: who is too slow gets the state anew. */
export async function* followHistory(
  history: OpenHistory,
  window: string,
  signal: AbortSignal,
): AsyncGenerator<HistoryFollowItem, void, void> {
  let waiting: HistoryFollowItem[] | null = null;
  let wake: () => void = () => undefined;
  let ended: HeddleError | null = null;
  const stop = history.onItem((item) => {
    if (item.type === 'ended') ended = item.reason;
    else if (item.type === 'replaced' || (waiting?.length ?? 0) >= mostWaiting) waiting = null;
    else waiting?.push(item);
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (ended !== null) throw ended;
      // `waiting` changes while this generator waits.
      const due: readonly HistoryFollowItem[] = waiting ?? [
        { type: 'opened', history: toOpened(history, window) },
        { type: 'file', file: history.file() },
      ];
      waiting = [];
      for (const item of due) {
        if (signal.aborted) return;
        yield item;
      }
      if (due.length > 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}

function toOpened(history: OpenHistory, window: string): OpenedHistory {
  const { document, seq, undo, redo, acknowledged, names } = history.view().state;
  return { document, seq, undo: toUpper(undo), redo: toUpper(redo), acknowledged: acknowledged[window] ?? 0, names: { ...names } };
}

function toUpper(stack: StepStack): OpenedHistory['undo'] {
  return { depth: stack.depth, steps: [...listSteps(stack, mostSteps)] };
}
