import type { RunEvent } from '#shared/run/events.ts';

/** Runs that a test has made, to be replayed when it is over. */
export interface RunCorpusEntry {
  runIds(): readonly string[];
  events(runId: string): readonly RunEvent[];
}

/** What the present test has made so far; emptied after each by `replay-corpus.setup.ts`. */
export const runCorpus = new Set<RunCorpusEntry>();
