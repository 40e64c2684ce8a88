import { HeddleError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { EventEnvelope } from './envelope.ts';

/** One step in the life of an event type: turns the data of `fromVersion` into that of the next version. Pure; never edited once released. */
export interface Upcaster {
  readonly type: string;
  readonly fromVersion: number;
  readonly up: (data: JsonObject) => JsonObject;
}

/**
 * A function that brings any stored event to the current version of its type. `currentVersions` names every known type;
 * an unknown type, or a version newer than the current one, is refused with `journal.unknownEvent`. A gap in the steps is a bug and throws here.
 */
export function createUpcast(
  currentVersions: Readonly<Record<string, number>>,
  upcasters: readonly Upcaster[],
): (event: EventEnvelope) => EventEnvelope {
  const current = new Map(Object.entries(currentVersions));
  const steps = new Map(upcasters.map((upcaster) => [stepKey(upcaster.type, upcaster.fromVersion), upcaster.up]));
  requireEveryStep(current, steps, upcasters.length);

  return (event) => {
    const currentVersion = current.get(event.type);
    if (currentVersion === event.version) return event;
    if (currentVersion === undefined || event.version > currentVersion) throw unknownEvent(event, currentVersion);
    let data = event.data;
    for (let version = event.version; version < currentVersion; version += 1) {
      const up = steps.get(stepKey(event.type, version));
      if (up === undefined) throw unknownEvent(event, currentVersion);
      data = up(data);
    }
    return { ...event, version: currentVersion, data };
  };
}

function requireEveryStep(current: ReadonlyMap<string, number>, steps: ReadonlyMap<string, unknown>, given: number): void {
  let needed = 0;
  for (const [type, version] of current) {
    for (let from = 1; from < version; from += 1) {
      if (!steps.has(stepKey(type, from)))
        throw new Error(`Event type ${type} has version ${version} but no upcaster from version ${from}.`);
      needed += 1;
    }
  }
  if (needed !== given) throw new Error(`There are ${given} upcasters but ${needed} steps to take: one is doubled or leads nowhere.`);
}

function stepKey(type: string, fromVersion: number): string {
  return `${fromVersion} ${type}`;
}

function unknownEvent(event: EventEnvelope, currentVersion: number | undefined): HeddleError {
  const known = currentVersion === undefined ? 'does not know this type' : `knows it up to version ${currentVersion}`;
  return new HeddleError(
    'journal.unknownEvent',
    `Event ${event.seq} of "${event.stream}" is ${event.type} version ${event.version}; this Heddle ${known}. Open it with the newer Heddle that wrote it.`,
    { details: { stream: event.stream, seq: event.seq, type: event.type, version: event.version } },
  );
}
