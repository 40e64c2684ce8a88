import { oc } from '@orpc/contract';
import { z } from 'zod';
import { codeFormSchema } from '../workflow/code/code-form.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';

/** Something wrong in a text: offsets for editors, and where it begins as people count, both from 1. */
const codeProblemSchema = z.strictObject({
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  start: z.int(),
  end: z.int(),
  line: z.int(),
  column: z.int(),
});

/** The code of a workflow, read and written. Both only look: no file is touched, and code that computes runs in the sandbox. */
export const workflowCodeContract = {
  /** What code does not say, the places of nodes above all, is taken from `before` or found anew. `document` is null while the text is wrong. */
  fromCode: oc
    .route({
      method: 'POST',
      path: '/workflow/from-code',
      tags: ['workflows'],
      summary: 'The document that JSON, YAML or TypeScript describes',
    })
    .input(z.strictObject({ text: z.string(), form: codeFormSchema, before: workflowDocumentSchema.optional() }))
    .output(
      z.strictObject({
        document: workflowDocumentSchema.nullable(),
        problems: z.array(codeProblemSchema),
        /** Where each place of the document is written. */
        entries: z.array(z.strictObject({ place: z.array(z.union([z.string(), z.number()])), start: z.int(), end: z.int() })),
        /** True for TypeScript that had to run to say what it builds. */
        isComputed: z.boolean(),
      }),
    ),
  toCode: oc
    .route({ method: 'POST', path: '/workflow/to-code', tags: ['workflows'], summary: 'A document as JSON, YAML or TypeScript' })
    .input(z.strictObject({ document: workflowDocumentSchema, form: codeFormSchema, withLayout: z.boolean().default(false) }))
    .output(z.strictObject({ text: z.string() })),
};
