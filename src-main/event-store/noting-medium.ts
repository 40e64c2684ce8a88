import type { JournalMedium } from './append-queue.ts';
import type { NotedEnds } from './noted-ends.ts';

/** Notes where each stream ends once it is on disk, before anybody is told. */
export function withNotes(medium: JournalMedium, ends: NotedEnds): JournalMedium {
  return {
    ...medium,
    commit(writes) {
      medium.commit(writes);
      const noted: { stream: string; lastSeq: number }[] = [];
      for (const { stream, events } of writes) {
        const newest = events.at(-1);
        if (newest !== undefined) noted.push({ stream, lastSeq: newest.seq });
      }
      ends.note(noted);
    },
  };
}
