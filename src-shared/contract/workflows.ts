import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { jsonObjectSchema } from '../base/json.ts';
import { eventEnvelopeSchema } from '../events/envelope.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';
import { problemSchema, workflowPlanSchema } from '../workflow/problem.ts';
import { historyContract } from './histories.ts';
import { workflowCodeContract } from './workflow-code.ts';

/** A workflow file in the workspace. `problem` says why it cannot be opened, when it cannot. */
export const workflowFileSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  modifiedAtMs: z.number(),
  problem: z.string().nullable(),
});
export type WorkflowFile = z.infer<typeof workflowFileSchema>;

/** `revision` names the exact text on disk; saving against another one is refused with `workflow.changedOutside`. */
const openedWorkflowSchema = z.strictObject({ path: z.string(), revision: z.string(), document: workflowDocumentSchema });

const path = z.strictObject({ path: z.string().min(1).max(1024) });

export const workflowContract = {
  ...workflowCodeContract,
  list: oc
    .route({ method: 'GET', path: '/workflows', tags: ['workflows'], summary: 'Workflow files of the workspace' })
    .output(z.array(workflowFileSchema)),
  get: oc
    .route({ method: 'GET', path: '/workflow', tags: ['workflows'], summary: 'Open a workflow file' })
    .input(path)
    .output(openedWorkflowSchema),
  create: oc
    .route({ method: 'POST', path: '/workflows', tags: ['workflows'], summary: 'Create a workflow file' })
    .input(z.strictObject({ name: z.string().min(1).max(200), document: workflowDocumentSchema.optional() }))
    .output(openedWorkflowSchema),
  save: oc
    .route({ method: 'PUT', path: '/workflow', tags: ['workflows'], summary: 'Save a workflow file' })
    .input(path.extend({ baseRevision: z.string(), document: workflowDocumentSchema }))
    .output(z.strictObject({ revision: z.string() })),
  rename: oc
    .route({ method: 'POST', path: '/workflow/rename', tags: ['workflows'], summary: 'Move a workflow file' })
    .input(path.extend({ newPath: z.string().min(1).max(1024) }))
    .output(z.strictObject({ path: z.string() })),
  /** Moves the file to `.heddle/trash`; nothing is destroyed. */
  remove: oc
    .route({ method: 'DELETE', path: '/workflow', tags: ['workflows'], summary: 'Move a workflow file to the trash' })
    .input(path)
    .output(z.strictObject({})),
  validate: oc
    .route({ method: 'POST', path: '/workflow/validate', tags: ['workflows'], summary: 'Problems of a document' })
    .input(z.strictObject({ document: workflowDocumentSchema }))
    .output(z.array(problemSchema)),
  plan: oc
    .route({
      method: 'POST',
      path: '/workflow/plan',
      tags: ['workflows'],
      summary: 'Layers, parallel groups and critical path, by recorded durations where there are any',
    })
    .input(z.strictObject({ document: workflowDocumentSchema, path: z.string().optional() }))
    .output(workflowPlanSchema),
  /** The list again whenever a workflow file appears, changes or goes, from inside or outside. */
  watch: oc
    .route({ method: 'GET', path: '/workflows-watch', tags: ['workflows'], summary: 'Workflow files as they change' })
    .output(eventIterator(z.array(workflowFileSchema))),
  ...historyContract,
};

export const templateSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  nodeCount: z.int(),
  hasRecordedRun: z.boolean(),
  /** True for those that this user saved; they can be removed. */
  isOwn: z.boolean(),
  /** The graph as a small drawing: places and kinds of nodes, edges by the places of their ends in the list. */
  sketch: z.strictObject({
    nodes: z.array(z.strictObject({ kind: z.string(), x: z.number(), y: z.number() })),
    edges: z.array(z.tuple([z.int(), z.int()])),
  }),
});
export type Template = z.infer<typeof templateSchema>;

export const templateContract = {
  list: oc.route({ method: 'GET', path: '/templates', tags: ['templates'], summary: 'The gallery' }).output(z.array(templateSchema)),
  get: oc
    .route({ method: 'GET', path: '/templates/{id}', tags: ['templates'], summary: 'A template with its recorded run' })
    .input(z.strictObject({ id: z.string() }))
    .output(
      z.strictObject({
        template: templateSchema,
        document: workflowDocumentSchema,
        exampleInputs: jsonObjectSchema,
        recordedRun: z.array(eventEnvelopeSchema).nullable(),
      }),
    ),
  /** Keeps a workflow with those that it runs and these files of the workspace as a template of this user. */
  save: oc
    .route({ method: 'POST', path: '/templates', tags: ['templates'], summary: 'Save a workflow as a template' })
    .input(
      z.strictObject({
        path: z.string().min(1).max(1024),
        name: z.string().min(1).max(200),
        description: z.string().max(10_000).default(''),
        tags: z.array(z.string().min(1).max(40)).max(20).default([]),
        files: z.array(z.string().min(1).max(1024)).max(500).default([]),
      }),
    )
    .output(templateSchema),
  /** Only of this user's own. */
  remove: oc
    .route({ method: 'DELETE', path: '/templates/{id}', tags: ['templates'], summary: 'Remove a template of this user' })
    .input(z.strictObject({ id: z.string() }))
    .output(z.strictObject({})),
  /** Copies the workflow, its sample data and its scripted model into the workspace, under free names; with `reuse`, an unchanged copy is it. */
  instantiate: oc
    .route({ method: 'POST', path: '/templates/{id}/instantiate', tags: ['templates'], summary: 'New workflow from a template' })
    .input(z.strictObject({ id: z.string(), name: z.string().min(1).max(200).optional(), reuse: z.boolean().default(false) }))
    .output(openedWorkflowSchema.extend({ exampleInputs: jsonObjectSchema })),
};
