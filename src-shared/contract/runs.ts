import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { errorInfoSchema } from '../base/errors.ts';
import { jsonObjectSchema, jsonValueSchema } from '../base/json.ts';
import { forkReportSchema } from '../context/fork-report.ts';
import { eventEnvelopeSchema } from '../events/envelope.ts';
import { signalNameSchema } from '../nodes/signal/signal.ts';
import { approvalModeSchema, approvalSubjectSchema, approvalTimeoutSchema, outcomeDecisionSchema, steeringSchema } from '../run/events.ts';
import { forkEditSchema, forkReuseSchema } from '../run/fork-origin.ts';
import { modelDeltaSchema, tokenUsageSchema } from '../run/message.ts';
import { replayReportSchema } from '../run/replay-report.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';
import { collectContract } from './collect.ts';
import { partRequestSchema, planPartProcedure, runSourceSchema } from './parts.ts';

const runStatusSchema = z.enum([
  'running',
  'waiting',
  'interrupting',
  'interrupted',
  'cancelling',
  'compensating',
  'succeeded',
  'failed',
  'cancelled',
]);

const usageTotalsSchema = tokenUsageSchema.extend({
  modelCalls: z.int(),
  toolCalls: z.int(),
  costUsd: z.number().nullable(),
});

const runSummarySchema = z.strictObject({
  runId: z.string(),
  status: runStatusSchema,
  workflowName: z.string(),
  workflowPath: z.string().nullable(),
  part: z.string().optional(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  usage: usageTotalsSchema,
  openApprovals: z.int(),
  lastSeq: z.int(),
  error: errorInfoSchema.nullable(),
});

/** What a follower of a run receives. Only events count for `afterSeq`; deltas are for eyes and never repeated. */
export const runFollowItemSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('event'), event: eventEnvelopeSchema }),
  z.strictObject({ type: z.literal('delta'), frame: z.string(), delta: modelDeltaSchema }),
  /** Everything journalled when the follower came has been sent; what comes now is live. */
  z.strictObject({ type: z.literal('caughtUp'), lastSeq: z.int() }),
]);
export type RunFollowItem = z.infer<typeof runFollowItemSchema>;

/** An approval that waits for a person, with enough of its run to decide. */
export const openApprovalSchema = z.strictObject({
  runId: z.string(),
  workflowName: z.string(),
  approvalId: z.string(),
  node: z.string(),
  nodeName: z.string(),
  frame: z.string(),
  subject: approvalSubjectSchema,
  requestedAtMs: z.number(),
  /** What happens when nobody has answered by then; null when it waits as long as it takes. */
  deadline: z.strictObject({ dueAtMs: z.number(), onTimeout: approvalTimeoutSchema }).nullable(),
  /** Who was told besides, because nobody had answered in time. */
  escalatedTo: z.string().nullable(),
});
export type OpenApproval = z.infer<typeof openApprovalSchema>;

export const approvalAnswerSchema = z.discriminatedUnion('type', [
  /** `value` replaces the node's value or the tool's arguments; leave it out to approve as asked. */
  z.strictObject({ type: z.literal('grant'), value: jsonValueSchema.optional() }),
  z.strictObject({ type: z.literal('deny'), reason: z.string().max(2000) }),
  z.strictObject({ type: z.literal('resolve'), decision: outcomeDecisionSchema }),
]);
export type ApprovalAnswer = z.infer<typeof approvalAnswerSchema>;

const runId = z.strictObject({ runId: z.string() });

