import type { Deadline } from '#shared/nodes/deadline.ts';
import type { AnswerDeadline } from '../runtime/executor.ts';

/** The deadline of a question as its node's settings say; undefined when it waits without end. */
export function toAnswerDeadline({ timeoutSeconds, onTimeout, escalateTo }: Deadline): AnswerDeadline | undefined {
  return timeoutSeconds === null ? undefined : { afterMs: timeoutSeconds * 1000, onTimeout, escalateTo };
}
