import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { createUpcast } from '#shared/events/upcast.ts';
import { type RunEvent, runEventUpcasters, runEventVersions } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { toRunSummary } from '#shared/run/summary.ts';
import { histories } from '../support/histories.ts';
import { replayEvents } from '../support/replay-events.ts';

const folder = new URL('../histories/', import.meta.url);
const templates = new URL('../../resources/templates/', import.meta.url);
const upcast = createUpcast(runEventVersions, runEventUpcasters);

function read(file: string | URL): readonly RunEvent[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n');
  return lines.map((line) => upcast(JSON.parse(line) as EventEnvelope) as unknown as RunEvent);
}

const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));

/** Journals of earlier builds. A build that cannot read or repeat one of them needs an upcaster, or an executor that keeps what it did. */
describe('a history that an earlier build recorded', () => {
  it('is there for each thing that a run can do', () => {
    expect(files.toSorted()).toEqual(expect.arrayContaining(Object.keys(histories).map((name) => `${name}.ndjson`)));
  });

  it.each(files)('%s is read whole', (file) => {
    const state = foldRun(read(file));
    expect(state === null ? null : isFinal(state.status)).toBe(true);
    expect(state === null ? null : toRunSummary(state)).toMatchSnapshot();
  });

  it.each(files)('%s is replayed as it was', async (file) => {
    const report = await replayEvents(read(file));
    expect({ divergences: report.divergences, unreached: report.unreached }).toEqual({ divergences: [], unreached: [] });
    expect(report.replayed).toBe(report.events);
  });

  it.each(
    readdirSync(templates)
      .map((id) => new URL(`${id}/recorded-run.ndjson`, templates))
      .filter((file) => existsSync(file)),
  )('%s of a template, recorded at real speed, is replayed as it was', async (file) => {
    expect(await replayEvents(read(file))).toMatchObject({ isConsistent: true, divergences: [], unreached: [] });
  });
});
