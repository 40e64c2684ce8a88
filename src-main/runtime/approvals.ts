import { HeddleError } from '#shared/base/errors.ts';
import { type JsonSchema, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { ApprovalSubject, RunEventData } from '#shared/run/events.ts';
import { toNodeName } from '#shared/run/node-states.ts';
import { isForPerson } from '#shared/run/reduce-questions.ts';
import type { RunState } from '#shared/run/state.ts';
import type { RunLoopDependencies } from './run-loop-dependencies.ts';

/** The fact that an answer becomes. `toolToCheck` names the tool whose schema an edited value must fit. */
export type Decision =
  | {
      readonly type: 'approval.granted';
      readonly data: RunEventData['approval.granted'];
      readonly toolToCheck?: string;
      /** The schema that a form's value must fit. */
      readonly schemaToFit?: JsonSchema;
    }
  | { readonly type: 'approval.denied'; readonly data: RunEventData['approval.denied'] }
  | { readonly type: 'approval.resolved'; readonly data: RunEventData['approval.resolved'] };

/** Turns an answer into a fact, or refuses it: unknown approval, decided before, or an answer that does not fit the question. */
export function checkAnswer(state: RunState, approvalId: string, answer: ApprovalAnswer, by: string): Decision {
  const approval = Object.hasOwn(state.approvals, approvalId) ? state.approvals[approvalId] : undefined;
  if (approval === undefined) throw new HeddleError('approval.notFound', `Run ${state.runId} asks no question ${approvalId}.`);
  if (approval.decision.type !== 'open')
    throw new HeddleError('approval.alreadyDecided', 'This was answered before; the first answer counts.');
  const { subject } = approval;
  if (answer.type === 'resolve') {
    if (subject.type !== 'outcomeUnknown')
      throw new HeddleError('approval.editInvalid', 'Only an unknown outcome can be resolved; approve or deny this one.');
    return { type: 'approval.resolved', data: { approvalId, by, decision: answer.decision } };
  }
  if (subject.type === 'outcomeUnknown') {
    throw new HeddleError('approval.editInvalid', 'Say whether to do it again, to take it as done, or to take it as failed.');
  }
  if (answer.type === 'deny') return { type: 'approval.denied', data: { approvalId, by, reason: answer.reason } };

  const value = answer.value === undefined ? askedOf(subject) : answer.value;
  const { isEdited, ...yetToFit } = checkGrant(subject, value);
  return { type: 'approval.granted', data: { approvalId, by, value, isEdited }, ...yetToFit };
}

type GrantableSubject = Exclude<ApprovalSubject, { readonly type: 'outcomeUnknown' }>;

/** What a granted value has yet to fit: the schema of a tool, or of a form. */
type YetToFit = Pick<Extract<Decision, { type: 'approval.granted' }>, 'toolToCheck' | 'schemaToFit'>;

/** Refuses a value that may not be granted where this was asked. */
export function checkGrant(subject: GrantableSubject, value: JsonValue): YetToFit & { readonly isEdited: boolean } {
  const isEdited = toCanonicalJson(value) !== toCanonicalJson(askedOf(subject));
  if (isEdited && subject.type === 'node' && !subject.isEditable)
    throw new HeddleError('approval.editInvalid', 'This value may be approved or denied, not edited.');
  if (isEdited && subject.type === 'toolCall') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new HeddleError('approval.editInvalid', 'Arguments must be a JSON object.');
    return { isEdited, toolToCheck: subject.tool };
  }
  return subject.type === 'form' ? { isEdited, schemaToFit: subject.schema } : { isEdited };
}

/** Refuses what was filled in when it does not fit its form. */
export function requireFit(checkJson: RunLoopDependencies['checkJson'], schema: JsonSchema, value: JsonValue): void {
  const wrong = checkJson(schema, value);
  if (wrong !== undefined) throw new HeddleError('approval.editInvalid', `The value does not fit the form: ${wrong}`);
}

function askedOf(subject: GrantableSubject): JsonValue {
  return subject.type === 'toolCall' ? subject.arguments : subject.value;
}

/** The questions of a run that wait for a person. */
export function toOpenApprovals(state: RunState): readonly OpenApproval[] {
  if (state.openApprovals === 0) return [];
  return Object.values(state.approvals).flatMap((approval) =>
    !isForPerson(state, approval)
      ? []
      : [
          {
            runId: state.runId,
            workflowName: state.workflow.name,
            approvalId: approval.approvalId,
            node: approval.node,
            nodeName: toNodeName(state, approval.node),
            frame: approval.frame,
            subject: approval.subject,
            requestedAtMs: approval.requestedAtMs,
            deadline: approval.deadline,
            escalatedTo: approval.escalatedTo,
          },
        ],
  );
}
