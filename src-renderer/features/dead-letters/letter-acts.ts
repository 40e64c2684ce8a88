import type { FiledDeadLetter } from '#shared/contract/dead-letters.ts';
import { notifyDone } from '../../app/notify.ts';
import { getApi } from '../../state/connection.ts';
import { setSelectedRunNode } from '../../state/selection.ts';
import { openTab } from '../../state/tabs.ts';
import { formatCount } from '../../ui/format.ts';
import { toReruns } from './letter-words.ts';

/** Starts a run that takes over what succeeded and does again what failed, and opens it. */
export async function runAgain({ id }: FiledDeadLetter): Promise<void> {
  const { runId } = await getApi().deadLetter.rerun({ id, startedBy: 'window' });
  openTab({ type: 'run', runId });
}

/** Runs everything again, one run for each that failed; `onProgress` hears how far it is. Stops between two when told. */
export async function runAllAgain(
  letters: readonly FiledDeadLetter[],
  onProgress: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const reruns = toReruns(letters);
  let done = 0;
  for (const { id } of reruns) {
    if (signal.aborted) break;
    onProgress(done, reruns.length);
    await getApi().deadLetter.rerun({ id, startedBy: 'window' });
    done += 1;
  }
  notifyDone(done === reruns.length ? `${formatCount(done, 'run')} started again` : `Stopped after ${done} of ${reruns.length} runs`);
}

/** Nothing more is to be done about it. */
export async function dismiss({ id, nodeName }: FiledDeadLetter, reason: string): Promise<void> {
  await getApi().deadLetter.dismiss({ id, reason });
  notifyDone(`${nodeName} is dismissed; its run keeps the failure`);
}

/** Opens the run where it failed. */
export function openRunOf({ runId, node }: FiledDeadLetter): void {
  if (node !== '') setSelectedRunNode(`run:${runId}`, node);
  openTab({ type: 'run', runId });
}
