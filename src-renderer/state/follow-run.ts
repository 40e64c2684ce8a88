import type { RunFollowItem } from '#shared/contract/runs.ts';
import { toCallError } from './call-error.ts';
import { getApi, getClient } from './connection.ts';
import { createFollowedRun, updateFollowedRun, useFollowedRuns, withItems } from './followed-runs.ts';
import { isActive, useRuns } from './runs.ts';

const toRunKey = (runId: string): string => `run:${runId}`;
const toTemplateKey = (templateId: string): string => `template:${templateId}`;

/**
 * Follows a run for as long as a tab shows it: the journal so far, then live; taken up after the last event when the
 * connection comes back or the run is resumed. What was received stays readable when nobody follows any more.
 */
export function followRun(runId: string, signal: AbortSignal): void {
  const key = toRunKey(runId);
  begin(key);
  let isBusy = false;
  const follow = async () => {
    if (isBusy || signal.aborted) return;
    isBusy = true;
    const batch = createFrameBatch<RunFollowItem>((items) => updateFollowedRun(key, (run) => withItems(run, items)));
    try {
      const afterSeq = useFollowedRuns.getState().byKey[key]?.history.lastSeq ?? 0;
      for await (const item of getClient().followRun(runId, { afterSeq, signal })) batch.add(item);
      batch.flush();
      updateFollowedRun(key, (run) => ({ ...run, phase: 'ended', liveText: {} }));
    } catch (thrown) {
      batch.flush();
      const error = toCallError(thrown);
      if (!signal.aborted && error !== null) updateFollowedRun(key, (run) => ({ ...run, phase: 'failed', error }));
    } finally {
      isBusy = false;
    }
  };
  // A run that ended for this follower and is at work again was resumed.
  const stopRuns = useRuns.subscribe((now) => {
    const summary = now.byId[runId];
    const run = useFollowedRuns.getState().byKey[key];
    if (summary && run?.phase === 'ended' && isActive(summary.status) && summary.lastSeq > run.history.lastSeq) void follow();
  });
  signal.addEventListener('abort', stopRuns);
  void follow();
}

/** Loads the recorded run of a template, once. */
export async function loadRecordedRun(templateId: string): Promise<void> {
  const key = toTemplateKey(templateId);
  begin(key);
  if (useFollowedRuns.getState().byKey[key]?.phase === 'ended') return;
  try {
    const { recordedRun } = await getApi().template.get({ id: templateId });
    const items = (recordedRun ?? []).map((event) => ({ type: 'event' as const, event }));
    updateFollowedRun(key, (run) => ({ ...withItems(run, items), phase: 'ended' }));
  } catch (thrown) {
    updateFollowedRun(key, (run) => ({ ...run, phase: 'failed', error: toCallError(thrown) }));
  }
}

function begin(key: string): void {
  useFollowedRuns.setState((store) => (store.byKey[key] ? store : { byKey: { ...store.byKey, [key]: createFollowedRun(key) } }));
}

/** Gathers what comes within one drawn frame, so that a fast run costs one update a frame and not one an event. */
function createFrameBatch<Item>(flushTo: (items: readonly Item[]) => void) {
  let items: Item[] = [];
  let isScheduled = false;
  const flush = () => {
    isScheduled = false;
    if (items.length === 0) return;
    const full = items;
    items = [];
    flushTo(full);
  };
  return {
    add(item: Item) {
      items.push(item);
      if (isScheduled) return;
      isScheduled = true;
      // A hidden page draws no frames; it must not hold back events.
      if (document.hidden) setTimeout(flush, 100);
      else requestAnimationFrame(flush);
    },
    flush,
  };
}
