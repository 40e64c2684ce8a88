import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isFinal } from '#shared/run/plan-next.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { toRunSummary } from '#shared/run/summary.ts';
import { histories } from '../support/histories.ts';
import { historiesFolder, readHistory } from '../support/read-history.ts';
import { replayEvents } from '../support/replay-events.ts';

const templates = new URL('../../resources/templates/', import.meta.url);
const files = readdirSync(historiesFolder).filter((file) => file.endsWith('.ndjson'));

/** Journals of earlier builds. A build that cannot read or repeat one of them needs an upcaster, or an executor that keeps what it did. */
describe('a history that an earlier build recorded', () => {
  it('is there for each thing that a run can do', () => {
    expect(files.toSorted()).toEqual(expect.arrayContaining(Object.keys(histories).map((name) => `${name}.ndjson`)));
  });

  it.each(files)('%s is read whole', (file) => {
    const state = foldRun(readHistory(file));
    expect(state === null ? null : isFinal(state.status)).toBe(true);
    expect(state === null ? null : toRunSummary(state)).toMatchSnapshot();
  });

  it.each(files)('%s is replayed as it was', async (file) => {
    const report = await replayEvents(readHistory(file));
    expect({ divergences: report.divergences, unreached: report.unreached }).toEqual({ divergences: [], unreached: [] });
    expect(report.replayed).toBe(report.events);
  });

  it.each(
    readdirSync(templates)
      .map((id) => new URL(`${id}/recorded-run.ndjson`, templates))
      .filter((file) => existsSync(file)),
  )('%s of a template, recorded at real speed, is replayed as it was', async (file) => {
    expect(await replayEvents(readHistory(file))).toMatchObject({ isConsistent: true, divergences: [], unreached: [] });
  });
});
