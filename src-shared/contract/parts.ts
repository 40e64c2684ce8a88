import { oc } from '@orpc/contract';
import { z } from 'zod';
import { jsonObjectSchema } from '../base/json.ts';
import { givenNodeSchema, partModeSchema } from '../run/part.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';

/** Which part of a workflow is to run. What its nodes need of others is what is given here, else pinned, else recorded by the newest runs. */
export const partRequestSchema = z.strictObject({
  mode: partModeSchema,
  node: z.string(),
  usePins: z.boolean().default(true),
  useRecorded: z.boolean().default(true),
  /** Outputs by port of nodes that do not run, by node. */
  given: z.record(z.string(), jsonObjectSchema).default({}),
});
export type PartRequest = z.infer<typeof partRequestSchema>;

const partPreviewSchema = z.strictObject({
  /** The nodes that would run. */
  nodes: z.array(z.string()),
  given: z.array(
    z.strictObject({
      node: z.string(),
      source: givenNodeSchema.shape.source,
      /** It was skipped where it comes from. */ isSkipped: z.boolean(),
    }),
  ),
  /** What nobody knows yet: it has to be given, port by port. */
  missing: z.array(
    z.strictObject({
      node: z.string(),
      name: z.string(),
      ports: z.array(z.strictObject({ name: z.string(), schema: jsonObjectSchema })),
    }),
  ),
});
export type PartPreview = z.infer<typeof partPreviewSchema>;

/** A workflow file or a document, as runs are started from. */
export const runSourceSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('file'), path: z.string() }),
  z.strictObject({ type: z.literal('document'), document: workflowDocumentSchema, path: z.string().optional() }),
]);

export type RunSource = z.infer<typeof runSourceSchema>;

/** Asks nobody and changes nothing. */
export const planPartProcedure = oc
  .route({ method: 'POST', path: '/runs/plan-part', tags: ['runs'], summary: 'What running a part of a workflow would run and need' })
  .input(z.strictObject({ source: runSourceSchema, part: partRequestSchema }))
  .output(partPreviewSchema);
