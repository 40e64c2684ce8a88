import { z } from 'zod';
import { jsonObjectSchema } from '../base/json.ts';

/** One node alone, a node and what it needs, or a node and what follows from it. */
export const partModeSchema = z.enum(['only', 'to', 'from']);
export type PartMode = z.infer<typeof partModeSchema>;

/** Where the outputs of a node come from that does not run: pinned beside the workflow, recorded by another run, or typed at the start. */
const givenSourceSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pinned') }),
  z.strictObject({ type: z.literal('recorded'), runId: z.string() }),
  z.strictObject({ type: z.literal('typed') }),
]);
export type GivenSource = z.infer<typeof givenSourceSchema>;

/** What stands in the place of a node that does not run: its outputs by port; null when it was skipped where they come from. */
export const givenNodeSchema = z.strictObject({ outputs: jsonObjectSchema.nullable(), source: givenSourceSchema });
export type GivenNode = z.infer<typeof givenNodeSchema>;

/**
 * The part of a workflow that a run is of. Parts are of the run's own graph: what a node of them runs below itself runs whole. `nodes` are
 * those that run; of the others, those in `given` count as ended with what stands there, and the rest as not there.
 */
export const runPartSchema = z.strictObject({
  mode: partModeSchema,
  node: z.string(),
  nodes: z.array(z.string()),
  given: z.record(z.string(), givenNodeSchema),
});
export type RunPart = z.infer<typeof runPartSchema>;

/** A part in words that follow the name of its workflow: `only Writer`. */
export function toPartWords({ mode }: Pick<RunPart, 'mode'>, nodeName: string): string {
  switch (mode) {
    case 'only':
      return `only ${nodeName}`;
    case 'to':
      return `up to ${nodeName}`;
    case 'from':
      return `from ${nodeName} on`;
  }
}
