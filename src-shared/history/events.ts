import { z } from 'zod';
import type { EventEnvelope, NewEvent } from '../events/envelope.ts';
import type { Upcaster } from '../events/upcast.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';
import { workflowEditSchema } from '../workflow/edit.ts';

/** Who edited: a window, by the id it made for itself, or a program that saved over the API. */
export const authorSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('window'), window: z.string() }),
  z.strictObject({ type: z.literal('program') }),
]);
export type Author = z.infer<typeof authorSchema>;

/** The place of a command among those of its window; null for what no window asked for. A command that comes again is not done again. */
const commandKeySchema = z.strictObject({ window: z.string(), number: z.int().positive() }).nullable();
export type CommandKey = z.infer<typeof commandKeySchema>;

const done = { command: commandKeySchema, author: authorSchema, step: z.string(), label: z.string() };

/**
 * What each event in the history of a workflow carries. A *step* is what one undo takes back: one event, or several of a group.
 * `edit` is always what was done to the document, so a fold needs nothing else.
 */
const historyEventSchemas = {
  /** The document that the history begins with, and the text it was read from. */
  'workflow.begun': z.strictObject({ path: z.string(), document: workflowDocumentSchema, revision: z.string() }),
  /** `step` is that of an earlier event when this one continues it: the letters typed into one field. */
  'workflow.edited': z.strictObject({ ...done, group: z.string().nullable(), edit: workflowEditSchema, inverse: workflowEditSchema }),
  'workflow.undone': z.strictObject({ ...done, edit: workflowEditSchema }),
  'workflow.redone': z.strictObject({ ...done, edit: workflowEditSchema }),
  /** The file was changed by another program. `conflicts` names the places where its version was taken over one that was not written yet. */
  'workflow.changedOutside': z.strictObject({
    step: z.string(),
    label: z.string(),
    revision: z.string(),
    edit: workflowEditSchema,
    inverse: workflowEditSchema,
    conflicts: z.array(z.string()),
  }),
  /** The document as it is here is about to be written; `revision` is the SHA-256 of that text, `before` of the one that it replaces. */
  'workflow.saveBegun': z.strictObject({ revision: z.string(), before: z.string() }),
  /** The version after event `seq` got a name; null takes it away. */
  'workflow.versionNamed': z.strictObject({ seq: z.int().positive(), name: z.string().max(200).nullable(), author: authorSchema }),
  'workflow.moved': z.strictObject({ path: z.string() }),
} as const;

export type HistoryEventType = keyof typeof historyEventSchemas;
export type HistoryEventData = { readonly [Type in HistoryEventType]: z.infer<(typeof historyEventSchemas)[Type]> };

/** A fact in the history of a workflow. */
export type HistoryEvent = { readonly [Type in HistoryEventType]: EventEnvelope<Type, HistoryEventData[Type]> }[HistoryEventType];
/** A fact about to be recorded there. */
export type NewHistoryEvent = { readonly [Type in HistoryEventType]: NewEvent<Type, HistoryEventData[Type]> }[HistoryEventType];

/** The version this build writes for each type. Raise it together with an upcaster. */
export const historyEventVersions: Readonly<Record<HistoryEventType, number>> = Object.fromEntries(
  Object.keys(historyEventSchemas).map((type) => [type, 1]),
) as Record<HistoryEventType, number>;

/** How events of earlier builds become those of this one. */
export const historyEventUpcasters: readonly Upcaster[] = [];

/** A new event of this type at its current version. */
export function toHistoryEvent<Type extends HistoryEventType>(type: Type, data: HistoryEventData[Type], atMs: number): NewHistoryEvent {
  return { type, version: historyEventVersions[type], atMs, data } as unknown as NewHistoryEvent;
}

const historyStreamPrefix = 'workflow/';
/** The journal stream of a workflow's history; those of runs begin with `run/`. */
export function toHistoryStream(historyId: string): string {
  return `${historyStreamPrefix}${historyId}`;
}
/** The history a stream holds, or undefined when it holds something else. */
export function toHistoryId(stream: string): string | undefined {
  return stream.startsWith(historyStreamPrefix) ? stream.slice(historyStreamPrefix.length) : undefined;
}
