import { z } from 'zod';
import { jsonObjectSchema, jsonValueSchema } from '../base/json.ts';
import {
  commentSchema,
  hookDeclarationSchema,
  nodeGroupSchema,
  nodePolicySchema,
  positionSchema,
  workflowDocumentSchema,
  workflowEdgeSchema,
  workflowNodeSchema,
} from './document.ts';

const node = z.string();
const index = z.int().nonnegative();
const labels = z.array(z.string()).nullable();
const metadata = z.record(z.string(), jsonValueSchema).nullable();

const singleEditSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('addNode'), node: workflowNodeSchema }),
  /** Their edges go with them, so does what names them as compensations, and groups that are left without a node. */
  z.strictObject({ type: z.literal('removeNodes'), nodes: z.array(node) }),
  z.strictObject({ type: z.literal('moveNodes'), positions: z.array(z.strictObject({ node, position: positionSchema })) }),
  z.strictObject({ type: z.literal('changeConfig'), node, config: jsonObjectSchema }),
  /** Another kind with its config; edges to ports that it does not have are for the same batch to remove. */
  z.strictObject({ type: z.literal('changeKind'), node, kind: z.string().min(1).max(64), config: jsonObjectSchema }),
  z.strictObject({ type: z.literal('renameNode'), node, name: z.string().max(200) }),
  /** Edges, compensations, groups, comments and the nodes of hooks follow; expressions follow unless `keepExpressions`. */
  z.strictObject({ type: z.literal('changeNodeId'), node, newId: z.string(), keepExpressions: z.boolean().optional() }),
  z.strictObject({ type: z.literal('addEdge'), edge: workflowEdgeSchema }),
  /** Named as `toEdgeId` names them. */
  z.strictObject({ type: z.literal('removeEdges'), edges: z.array(z.string()) }),
  z.strictObject({ type: z.literal('changeEdgeLabel'), edge: z.string(), label: z.string().max(200).nullable() }),
  z.strictObject({ type: z.literal('changePolicy'), node, policy: nodePolicySchema.nullable() }),
  z.strictObject({ type: z.literal('setDisabled'), node, disabled: z.boolean().nullable() }),
  z.strictObject({ type: z.literal('setLocked'), node, locked: z.boolean().nullable() }),
  /** Each of a node's further details that is given is set, or removed by null. */
  z.strictObject({
    type: z.literal('changeNodeDetails'),
    node,
    priority: z.int().nullable().optional(),
    lane: z.string().min(1).max(64).nullable().optional(),
    compensation: node.nullable().optional(),
    labels: labels.optional(),
    metadata: metadata.optional(),
  }),
  /** Each detail of the workflow that is given is set, or removed by null. */
  z.strictObject({
    type: z.literal('changeDetails'),
    name: z.string().min(1).max(200).optional(),
    description: z.string().max(10_000).nullable().optional(),
    labels: labels.optional(),
    metadata: metadata.optional(),
  }),
  /** All hooks of the workflow, in their order; null for none. */
  z.strictObject({ type: z.literal('changeHooks'), hooks: z.array(hookDeclarationSchema).max(200).nullable() }),
  /** All groups of the workflow, in their order; null for none. */
  z.strictObject({ type: z.literal('changeGroups'), groups: z.array(nodeGroupSchema).max(1_000).nullable() }),
  /** All comments of the workflow's code; null for none. */
  z.strictObject({ type: z.literal('changeComments'), comments: z.array(commentSchema).max(10_000).nullable() }),
  /** Puts nodes and edges back where they stood, unchecked: what removals are inverted to. Ascending by index. */
  z.strictObject({
    type: z.literal('restore'),
    nodes: z.array(z.strictObject({ index, node: workflowNodeSchema })),
    edges: z.array(z.strictObject({ index, edge: workflowEdgeSchema })),
  }),
  /** Another document in its place, unchecked: for what cannot be said piece by piece. */
  z.strictObject({ type: z.literal('replaceDocument'), document: workflowDocumentSchema }),
]);
type SingleEdit = z.infer<typeof singleEditSchema>;

/** A change of a workflow document, as data: applied, undone, journalled and sent. `batch` is several as one. */
export type WorkflowEdit = SingleEdit | { readonly type: 'batch'; readonly edits: readonly WorkflowEdit[] };

/** Batches hold single edits or batches; deeper than the parser of JSON lets through they cannot be. */
export const workflowEditSchema: z.ZodType<WorkflowEdit> = z.union([
  singleEditSchema,
  z.strictObject({
    type: z.literal('batch'),
    get edits(): z.ZodArray<z.ZodType<WorkflowEdit>> {
      return z.array(z.lazy(() => workflowEditSchema));
    },
  }),
]);
