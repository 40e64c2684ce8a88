import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { errorInfoSchema } from '../base/errors.ts';
import { jsonValueSchema } from '../base/json.ts';
import { aggregationSchema } from '../nodes/map/map.ts';

/** Flat, so that it can stand in a query string. */
const collectInputSchema = z
  .strictObject({
    runId: z.string(),
    /** The addresses of nodes, apart by commas. */
    nodes: z.string().max(100_000).optional(),
    /** The address of a map. */
    map: z.string().max(10_000).optional(),
    aggregation: aggregationSchema.default('list'),
    /** How many are enough, for `first` and `quorum`. */
    count: z.coerce.number().int().min(1).max(100_000).default(1),
    /** CEL over `total`, `result` and `index`, for `reduce`. */
    reduce: z.string().max(10_000).default(''),
  })
  .refine(({ nodes, map }) => (nodes === undefined) !== (map === undefined), { message: 'name either nodes or a map' })
  .refine(({ aggregation, reduce }) => aggregation !== 'reduce' || reduce !== '', { message: 'say how to reduce', path: ['reduce'] });
export type CollectInput = z.output<typeof collectInputSchema>;

/** What a run has brought so far; see `run/collect.ts`. */
const collectedSchema = z.strictObject({
  value: jsonValueSchema,
  missed: z.string().nullable(),
  total: z.int().nullable(),
  succeeded: z.int(),
  failed: z.array(z.strictObject({ part: z.string(), error: errorInfoSchema })),
  missing: z.array(z.string()),
  left: z.array(z.string()),
  isComplete: z.boolean(),
});

/** Partial results, as part of the area `run`. */
export const collectContract = {
  collect: oc
    .route({
      method: 'GET',
      path: '/runs/{runId}/collect',
      tags: ['runs'],
      summary: 'What nodes, or the items of a map, have brought so far, as one value',
    })
    .input(collectInputSchema)
    .output(collectedSchema),
  /** The same again at each change, until the run ends. */
  followCollected: oc
    .route({
      method: 'GET',
      path: '/runs/{runId}/collect-follow',
      tags: ['runs'],
      summary: 'Partial results as they come, until the run ends',
    })
    .input(collectInputSchema)
    .output(eventIterator(collectedSchema)),
};
