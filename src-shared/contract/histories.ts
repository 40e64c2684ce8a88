import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { errorInfoSchema } from '../base/errors.ts';
import { eventEnvelopeSchema } from '../events/envelope.ts';
import { historyCommandSchema } from '../history/commands.ts';
import { authorSchema } from '../history/events.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';

/**
 * How the file of a workflow stands to its history: it says the same, it soon will, it could not be written, or it is not ours to write,
 * because what is there cannot be read or nothing is there. Edits are in the journal whatever the file says.
 */
const fileStateSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('written') }),
  z.strictObject({ status: z.literal('waiting') }),
  z.strictObject({ status: z.literal('failed'), error: errorInfoSchema }),
  z.strictObject({ status: z.literal('unreadable'), error: errorInfoSchema }),
  z.strictObject({ status: z.literal('missing') }),
]);
export type FileState = z.infer<typeof fileStateSchema>;

const stepSchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  group: z.string().nullable(),
  first: z.int(),
  last: z.int(),
});
/** The upper steps, the top one first; `depth` counts all. */
const stackSchema = z.strictObject({ depth: z.int(), steps: z.array(stepSchema) });

/** The history of a workflow as it stands now. */
const openedHistorySchema = z.strictObject({
  document: workflowDocumentSchema,
  seq: z.int(),
  undo: stackSchema,
  redo: stackSchema,
  /** The newest command of the asking window that was done. */
  acknowledged: z.int(),
  names: z.record(z.string(), z.string()),
});
export type OpenedHistory = z.infer<typeof openedHistorySchema>;

const followItemSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('opened'), history: openedHistorySchema }),
  z.strictObject({ type: z.literal('event'), event: eventEnvelopeSchema }),
  z.strictObject({ type: z.literal('file'), file: fileStateSchema }),
]);
export type HistoryFollowItem = z.infer<typeof followItemSchema>;

/** One thing that was done to a workflow. `seq` names the version that it led to. */
const versionEntrySchema = z.strictObject({
  seq: z.int(),
  atMs: z.number(),
  what: z.enum(['begun', 'edited', 'undone', 'redone', 'changedOutside', 'moved']),
  label: z.string(),
  /** What changed, in words. */
  words: z.string(),
  author: authorSchema.nullable(),
  name: z.string().nullable(),
  conflicts: z.array(z.string()),
});
export type VersionEntry = z.infer<typeof versionEntrySchema>;

const path = z.strictObject({ path: z.string().min(1).max(1024) });
const tags = ['workflows'];

/** The history of a workflow: edits as facts, and every version there was. */
export const historyContract = {
  /** The history as it stands, then every event; `opened` again whenever that is shorter. */
  follow: oc
    .route({ method: 'GET', path: '/workflow/follow', tags, summary: 'A workflow as it is edited' })
    .input(path.extend({ window: z.string().max(100).default('') }))
    .output(eventIterator(followItemSchema)),
  /** Does commands in their order, each once however often it comes. What cannot be done is told and left out. */
  edit: oc
    .route({ method: 'POST', path: '/workflow/edits', tags, summary: 'Edit a workflow, undo, redo' })
    .input(path.extend({ window: z.string().min(1).max(100), commands: z.array(historyCommandSchema).max(10_000) }))
    .output(z.strictObject({ refused: z.array(z.strictObject({ number: z.int(), error: errorInfoSchema.nullable() })) })),
  /** What was done, the newest first. `nextBefore` goes on; null at the beginning. */
  versions: oc
    .route({ method: 'GET', path: '/workflow/versions', tags, summary: 'What was done to a workflow' })
    .input(
      path.extend({
        before: z.coerce.number().int().positive().optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
        onlyNamed: z.stringbool().or(z.boolean()).default(false),
      }),
    )
    .output(z.strictObject({ entries: z.array(versionEntrySchema), nextBefore: z.int().nullable() })),
  version: oc
    .route({ method: 'GET', path: '/workflow/version', tags, summary: 'A workflow as it was after an event' })
    .input(path.extend({ seq: z.coerce.number().int().positive() }))
    .output(z.strictObject({ document: workflowDocumentSchema })),
  /** Names the version after an event, or the one that is there now; null takes the name away. */
  nameVersion: oc
    .route({ method: 'POST', path: '/workflow/version/name', tags, summary: 'Name a version, or take the name away' })
    .input(
      path.extend({
        seq: z.int().positive().optional(),
        name: z.string().trim().min(1).max(200).nullable(),
        window: z.string().max(100).optional(),
      }),
    )
    .output(z.strictObject({})),
  /** Writes the workflow to its file now. With `over`, whatever is there is replaced, and moved to the trash if it cannot be read. */
  write: oc
    .route({ method: 'POST', path: '/workflow/write', tags, summary: 'Write the edits to the file' })
    .input(path.extend({ over: z.boolean().default(false) }))
    .output(z.strictObject({ revision: z.string() })),
};
