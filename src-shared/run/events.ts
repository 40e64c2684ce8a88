import { z } from 'zod';
import { errorInfoSchema } from '../base/errors.ts';
import { jsonObjectSchema, jsonValueSchema } from '../base/json.ts';
import type { EventEnvelope, NewEvent } from '../events/envelope.ts';
import type { Upcaster } from '../events/upcast.ts';
import { hookPoints, nodePolicySchema, workflowDocumentSchema } from '../workflow/document.ts';
import { forkOriginSchema } from './fork-origin.ts';
import { modelAnswerSchema, recordedRequestSchema } from './message.ts';
import { runPartSchema } from './part.ts';

/** How approvals are answered: by a person, or (from the command line) all granted or all denied without asking. */
export const approvalModeSchema = z.enum(['ask', 'all', 'none']);
export type ApprovalMode = z.infer<typeof approvalModeSchema>;

/** What a tool promises about doing the same call twice; decides what happens to a call in flight at a crash. */
export const effectClassSchema = z.enum(['idempotent', 'dedupes-by-key', 'neither']);
export type EffectClass = z.infer<typeof effectClassSchema>;

/** What a person is asked about. */
export const approvalSubjectSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('node'), title: z.string(), message: z.string(), value: jsonValueSchema, isEditable: z.boolean() }),
  z.strictObject({ type: z.literal('toolCall'), tool: z.string(), arguments: jsonObjectSchema, callFrame: z.string() }),
  /** Asks for a value that fits a JSON Schema; `value` is what the form begins with. */
  z.strictObject({ type: z.literal('form'), title: z.string(), message: z.string(), schema: jsonObjectSchema, value: jsonValueSchema }),
  /** A call of a `neither` tool was in flight when the host died: nobody knows whether it happened. */
  z.strictObject({ type: z.literal('outcomeUnknown'), tool: z.string(), arguments: jsonObjectSchema, callFrame: z.string() }),
]);
export type ApprovalSubject = z.infer<typeof approvalSubjectSchema>;

/** What follows when nobody has answered a question in time; `escalate` tells more people, and goes on waiting. */
export const approvalTimeoutSchema = z.enum(['approve', 'deny', 'fail', 'escalate']);

/** How a person answers an *outcome unknown*: do it again, take it as done with this result, or fail the call. */
export const outcomeDecisionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('retry') }),
  z.strictObject({ type: z.literal('assumeDone'), result: jsonValueSchema }),
  z.strictObject({ type: z.literal('fail') }),
]);
export type OutcomeDecision = z.infer<typeof outcomeDecisionSchema>;

/** What a failed attempt leads to: the run stops, goes on without the node, or tries it again at a time. */
const failureConsequenceSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('skip') }),
  z.strictObject({ type: z.literal('retry'), dueAtMs: z.number() }),
]);
export type FailureConsequence = z.infer<typeof failureConsequenceSchema>;

/** What became of a hook: it only watched, it changed the value, it refused what it was asked about, or it failed itself. */
export const hookOutcomeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('observed') }),
  /** `before` is what it was told, for people to compare; a fold needs only `value`. Older journals do not have it. */
  z.strictObject({ type: z.literal('changed'), value: jsonValueSchema, before: jsonValueSchema.optional() }),
  z.strictObject({ type: z.literal('vetoed'), reason: z.string() }),
  z.strictObject({ type: z.literal('failed'), error: errorInfoSchema }),
]);
export type HookOutcome = z.infer<typeof hookOutcomeSchema>;

/** A change to a run while it lives. `workflow` names the subworkflow by path, null the run's own. It holds for what starts after it. */
export const steeringSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('model'), model: z.string().nullable() }),
  z.strictObject({ type: z.literal('budget'), budgetUsd: z.number().nonnegative().nullable() }),
  z.strictObject({ type: z.literal('config'), workflow: z.string().nullable(), node: z.string(), config: jsonObjectSchema }),
  z.strictObject({ type: z.literal('policy'), workflow: z.string().nullable(), node: z.string(), policy: nodePolicySchema }),
  z.strictObject({ type: z.literal('lane'), workflow: z.string().nullable(), node: z.string(), lane: z.string() }),
  /** The case that a branch takes when it comes to it, whatever its conditions say. */
  z.strictObject({ type: z.literal('path'), workflow: z.string().nullable(), node: z.string(), case: z.string() }),
  /** A node that has not started is left out, as if it were disabled. */
  z.strictObject({ type: z.literal('skip'), workflow: z.string().nullable(), node: z.string() }),
]);
export type Steering = z.infer<typeof steeringSchema>;

/** A recorded call that another run took over. */
const reusedFromSchema = z.strictObject({ runId: z.string(), frame: z.string() });

const inScope = { scope: z.string() };
/** `node` is an address: the node's id, behind the path of the scope that it is in (`each#1/i3/writer`). */
const inNode = { node: z.string(), attempt: z.int().positive() };
/** Frame ids are paths, see `frame.ts`. */
const inFrame = { frame: z.string() };

