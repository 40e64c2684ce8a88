import type { JournalMedium } from './append-queue.ts';
import type { NotedEnds } from './noted-ends.ts';

/** Notes where each stream ends once it is on disk, before anybody is told. */
export function withNotes(medium: JournalMedium, ends: NotedEnds): JournalMedium {
  return {
    ...medium,
    commit(writes) {
      medium.commit(writes);
      ends.note(writes.flatMap(({ stream, events }) => events.slice(-1).map(({ seq }) => ({ stream, lastSeq: seq }))));
    },
  };
}
