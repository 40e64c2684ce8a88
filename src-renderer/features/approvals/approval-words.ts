import type { ApprovalSubject } from '#shared/run/events.ts';

/** The question of an approval in one line. */
export function toQuestion(subject: ApprovalSubject): string {
  switch (subject.type) {
    case 'node':
    case 'form':
      return subject.title;
    case 'toolCall':
      return `May it call ${subject.tool}?`;
    case 'outcomeUnknown':
      return `Did ${subject.tool} happen?`;
  }
}
