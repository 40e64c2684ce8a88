import { z } from 'zod';

/** Something wrong with a workflow, with its place and reason. `error` keeps it from running; `warning` does not. */
export const problemSchema = z.strictObject({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  node: z.string().nullable(),
  port: z.string().nullable(),
  /** Where in the node's config, when it is there. */
  path: z.array(z.union([z.string(), z.number()])).optional(),
  /** The edge that is wrong, named as `toEdgeId` names it. */
  edge: z.string().optional(),
  /** The name in an expression, tool or hook that is wrong. */
  name: z.string().optional(),
  message: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

/** What earlier runs say of a node: the medians of its duration and its cost. `costUsd` is null when a call had no price. */
const recordedFiguresSchema = z.strictObject({ ms: z.number(), costUsd: z.number().nullable() });
export type RecordedFigures = z.infer<typeof recordedFiguresSchema>;

/** What runs at the same time, and which chain of nodes decides how long it takes. Durations in milliseconds. */
export const workflowPlanSchema = z.strictObject({
  layers: z.array(z.array(z.string())),
  parallelGroups: z.array(z.array(z.string())),
  criticalPath: z.strictObject({ nodes: z.array(z.string()), totalMs: z.number(), basis: z.enum(['recorded', 'estimated', 'mixed']) }),
  /** By node, where earlier runs have run it. */
  recorded: z.record(z.string(), recordedFiguresSchema),
  /** What a run costs if every planned node runs once, as earlier runs have it; null when none has run yet, or a call had no price. */
  costUsd: z.number().nullable(),
});
export type WorkflowPlan = z.infer<typeof workflowPlanSchema>;
