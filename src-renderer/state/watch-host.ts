import type { HeddleApi } from '#shared/contract/client.ts';
import type { Template } from '#shared/contract/workflows.ts';
import type { RunSummary } from '#shared/run/state.ts';
import { useApprovals } from './approvals.ts';
import { useDeadLetters } from './dead-letters.ts';
import { sortByName, useLibrary } from './library.ts';
import { loadPins, usePins } from './pins.ts';
import { folderQuery, queryClient } from './queries.ts';
import { useRuns, withSummaries } from './runs.ts';
import { acceptSettings } from './settings.ts';

/**
 * Fills the stores from one connection and keeps them true while it lasts. The streams end with their socket; they are
 * not given the signal, because a link that is told of an abort wants to send it over the socket that is gone.
 */
export function watchHost(api: HeddleApi, signal: AbortSignal): void {
  void keepWatching(signal, async () => {
    const batch = createBatch();
    for await (const summary of await api.run.watch()) batch.add(summary);
  });
  void keepWatching(signal, async () => {
    for await (const open of await api.approval.watch()) useApprovals.setState({ open, isLoaded: true });
  });
  void keepWatching(signal, async () => {
    for await (const letters of await api.deadLetter.watch({ withHandled: false })) useDeadLetters.setState({ letters, isLoaded: true });
  });
  void keepWatching(signal, async () => {
    for await (const { path } of await api.pin.watch()) if (path in usePins.getState().byPath) void loadPins(path);
  });
  void keepWatching(signal, async () => {
    for await (const workflows of await api.workflow.watch()) {
      useLibrary.setState({ workflows: sortByName(workflows) });
      lookAtFoldersAgain();
    }
  });
  void api.run.list({ limit: 1 }).then(
    (newest: readonly RunSummary[]) => newest.length === 0 && useRuns.setState({ isLoaded: true }),
    () => undefined,
  );
  void api.settings.get().then(acceptSettings, () => undefined);
  void api.template.list().then(
    (templates: readonly Template[]) => useLibrary.setState({ templates }),
    () => undefined,
  );
}

function lookAtFoldersAgain(): void {
  void queryClient.invalidateQueries({ queryKey: [folderQuery] });
}

const watchAgainMs = 1_000;

/** Watches again after a pause when a stream ends early; a lost connection ends the signal and so the watching. */
async function keepWatching(signal: AbortSignal, watch: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await watch();
    } catch {
      // The connection store says what is wrong with the line; a stream alone is simply taken up again.
    }
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, watchAgainMs));
  }
}

/** Hundreds of summaries come at once at the start: one update for all of them. */
function createBatch() {
  let waiting: RunSummary[] = [];
  return {
    add(summary: RunSummary) {
      waiting.push(summary);
      if (waiting.length > 1) return;
      setTimeout(() => {
        const summaries = waiting;
        waiting = [];
        useRuns.setState((store) => ({ byId: withSummaries(store.byId, summaries), isLoaded: true }));
        // Runs write files; the tree shows them when the run has come to rest.
        if (summaries.some(({ status }) => status !== 'running')) lookAtFoldersAgain();
      }, 16);
    },
  };
}
