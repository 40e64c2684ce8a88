import { afterEach, expect } from 'vitest';
import { runCorpus } from './run-corpus.ts';

/**
 * Every run that a test makes in a run world is replayed when the test is over, and has to come out the same: whatever the test was about,
 * it also says that this run can be replayed.
 */
afterEach(async () => {
  const worlds = [...runCorpus];
  runCorpus.clear();
  if (worlds.length === 0 || process.env.HEDDLE_SKIP_CORPUS === '1') return;
  // Most test files make no runs: they need not load the engine.
  const { replayEvents } = await import('./replay-events.ts');
  for (const world of worlds) {
    for (const runId of world.runIds()) {
      const report = await replayEvents(world.events(runId));
      expect({ runId, divergences: report.divergences, unreached: report.unreached }).toEqual({ runId, divergences: [], unreached: [] });
    }
  }
});
