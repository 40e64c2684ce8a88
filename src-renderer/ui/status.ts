/** Every state that a dot can show: of runs, nodes, frames and servers. */
export type Status =
  | 'pending'
  | 'queued'
  | 'running'
  | 'retrying'
  | 'waiting'
  | 'awaitingSignal'
  | 'interrupting'
  | 'interrupted'
  | 'cancelling'
  | 'compensating'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'unknown';

/** The word that stands with each state, so that colour never speaks alone. */
export const statusWords: Readonly<Record<Status, string>> = {
  pending: 'not reached yet',
  queued: 'queued',
  running: 'running',
  retrying: 'will try again',
  waiting: 'waits for you',
  awaitingSignal: 'waits for a signal',
  interrupting: 'comes to a halt',
  interrupted: 'held',
  cancelling: 'stopping',
  compensating: 'undoing',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'stopped',
  skipped: 'skipped',
  unknown: 'outcome unknown',
};

/** The text colour of each state. */
export const statusColors: Readonly<Record<Status, string>> = {
  pending: 'text-ink-3',
  queued: 'text-queued',
  running: 'text-running',
  retrying: 'text-waiting',
  waiting: 'text-waiting',
  awaitingSignal: 'text-waiting',
  interrupting: 'text-held',
  interrupted: 'text-held',
  cancelling: 'text-ink-2',
  compensating: 'text-undoing',
  succeeded: 'text-succeeded',
  failed: 'text-failed',
  cancelled: 'text-ink-2',
  skipped: 'text-ink-3',
  unknown: 'text-waiting',
};
