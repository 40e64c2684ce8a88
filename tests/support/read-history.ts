import { readFileSync } from 'node:fs';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { createUpcast } from '#shared/events/upcast.ts';
import { type RunEvent, runEventUpcasters, runEventVersions } from '#shared/run/events.ts';

/** Journals that earlier builds recorded, one file a run. */
export const historiesFolder = new URL('../histories/', import.meta.url);

const upcast = createUpcast(runEventVersions, runEventUpcasters);

/** The events of a recorded run, as this build reads them; a name is one in the folder of histories. */
export function readHistory(file: string | URL): readonly RunEvent[] {
  const lines = readFileSync(new URL(file, historiesFolder), 'utf8').trimEnd().split('\n');
  return lines.map((line) => upcast(JSON.parse(line) as EventEnvelope) as unknown as RunEvent);
}
