import { z } from 'zod';
import type { EventEnvelope, NewEvent } from '../events/envelope.ts';

/** The stream that says which history belongs to which file. */
export const placesStream = 'workflows';

const placedSchema = z.strictObject({ history: z.string(), path: z.string().nullable() });

/** A history got a file, another file, or (null) lost it: a new file of that name begins a history of its own. */
type Placed = z.infer<typeof placedSchema>;

/** The version this build writes. Raise it together with an upcaster. */
export const placeEventVersions: Readonly<Record<string, number>> = { 'history.placed': 1 };

export function toPlacedEvent(data: Placed, atMs: number): NewEvent<'history.placed', Placed> {
  return { type: 'history.placed', version: 1, atMs, data };
}

/** The history of each file, by path. The newest fact about a path holds, and about a history. */
export function foldPlaces(events: readonly EventEnvelope[]): ReadonlyMap<string, string> {
  const byHistory = new Map<string, string>();
  const byPath = new Map<string, string>();
  for (const event of events) {
    const { history, path } = placedSchema.parse(event.data);
    const before = byHistory.get(history);
    if (before !== undefined && byPath.get(before) === history) byPath.delete(before);
    byHistory.delete(history);
    if (path === null) continue;
    byHistory.set(history, path);
    byPath.set(path, history);
  }
  return byPath;
}
