import type { AttemptState, RunState } from '#shared/run/state.ts';
import type { Status } from '../ui/status.ts';

/** Whom an attempt waits for, as a dot shows it: a person before a signal. Null while it waits for neither. */
export function toWaitingStatus(attempt: AttemptState | undefined): Extract<Status, 'waiting' | 'awaitingSignal'> | null {
  const open = attempt?.openQuestions ?? [];
  if (open.length === 0) return null;
  const signals = attempt?.waits.map(({ frame }) => frame) ?? [];
  return open.every((question) => signals.includes(question)) ? 'awaitingSignal' : 'waiting';
}

/** How a run stands; one that waits says whether for a person or only for a signal. */
export function toRunStatus({
  status,
  openApprovals,
  openSignalWaits,
}: Pick<RunState, 'status' | 'openApprovals' | 'openSignalWaits'>): Status {
  return status === 'waiting' && openApprovals === 0 && openSignalWaits.length > 0 ? 'awaitingSignal' : status;
}
