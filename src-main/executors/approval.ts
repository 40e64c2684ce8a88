import type { ApprovalConfig } from '#shared/nodes/approval/approval.ts';
import type { Executor } from '../runtime/executor.ts';
import { toAnswerDeadline } from './answer-deadline.ts';
import { renderIn } from './expressions.ts';

/** Asks a person; the value leaves through `approved`, edited where that is allowed, or through `denied`. */
export const runApproval: Executor<ApprovalConfig> = async (config, context) => {
  const value = context.inputs.in ?? null;
  const message = renderIn(context, config.message);
  const subject = { type: 'node', title: config.title, message, value, isEditable: config.isEditable } as const;
  const answer = await context.askPerson(subject, toAnswerDeadline(config));
  return answer.type === 'granted' ? { approved: answer.value } : { denied: value };
};
