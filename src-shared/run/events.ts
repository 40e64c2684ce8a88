import { z } from 'zod';
import { errorInfoSchema } from '../base/errors.ts';
import { jsonObjectSchema, jsonValueSchema } from '../base/json.ts';
import type { EventEnvelope, NewEvent } from '../events/envelope.ts';
import { workflowDocumentSchema } from '../workflow/document.ts';
import { modelAnswerSchema, recordedRequestSchema } from './message.ts';

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
  /** A call of a `neither` tool was in flight when the host died: nobody knows whether it happened. */
  z.strictObject({ type: z.literal('outcomeUnknown'), tool: z.string(), arguments: jsonObjectSchema, callFrame: z.string() }),
]);
export type ApprovalSubject = z.infer<typeof approvalSubjectSchema>;

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

const inNode = { node: z.string(), attempt: z.int().positive() };
/** Frame ids are paths: `writer#1` (attempt), `writer#1/t2` (turn), `writer#1/t2/m1` (model call), `writer#1/t2/c3` (tool call). */
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
  }),
  /** The host took the run up again after it had stopped; what was in flight is named. */
  'run.resumed': z.strictObject({ inFlightFrames: z.array(z.string()) }),
  'run.cancelRequested': z.strictObject({ reason: z.string() }),
  'run.succeeded': z.strictObject({ outputs: jsonObjectSchema }),
  'run.failed': z.strictObject({ error: errorInfoSchema, node: z.string().nullable() }),
  'run.cancelled': z.strictObject({ reason: z.string() }),
  'node.started': z.strictObject({ ...inNode, inputs: jsonObjectSchema }),
  'node.succeeded': z.strictObject({ ...inNode, outputs: jsonObjectSchema }),
  /** `consequence` is what follows by the node's policy, decided and recorded as one fact with the failure. */
  'node.failed': z.strictObject({ ...inNode, error: errorInfoSchema, consequence: failureConsequenceSchema }),
  'node.skipped': z.strictObject({ node: z.string(), reason: z.enum(['branchNotTaken', 'upstreamSkipped', 'disabled']) }),
  'node.cancelled': z.strictObject({ ...inNode }),
  'branch.taken': z.strictObject({ node: z.string(), case: z.string() }),
  'turn.started': z.strictObject({ ...inFrame, turn: z.int().positive() }),
  'turn.completed': z.strictObject({ ...inFrame }),
  'modelCall.started': z.strictObject({ ...inFrame, request: recordedRequestSchema, requestHash: z.string(), idempotencyKey: z.string() }),
  'modelCall.completed': z.strictObject({ ...inFrame, answer: modelAnswerSchema }),
  /** `retryAtMs` is when the same request is sent again, null when it is not. */
  'modelCall.failed': z.strictObject({ ...inFrame, error: errorInfoSchema, retryAtMs: z.number().nullable() }),
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
  'toolCall.failed': z.strictObject({ ...inFrame, error: errorInfoSchema }),
  'toolCall.outcomeUnknown': z.strictObject({ ...inFrame }),
  'approval.requested': z.strictObject({ approvalId: z.string(), ...inFrame, subject: approvalSubjectSchema }),
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
export const runEventVersions: Readonly<Record<RunEventType, number>> = Object.fromEntries(
  Object.keys(runEventSchemas).map((type) => [type, 1]),
) as Record<RunEventType, number>;

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
