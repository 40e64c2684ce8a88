import { z } from 'zod';
import { jsonObjectSchema, jsonValueSchema } from '../base/json.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';
import { requestedToolCallSchema } from './message.ts';

/** Changes to what a run recorded. Frames are those of the run that is forked. */
const editsOfRecordings = [
  /** What a model answered; what is left out stays as it was. */
  z.strictObject({
    type: z.literal('answer'),
    frame: z.string(),
    text: z.string().optional(),
    toolCalls: z.array(requestedToolCallSchema).optional(),
  }),
  /** What a tool gave. */
  z.strictObject({ type: z.literal('result'), frame: z.string(), result: jsonValueSchema }),
  /** What a person decided about the node, form or tool call at this frame. */
  z.strictObject({
    type: z.literal('decision'),
    frame: z.string(),
    decision: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('granted'), value: jsonValueSchema.optional() }),
      z.strictObject({ type: z.literal('denied'), reason: z.string() }),
    ]),
  }),
  /** What a signal brought to the wait at this frame. */
  z.strictObject({ type: z.literal('signal'), frame: z.string(), payload: jsonValueSchema }),
  /** What was recorded at or below this frame counts no more. */
  z.strictObject({ type: z.literal('rerun'), frame: z.string() }),
] as const;

/** What a person wants to be different in a fork. */
export const forkEditSchema = z.discriminatedUnion('type', [
  ...editsOfRecordings,
  /** Put over the inputs that the run was started with. */
  z.strictObject({ type: z.literal('inputs'), inputs: jsonObjectSchema }),
  /** The whole document, the run's own (null) or that of a subworkflow by its path. */
  z.strictObject({ type: z.literal('workflow'), path: z.string().nullable(), document: workflowDocumentSchema }),
]);
export type ForkEdit = z.infer<typeof forkEditSchema>;

/** `unaffected` reuses everything that was recorded and is asked for again; `before` only what was known at the event that is forked from. */
export const forkReuseSchema = z.enum(['unaffected', 'before']);
export type ForkReuse = z.infer<typeof forkReuseSchema>;

/** Where a run was forked from, with everything that decides what it reuses: a host that takes it up after a crash knows the same. */
export const forkOriginSchema = z.strictObject({
  runId: z.string(),
  atSeq: z.int().positive(),
  /** The newest event of the origin that counts: it may have gone on since. */
  readSeq: z.int().positive(),
  reuse: forkReuseSchema,
  /** Inputs and documents stand in `run.started` itself. */
  edits: z.array(
    z.discriminatedUnion('type', [
      ...editsOfRecordings,
      z.strictObject({ type: z.literal('inputs'), names: z.array(z.string()) }),
      z.strictObject({ type: z.literal('workflow'), path: z.string().nullable() }),
    ]),
  ),
});
export type ForkOrigin = z.infer<typeof forkOriginSchema>;
