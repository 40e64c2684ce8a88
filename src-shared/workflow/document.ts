import { z } from 'zod';
import { jsonObjectSchema, jsonValueSchema } from '../base/json.ts';

/** The schema version this build writes. Older files are migrated on load; newer ones are refused with `workflow.unknownVersion`. */
export const workflowSchemaVersion = 1;

/** Node ids are what expressions call a node, so they are identifiers. */
export const nodeIdPattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export const positionSchema = z.strictObject({ x: z.number(), y: z.number() });
export type Position = z.infer<typeof positionSchema>;

/** What happens when a node fails: how often it is tried, how long it may take, and whether the run goes on without it. */
export const nodePolicySchema = z.strictObject({
  /** Attempts in all, the first included. */
  maxAttempts: z.int().min(1).max(100).optional(),
  /** Wait before the second attempt; doubles for each further one. */
  backoffMs: z.int().min(0).max(3_600_000).optional(),
  /** The longest an attempt may take, from its start to its end. */
  timeoutMs: z.int().min(1).max(86_400_000).optional(),
  /** The longest it may wait for room in its lane. */
  queueTimeoutMs: z.int().min(1).max(86_400_000).optional(),
  /** The longest all attempts together may take, waits between them included. */
  totalTimeoutMs: z.int().min(1).max(604_800_000).optional(),
  /** What its model calls may cost in US dollars, and how many tokens they may take in and give, over all attempts; the call that goes beyond is its last. */
  budgetUsd: z.number().positive().max(1_000_000).optional(),
  maxTokens: z.int().min(1).max(1_000_000_000).optional(),
  /** `stop` fails the run; `skip` treats the node as skipped and goes on. */
  onFailure: z.enum(['stop', 'skip']).optional(),
});
export type NodePolicy = z.infer<typeof nodePolicySchema>;

/**
 * A node as it stands in the file. `config` is parsed by its kind; an unknown kind keeps its config untouched,
 * so that a document written by a newer build round-trips.
 */
export const workflowNodeSchema = z.strictObject({
  id: z.string().regex(nodeIdPattern, 'must start with a letter and hold only letters, digits and _ (at most 64)'),
  kind: z.string().min(1).max(64),
  name: z.string().max(200),
  position: positionSchema,
  config: jsonObjectSchema,
  policy: nodePolicySchema.optional(),
  disabled: z.boolean().optional(),
  /** Kept as it is: until it is unlocked, whoever edits may neither move, change nor delete it. It runs as any other. */
  locked: z.boolean().optional(),
  /** Higher runs first when more nodes are ready than may run at once. */
  priority: z.int().optional(),
  /** The queue it waits in when there is no room; left out, the lane `default`. */
  lane: z.string().min(1).max(64).optional(),
  /** The id of a node that undoes what this one did. That node runs only then, and has no edges. */
  compensation: z.string().optional(),
  labels: z.array(z.string()).optional(),
  metadata: z.record(z.string(), jsonValueSchema).optional(),
});
export type WorkflowNode = z.infer<typeof workflowNodeSchema>;

/** One end of an edge. In the file it is written `node.port`. */
export const portReferenceSchema = z.strictObject({ node: z.string(), port: z.string() });
export type PortReference = z.infer<typeof portReferenceSchema>;

export const workflowEdgeSchema = z.strictObject({
  from: portReferenceSchema,
  to: portReferenceSchema,
  label: z.string().max(200).optional(),
});
export type WorkflowEdge = z.infer<typeof workflowEdgeSchema>;

/** The moments at which a hook is asked. */
export const hookPoints = [
  'beforeRun',
  'afterRun',
  'beforeNode',
  'afterNode',
  'beforeModelCall',
  'afterModelCall',
  'beforeToolCall',
  'afterToolCall',
  'onError',
] as const;
export type HookPoint = (typeof hookPoints)[number];

/**
 * Something that a workflow wants to see, change or refuse while it runs. `action` gives null to let things be, `{ "change": value }` to
 * put another value in the place, `{ "veto": "why" }` to refuse. It knows `value`, `point`, `node` (id, kind, name; null for the run) and `run` (id, inputs).
 */
export const hookDeclarationSchema = z.strictObject({
  id: z.string().regex(nodeIdPattern, 'must start with a letter and hold only letters, digits and _ (at most 64)'),
  point: z.enum(hookPoints),
  /** Only for these nodes; all when left out. */
  nodes: z.array(z.string()).max(1000).optional(),
  /** CEL over what the action knows; the hook is asked only when it holds. */
  when: z.string().max(100_000).optional(),
  action: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('expression'), expression: z.string().max(100_000) }),
    /** JavaScript for the sandbox: the body of a function of `input`. */
    z.strictObject({ type: z.literal('code'), source: z.string().max(100_000) }),
  ]),
  /** Lower ones are asked first; the order of the file decides between equals. */
  order: z.int().optional(),
  timeoutMs: z.int().min(1).max(600_000).optional(),
  /** What a hook means that fails itself: `fail` (when left out) refuses, `ignore` goes on. */
  onFailure: z.enum(['fail', 'ignore']).optional(),
  disabled: z.boolean().optional(),
});
export type HookDeclaration = z.infer<typeof hookDeclarationSchema>;

/** The colours a group's frame may have; each is a colour of the window's tokens. */
export const groupColours = ['grey', 'blue', 'green', 'yellow', 'red', 'violet'] as const;
export type GroupColour = (typeof groupColours)[number];

/** Nodes that belong together: a frame with a title around them. It means nothing to a run, and its place is where its nodes are. */
export const nodeGroupSchema = z.strictObject({
  id: z.string().regex(nodeIdPattern, 'must start with a letter and hold only letters, digits and _ (at most 64)'),
  title: z.string().max(200),
  /** Left out: grey. */
  colour: z.enum(groupColours).optional(),
  /** A node is in one group at most. */
  nodes: z.array(z.string()).max(10_000),
});
export type NodeGroup = z.infer<typeof nodeGroupSchema>;

/**
 * A remark of the author, without marks of any language. It stands before the place `at`, beside it on the same line, or at the end inside it.
 * Places are walked from the document, by the ids of nodes and hooks and what `toEdgeId` calls an edge: `["nodes", "writer", "config", "model"]`.
 * One about something that is not there (any more) is kept and not shown.
 */
export const commentSchema = z.strictObject({
  at: z.array(z.union([z.string(), z.int()])).max(100),
  side: z.enum(['beside', 'end']).optional(),
  text: z.string().max(10_000),
});
export type Comment = z.infer<typeof commentSchema>;

/** A workflow in memory. `document-file.ts` turns it into the text of a `*.heddle.json` file and back. */
export const workflowDocumentSchema = z.strictObject({
  schemaVersion: z.literal(workflowSchemaVersion),
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).optional(),
  labels: z.array(z.string()).optional(),
  metadata: z.record(z.string(), jsonValueSchema).optional(),
  hooks: z.array(hookDeclarationSchema).max(200).optional(),
  groups: z.array(nodeGroupSchema).max(1_000).optional(),
  /** What is shown as comments wherever the workflow is written as code. */
  comments: z.array(commentSchema).max(10_000).optional(),
  nodes: z.array(workflowNodeSchema),
  edges: z.array(workflowEdgeSchema),
});
export type WorkflowDocument = z.infer<typeof workflowDocumentSchema>;

/** The identity of an edge: two edges between the same ports are one. */
export function toEdgeId(edge: WorkflowEdge): string {
  return `${edge.from.node}.${edge.from.port}->${edge.to.node}.${edge.to.port}`;
}