/**
 * Every fact a run can record, by type. A type's shape never changes: a new shape is a new version with an upcaster
 * (`events/upcast.ts`); the current version of each is in `runEventVersions`.
 */
export const runEventSchemas = {
  'run.started': z.strictObject({
    runId: z.string(),
    workflow: workflowDocumentSchema,
    /** Path inside the workspace, or null when the document was given directly. */
    workflowPath: z.string().nullable(),
    inputs: jsonObjectSchema,
    approvalMode: approvalModeSchema,
    /** Replaces the model of every node, as `provider/model`. */
    modelOverride: z.string().nullable(),
    startedBy: z.enum(['window', 'cli', 'api', 'test']),
    /** Every workflow that a map, loop or subflow runs, directly or through others, by its path: files may change, this run's do not. */
    subworkflows: z.record(z.string(), workflowDocumentSchema),
    /** The run interrupts itself when its model calls have cost this much; null without limit. */
    budgetUsd: z.number().nonnegative().nullable(),
    forkedFrom: forkOriginSchema.nullable(),
    /** Null for a run of the whole workflow. */
    part: runPartSchema.nullable(),
  }),
  /** The host took the run up again after it had stopped; what was in flight is named. */
  'run.resumed': z.strictObject({ inFlightFrames: z.array(z.string()) }),
  'run.cancelRequested': z.strictObject({ reason: z.string() }),
  /** Stop, and undo what was done by the compensations that the nodes name. */
  'run.compensationRequested': z.strictObject({ reason: z.string(), by: z.string() }),
  /** Start nothing more: `finish` lets outside calls at work come to their end, `abandon` drops them. */
  'run.interruptRequested': z.strictObject({ mode: z.enum(['finish', 'abandon']), reason: z.string(), by: z.string() }),
  /** Nothing is at work any more; the run keeps until it is told to go on. */
  'run.interrupted': z.strictObject({}),
  'run.continued': z.strictObject({ by: z.string() }),
  'run.steered': z.strictObject({ by: z.string(), changes: z.array(steeringSchema).min(1).max(100) }),
  'run.succeeded': z.strictObject({ outputs: jsonObjectSchema }),
  'run.failed': z.strictObject({ error: errorInfoSchema, node: z.string().nullable() }),
  'run.cancelled': z.strictObject({ reason: z.string() }),
  /** It could start, and waits for room in its lane. */
  'node.queued': z.strictObject({ ...inNode, lane: z.string(), inputs: jsonObjectSchema }),
  'node.moved': z.strictObject({ node: z.string(), lane: z.string(), by: z.string() }),
  'node.started': z.strictObject({ ...inNode, inputs: jsonObjectSchema }),
  'node.succeeded': z.strictObject({ ...inNode, outputs: jsonObjectSchema }),
  /** `consequence` is what follows by the node's policy, decided and recorded as one fact with the failure. */
  'node.failed': z.strictObject({ ...inNode, error: errorInfoSchema, consequence: failureConsequenceSchema }),
  'node.skipped': z.strictObject({ node: z.string(), reason: z.enum(['branchNotTaken', 'upstreamSkipped', 'disabled']) }),
  'node.cancelled': z.strictObject({ ...inNode }),
  /** One item of a map, one round of a loop, or a subflow: a workflow that runs below an attempt. */
  'scope.started': z.strictObject({ ...inScope, workflowPath: z.string(), inputs: jsonObjectSchema }),
  'scope.succeeded': z.strictObject({ ...inScope, outputs: jsonObjectSchema }),
  'scope.failed': z.strictObject({ ...inScope, error: errorInfoSchema, node: z.string() }),
  'scope.cancelRequested': z.strictObject({ ...inScope, reason: z.string() }),
  'scope.cancelled': z.strictObject({ ...inScope }),
  /** What the scope had completed is compensated from the last to the first; the run's own scope is ''. */
  'saga.started': z.strictObject({ ...inScope, reason: z.string() }),
  'saga.completed': z.strictObject({ ...inScope, failed: z.array(z.string()) }),
  'timer.started': z.strictObject({ ...inFrame, dueAtMs: z.number() }),
  'timer.fired': z.strictObject({ ...inFrame }),
  'signal.awaited': z.strictObject({ ...inFrame, name: z.string(), dueAtMs: z.number().nullable() }),
  /** Goes to the wait for this name that is open longest, or is kept until one comes. */
  'signal.received': z.strictObject({ name: z.string(), payload: jsonValueSchema, by: z.string() }),
  /** Nothing came in time. */
  'signal.missed': z.strictObject({ ...inFrame }),
  /** `frame` is the attempt or turn below which the hook was asked, '' for the run; `ordinal` counts how often at this point there, from 1. */
  'hook.completed': z.strictObject({
    ...inFrame,
    point: z.enum(hookPoints),
    ordinal: z.int().positive(),
    hook: z.string(),
    outcome: hookOutcomeSchema,
  }),
  'branch.taken': z.strictObject({ node: z.string(), case: z.string() }),
  'turn.started': z.strictObject({ ...inFrame, turn: z.int().positive() }),
  'turn.completed': z.strictObject({ ...inFrame }),
  'modelCall.started': z.strictObject({ ...inFrame, request: recordedRequestSchema, requestHash: z.string(), idempotencyKey: z.string() }),
  'modelCall.completed': z.strictObject({ ...inFrame, answer: modelAnswerSchema }),
  /** `retryAtMs` is when the same request is sent again, null when it is not. */
  'modelCall.failed': z.strictObject({ ...inFrame, error: errorInfoSchema, retryAtMs: z.number().nullable() }),
  /** The same request was answered in the run that this one was forked from. */
  'modelCall.reused': z.strictObject({ ...inFrame, answer: modelAnswerSchema, from: reusedFromSchema }),
  /** The model asked for it; the effect has not begun. `argumentsHash` finds the recording again. */
  'toolCall.requested': z.strictObject({
    ...inFrame,
    tool: z.string(),
    arguments: jsonValueSchema,
    argumentsHash: z.string(),
    callId: z.string(),
  }),
  /** Durable intent: the effect may have begun once this stands. */
  'toolCall.started': z.strictObject({
    ...inFrame,
    tool: z.string(),
    arguments: jsonObjectSchema,
    effect: effectClassSchema,
    idempotencyKey: z.string(),
  }),
  'toolCall.completed': z.strictObject({ ...inFrame, result: jsonValueSchema, isTruncated: z.boolean() }),
  /** The same call was made in the run that this one was forked from; it is not made again. */
  'toolCall.reused': z.strictObject({ ...inFrame, result: jsonValueSchema, isTruncated: z.boolean(), from: reusedFromSchema }),
  'toolCall.failed': z.strictObject({ ...inFrame, error: errorInfoSchema }),
  'toolCall.outcomeUnknown': z.strictObject({ ...inFrame }),
  'approval.requested': z.strictObject({ approvalId: z.string(), ...inFrame, subject: approvalSubjectSchema }),
  /** What happens when nobody has answered by then. */
  'approval.deadlineSet': z.strictObject({ approvalId: z.string(), dueAtMs: z.number(), onTimeout: approvalTimeoutSchema }),
  'approval.escalated': z.strictObject({ approvalId: z.string(), to: z.string() }),
  /** `value` is what goes on: the node's value or the tool's arguments, edited or not. */
  'approval.granted': z.strictObject({ approvalId: z.string(), by: z.string(), value: jsonValueSchema, isEdited: z.boolean() }),
  'approval.denied': z.strictObject({ approvalId: z.string(), by: z.string(), reason: z.string() }),
  'approval.resolved': z.strictObject({ approvalId: z.string(), by: z.string(), decision: outcomeDecisionSchema }),
  'log.written': z.strictObject({ ...inFrame, level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string() }),
} as const;

