import { z } from 'zod';
import { jsonValueSchema } from '../base/json.ts';
import { diffPartSchema, requestChangeSchema } from './request-change.ts';

/** What sort of thing was not the same again. `value` is what a node made of the same answers. */
const divergenceClasses = ['prompt', 'toolArguments', 'order', 'time', 'chance', 'model', 'hook', 'value', 'workflowChanged'] as const;

/** What the journal has nearest to something that it has not. */
const nearestRecordingSchema = z.strictObject({
  frame: z.string(),
  /** What differs from it. */
  changes: z.array(requestChangeSchema),
});

/** One place in which a replay came out differently from what the journal says. */
export const divergenceSchema = z.strictObject({
  class: z.enum(divergenceClasses),
  /** Where in the run; '' for the run itself. */
  frame: z.string(),
  /** The address of the node, null for the run itself. */
  node: z.string().nullable(),
  /** The recorded event that does not come again as it was; null for something that the journal has not at all. */
  seq: z.int().nullable(),
  /** One sentence for people. */
  message: z.string(),
  recorded: jsonValueSchema,
  replayed: jsonValueSchema,
  diff: z.array(diffPartSchema),
  /** For a request to a model: each part that differs. */
  changes: z.array(requestChangeSchema),
  /** True when the journal has no answer to what is asked now: what follows from it cannot be known. */
  isMissing: z.boolean(),
  /** For a missing answer: the recording that comes nearest, or null when there is none. */
  nearest: nearestRecordingSchema.nullable(),
});
export type Divergence = z.infer<typeof divergenceSchema>;
export type DivergenceClass = Divergence['class'];

/** What came of running a run again from its journal. */
export const replayReportSchema = z.strictObject({
  runId: z.string(),
  isConsistent: z.boolean(),
  /** Events of the journal, and how many of them came again as they were. */
  events: z.int(),
  replayed: z.int(),
  /** In the order of the journal; what follows from one that went before is left out. At most a thousand. */
  divergences: z.array(divergenceSchema),
  /** Attempts of the journal that the replay did not come to. */
  unreached: z.array(z.string()),
  /** How it ended, `unknown` when it stopped at an answer that is not recorded. */
  outcome: z.enum(['succeeded', 'failed', 'cancelled', 'unfinished', 'unknown']),
});
export type ReplayReport = z.infer<typeof replayReportSchema>;
