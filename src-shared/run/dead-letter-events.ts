import { z } from 'zod';
import { assertNever } from '../base/assert-never.ts';
import type { EventEnvelope, NewEvent } from '../events/envelope.ts';
import type { Upcaster } from '../events/upcast.ts';

/** The stream of what people did about dead letters. The letters themselves follow from the journals of their runs. */
export const deadLetterStream = 'deadLetters';

const id = z.string();

/** Every fact about a dead letter, by type. As with the events of runs, a shape never changes: a new one is a new version. */
const deadLetterEventSchemas = {
  /** Nothing more is to be done about it. */
  'deadLetter.dismissed': z.strictObject({ id, by: z.string(), reason: z.string() }),
  /** A new run does again what failed. */
  'deadLetter.rerun': z.strictObject({ id, by: z.string(), newRunId: z.string() }),
} as const;

type DeadLetterEventType = keyof typeof deadLetterEventSchemas;
export type DeadLetterEventData = { readonly [Type in DeadLetterEventType]: z.infer<(typeof deadLetterEventSchemas)[Type]> };
export type DeadLetterEvent = {
  readonly [Type in DeadLetterEventType]: EventEnvelope<Type, DeadLetterEventData[Type]>;
}[DeadLetterEventType];

/** The version this build writes for each type. Raise it together with an upcaster. */
export const deadLetterEventVersions: Readonly<Record<DeadLetterEventType, number>> = {
  'deadLetter.dismissed': 1,
  'deadLetter.rerun': 1,
};

/** How events of earlier builds become those of this one. */
export const deadLetterEventUpcasters: readonly Upcaster[] = [];

/** A new event of this type at its current version. */
export function toDeadLetterEvent<Type extends DeadLetterEventType>(type: Type, data: DeadLetterEventData[Type], atMs: number): NewEvent {
  return { type, version: deadLetterEventVersions[type], atMs, data };
}

/** What was done about a letter. */
export type DeadLetterHandling =
  | { readonly type: 'open' }
  | { readonly type: 'dismissed'; readonly by: string; readonly reason: string; readonly atMs: number }
  | { readonly type: 'rerun'; readonly by: string; readonly newRunId: string; readonly atMs: number };

/** The fold of the stream: how each letter was handled that is not open, by its id. */
export interface HandledDeadLetters {
  readonly lastSeq: number;
  readonly byId: ReadonlyMap<string, DeadLetterHandling>;
}

export const noDeadLetterHandled: HandledDeadLetters = { lastSeq: 0, byId: new Map() };

/** What was done about dead letters after more events. The first thing that was done about a letter counts. */
export function reduceDeadLetters(handled: HandledDeadLetters, events: Iterable<DeadLetterEvent>): HandledDeadLetters {
  const byId = new Map(handled.byId);
  let { lastSeq } = handled;
  for (const event of events) {
    if (event.seq !== lastSeq + 1) throw new Error(`Event ${event.seq} cannot follow event ${lastSeq}`);
    lastSeq = event.seq;
    if (!byId.has(event.data.id)) byId.set(event.data.id, toHandling(event));
  }
  return { lastSeq, byId };
}

function toHandling(event: DeadLetterEvent): DeadLetterHandling {
  const { atMs } = event;
  switch (event.type) {
    case 'deadLetter.dismissed':
      return { type: 'dismissed', by: event.data.by, reason: event.data.reason, atMs };
    case 'deadLetter.rerun':
      return { type: 'rerun', by: event.data.by, newRunId: event.data.newRunId, atMs };
    default:
      return assertNever(event);
  }
}