export type RunEventType = keyof typeof runEventSchemas;
export type RunEventData = { readonly [Type in RunEventType]: z.infer<(typeof runEventSchemas)[Type]> };

/** A fact in a run's journal. */
export type RunEvent = { readonly [Type in RunEventType]: EventEnvelope<Type, RunEventData[Type]> }[RunEventType];
/** A fact about to be recorded in a run's journal. */
export type NewRunEvent = { readonly [Type in RunEventType]: NewEvent<Type, RunEventData[Type]> }[RunEventType];

/** The version this build writes for each type. Raise it together with an upcaster. */
export const runEventVersions: Readonly<Record<RunEventType, number>> = {
  ...(Object.fromEntries(Object.keys(runEventSchemas).map((type) => [type, 1])) as Record<RunEventType, number>),
  'run.started': 3,
  'run.compensationRequested': 2,
};

/** How events of earlier builds become those of this one. */
export const runEventUpcasters: readonly Upcaster[] = [
  {
    type: 'run.started',
    fromVersion: 1,
    up: (data) => ({ ...data, subworkflows: {}, budgetUsd: null, forkedFrom: null }),
  },
  {
    type: 'run.started',
    fromVersion: 2,
    up: (data) => ({ ...data, part: null }),
  },
  { type: 'run.compensationRequested', fromVersion: 1, up: (data) => ({ ...data, by: 'user' }) },
];

/** A new event of this type at its current version. */
export function toRunEvent<Type extends RunEventType>(type: Type, data: RunEventData[Type], atMs: number): NewRunEvent {
  return { type, version: runEventVersions[type], atMs, data } as unknown as NewRunEvent;
}

const runStreamPrefix = 'run/';
/** The journal stream of a run. */
export function toRunStream(runId: string): string {
  return `${runStreamPrefix}${runId}`;
}
/** The run a stream belongs to, or undefined when it is not a run's. */
export function toRunId(stream: string): string | undefined {
  return stream.startsWith(runStreamPrefix) ? stream.slice(runStreamPrefix.length) : undefined;
}
