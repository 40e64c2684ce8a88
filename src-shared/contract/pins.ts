import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { jsonObjectSchema } from '../base/json.ts';

/** Outputs by port, by node: what stands in the place of nodes when only a part of the workflow runs. */
export const pinsSchema = z.record(z.string(), jsonObjectSchema);
export type Pins = z.infer<typeof pinsSchema>;

/** The most that one node's pinned outputs may take as JSON, and all of a workflow together. */
export const mostPinBytes = 1024 * 1024;
export const mostPinsBytes = 4 * 1024 * 1024;

const path = z.strictObject({ path: z.string() });
const nodeOf = path.extend({ node: z.string() });

export const pinContract = {
  list: oc
    .route({ method: 'GET', path: '/pins', tags: ['pins'], summary: 'The pinned outputs of a workflow' })
    .input(path)
    .output(pinsSchema),
  set: oc
    .route({ method: 'PUT', path: '/pins', tags: ['pins'], summary: 'Pin the outputs of a node' })
    .input(nodeOf.extend({ outputs: jsonObjectSchema }))
    .output(z.strictObject({})),
  /** Takes the pin of one node away, or of all. */
  remove: oc
    .route({ method: 'DELETE', path: '/pins', tags: ['pins'], summary: 'Unpin a node, or all' })
    .input(path.extend({ node: z.string().optional() }))
    .output(z.strictObject({})),
  /** The path of each workflow whose pins somebody has changed. */
  watch: oc
    .route({ method: 'GET', path: '/pins-watch', tags: ['pins'], summary: 'Workflows whose pins change, as they do' })
    .output(eventIterator(path)),
};
