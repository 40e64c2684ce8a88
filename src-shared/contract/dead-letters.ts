import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { errorInfoSchema } from '../base/errors.ts';
import { jsonObjectSchema } from '../base/json.ts';
import { workflowNodeSchema } from '../workflow/document.ts';

const handlingSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('open') }),
  z.strictObject({ type: z.literal('dismissed'), by: z.string(), reason: z.string(), atMs: z.number() }),
  z.strictObject({ type: z.literal('rerun'), by: z.string(), newRunId: z.string(), atMs: z.number() }),
]);

/** Something that finally failed, with everything needed to run it again; see `run/dead-letters.ts`. */
export const deadLetterSchema = z.strictObject({
  id: z.string(),
  runId: z.string(),
  workflowName: z.string(),
  workflowPath: z.string().nullable(),
  type: z.enum(['node', 'compensation', 'item', 'run']),
  node: z.string(),
  nodeName: z.string(),
  document: workflowNodeSchema.nullable(),
  scope: z.strictObject({ path: z.string(), index: z.int(), workflowPath: z.string(), inputs: jsonObjectSchema }).nullable(),
  frame: z.string(),
  attempts: z.int(),
  lane: z.string().nullable(),
  inputs: jsonObjectSchema,
  error: errorInfoSchema,
  reason: z.enum(['noTriesLeft', 'outOfTime', 'lasting', 'inDoubt', 'decided']),
  effect: z.enum(['runFailed', 'leftOut', 'kept', 'notUndone']),
  failedAtMs: z.number(),
  handling: handlingSchema,
});
export type FiledDeadLetter = z.infer<typeof deadLetterSchema>;

const tags = ['dead letters'];
const which = { withHandled: z.stringbool().or(z.boolean()).default(false) };
/** In the body: ids hold slashes. */
const id = z.strictObject({ id: z.string().max(10_000) });

export const deadLetterContract = {
  list: oc
    .route({ method: 'GET', path: '/dead-letters', tags, summary: 'Everything that finally failed, the newest first' })
    .input(z.strictObject(which))
    .output(z.array(deadLetterSchema)),
  watch: oc
    .route({ method: 'GET', path: '/dead-letters-watch', tags, summary: 'The whole list, again at each change' })
    .input(z.strictObject(which))
    .output(eventIterator(z.array(deadLetterSchema))),
  dismiss: oc
    .route({ method: 'POST', path: '/dead-letters/dismiss', tags, summary: 'Nothing more is to be done about it' })
    .input(id.extend({ by: z.string().default('user'), reason: z.string().max(2000).default('') }))
    .output(z.strictObject({})),
  rerun: oc
    .route({
      method: 'POST',
      path: '/dead-letters/rerun',
      tags,
      summary: 'Start a run that takes over what succeeded and does again what failed',
    })
    .input(id.extend({ by: z.string().default('user'), startedBy: z.enum(['window', 'cli', 'api', 'test']).default('api') }))
    .output(z.strictObject({ runId: z.string() })),
};
