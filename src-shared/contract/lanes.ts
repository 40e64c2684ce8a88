import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { breakerFiguresSchema, lanesSnapshotSchema, laneWaiterSchema } from '../run/lane-figures.ts';
import { laneNameSchema } from '../run/lane-settings.ts';

/** Everything about who is at work and who waits, at one moment. */
export const schedulingFiguresSchema = z.strictObject({
  /** Nodes in their lanes. */
  nodes: lanesSnapshotSchema,
  /** Calls of models and tools, in their one line. */
  calls: lanesSnapshotSchema,
  breakers: z.array(breakerFiguresSchema),
  /** Those nodes that have waited longest. */
  waiting: z.array(
    laneWaiterSchema.omit({ ticketId: true, run: true }).extend({
      runId: z.string(),
      /** The node's address in its run. */
      node: z.string(),
      nodeName: z.string(),
      workflowName: z.string(),
    }),
  ),
});
export type SchedulingFigures = z.infer<typeof schedulingFiguresSchema>;

export const laneContract = {
  figures: oc
    .route({ method: 'GET', path: '/lanes', tags: ['lanes'], summary: 'Lanes, workers, limits and circuit breakers now' })
    .output(schedulingFiguresSchema),
  watch: oc
    .route({ method: 'GET', path: '/lanes-watch', tags: ['lanes'], summary: 'The figures, again when they change' })
    .output(eventIterator(schedulingFiguresSchema)),
  move: oc
    .route({ method: 'POST', path: '/runs/{runId}/move', tags: ['lanes'], summary: 'Move a waiting node to another lane' })
    .input(z.strictObject({ runId: z.string(), node: z.string(), lane: laneNameSchema, by: z.string().default('user') }))
    .output(z.strictObject({})),
};
