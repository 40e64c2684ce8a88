/** Every state that a dot can show: of runs, nodes, frames and servers. */
export type Status =
  | 'pending'
  | 'running'
  | 'retrying'
  | 'waiting'
  | 'cancelling'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'unknown';

/** The word that stands with each state, so that colour never speaks alone. */
export const statusWords: Readonly<Record<Status, string>> = {
  pending: 'not reached yet',
  running: 'running',
  retrying: 'will try again',
  waiting: 'waits for you',
  cancelling: 'stopping',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'stopped',
  skipped: 'skipped',
  unknown: 'outcome unknown',
};

/** The text colour of each state. */
export const statusColors: Readonly<Record<Status, string>> = {
  pending: 'text-ink-3',
  running: 'text-running',
  retrying: 'text-waiting',
  waiting: 'text-waiting',
  cancelling: 'text-ink-2',
  succeeded: 'text-succeeded',
  failed: 'text-failed',
  cancelled: 'text-ink-2',
  skipped: 'text-ink-3',
  unknown: 'text-waiting',
};