export const runContract = {
  start: oc
    .route({ method: 'POST', path: '/runs', tags: ['runs'], summary: 'Start a run of a workflow file or of a document' })
    .input(
      z.strictObject({
        source: runSourceSchema,
        inputs: jsonObjectSchema.default({}),
        approvalMode: approvalModeSchema.default('ask'),
        modelOverride: z.string().optional(),
        startedBy: z.enum(['window', 'cli', 'api', 'test']).default('api'),
        budgetUsd: z.number().positive().optional(),
        /** Runs only this part of the workflow. */
        part: partRequestSchema.optional(),
      }),
    )
    .output(runId),
  planPart: planPartProcedure,
  list: oc
    .route({ method: 'GET', path: '/runs', tags: ['runs'], summary: 'Newest runs first' })
    .input(z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(200), before: z.string().optional() }))
    .output(z.array(runSummarySchema)),
  get: oc
    .route({ method: 'GET', path: '/runs/{runId}', tags: ['runs'], summary: 'One run' })
    .input(runId)
    .output(runSummarySchema),
  events: oc
    .route({ method: 'GET', path: '/runs/{runId}/events', tags: ['runs'], summary: 'A page of the journal' })
    .input(
      runId.extend({
        afterSeq: z.coerce.number().int().nonnegative().default(0),
        limit: z.coerce.number().int().min(1).max(5000).default(1000),
      }),
    )
    .output(z.array(eventEnvelopeSchema)),
  /** The fold of the journal (`RunState`), as it is or as it was right after event `atSeq`. */
  state: oc
    .route({ method: 'GET', path: '/runs/{runId}/state', tags: ['runs'], summary: 'Everything that was true of a run at one moment' })
    .input(runId.extend({ atSeq: z.coerce.number().int().positive().optional() }))
    .output(jsonObjectSchema),
  follow: oc
    .route({
      method: 'GET',
      path: '/runs/{runId}/follow',
      tags: ['runs'],
      summary: 'The journal from afterSeq on, then live, until the run ends',
    })
    .input(runId.extend({ afterSeq: z.coerce.number().int().nonnegative().default(0) }))
    .output(eventIterator(runFollowItemSchema)),
  /** Every change of any run's summary, the current ones first. */
  watch: oc
    .route({ method: 'GET', path: '/runs-watch', tags: ['runs'], summary: 'Run summaries as they change' })
    .output(eventIterator(runSummarySchema)),
  cancel: oc
    .route({ method: 'POST', path: '/runs/{runId}/cancel', tags: ['runs'], summary: 'Ask a run to stop' })
    .input(runId.extend({ reason: z.string().max(2000).default('cancelled by the user') }))
    .output(z.strictObject({})),
  compensate: oc
    .route({ method: 'POST', path: '/runs/{runId}/compensate', tags: ['runs'], summary: 'Stop a run and undo what it did' })
    .input(runId.extend({ reason: z.string().max(2000).default('undone by the user'), by: z.string().default('user') }))
    .output(z.strictObject({})),
  interrupt: oc
    .route({ method: 'POST', path: '/runs/{runId}/interrupt', tags: ['runs'], summary: 'Hold a run until it is continued' })
    .input(
      runId.extend({
        mode: z.enum(['finish', 'abandon']).default('finish'),
        reason: z.string().max(2000).default('interrupted by the user'),
        by: z.string().default('user'),
      }),
    )
    .output(z.strictObject({})),
  continue: oc
    .route({ method: 'POST', path: '/runs/{runId}/continue', tags: ['runs'], summary: 'Let an interrupted run go on' })
    .input(runId.extend({ by: z.string().default('user') }))
    .output(z.strictObject({})),
  steer: oc
    .route({ method: 'POST', path: '/runs/{runId}/steer', tags: ['runs'], summary: 'Change a run while it lives' })
    .input(runId.extend({ changes: z.array(steeringSchema).min(1).max(100), by: z.string().default('user') }))
    .output(z.strictObject({})),
  signal: oc
    .route({ method: 'POST', path: '/runs/{runId}/signals/{name}', tags: ['runs'], summary: 'Send a signal that a node may wait for' })
    .input(runId.extend({ name: signalNameSchema, payload: jsonValueSchema.default(null), by: z.string().default('user') }))
    .output(z.strictObject({})),
  /** A new run that takes over what another recorded, as far as the edits leave it unaffected. Frames in `edits` are those of the other run. */
  fork: oc
    .route({ method: 'POST', path: '/runs/{runId}/fork', tags: ['runs'], summary: 'Run on from an event of another run, with changes' })
    .input(
      runId.extend({
        atSeq: z.int().positive(),
        edits: z.array(forkEditSchema).max(200).default([]),
        reuse: forkReuseSchema.default('unaffected'),
        approvalMode: approvalModeSchema.optional(),
        startedBy: z.enum(['window', 'cli', 'api', 'test']).default('api'),
      }),
    )
    .output(runId),
  forkReport: oc
    .route({ method: 'GET', path: '/runs/{runId}/fork-report', tags: ['runs'], summary: 'What a fork reused, what it did again, and why' })
    .input(runId)
    .output(forkReportSchema),
  /** Asks nobody and changes nothing. With `workflow` it follows that document instead of the recorded one. */
  replay: oc
    .route({
      method: 'POST',
      path: '/runs/{runId}/replay',
      tags: ['runs'],
      summary: 'Run a run again from its journal, and say what differs',
    })
    .input(
      runId.extend({
        workflow: z
          .discriminatedUnion('type', [
            z.strictObject({ type: z.literal('file'), path: z.string() }),
            z.strictObject({ type: z.literal('document'), document: workflowDocumentSchema }),
          ])
          .optional(),
      }),
    )
    .output(replayReportSchema),
  resume: oc
    .route({ method: 'POST', path: '/runs/{runId}/resume', tags: ['runs'], summary: 'Take up a run that stopped because of a fault' })
    .input(runId)
    .output(z.strictObject({})),
  ...collectContract,
};

export const approvalContract = {
  list: oc
    .route({ method: 'GET', path: '/approvals', tags: ['approvals'], summary: 'Everything that waits for a person' })
    .output(z.array(openApprovalSchema)),
  watch: oc
    .route({ method: 'GET', path: '/approvals-watch', tags: ['approvals'], summary: 'The whole list, again at each change' })
    .output(eventIterator(z.array(openApprovalSchema))),
  decide: oc
    .route({
      method: 'POST',
      path: '/runs/{runId}/approvals/{approvalId}',
      tags: ['approvals'],
      summary: 'Approve, deny or resolve; the first answer counts',
    })
    .input(runId.extend({ approvalId: z.string(), answer: approvalAnswerSchema, by: z.string().default('user') }))
    .output(z.strictObject({})),
};
