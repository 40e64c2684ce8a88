import { endOf, procedures } from './procedures.ts';

const { journal } = procedures;

/** The journal as a whole: its size, backups, compaction. */
export const journalHandlers = journal.router({
  status: journal.status.handler(({ context }) => context.services.journal.status()),
  backUp: journal.backUp.handler(({ input, context }) => context.services.journal.backUp(input.path)),
  compact: journal.compact.handler(({ input, signal, context: { services } }) =>
    services.journal.compact(input.olderThanDays, input.dryRun, endOf(signal, services)),
  ),
});
