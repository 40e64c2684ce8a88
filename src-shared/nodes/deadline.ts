import { z } from 'zod';
import type { InspectorField } from './kind.ts';

/** How long a question to a person stays, and what happens then. */
export const deadlineSchema = z.object({
  /** Null waits without end. */
  timeoutSeconds: z.number().positive().max(31_536_000).nullable().default(null),
  onTimeout: z.enum(['approve', 'deny', 'fail', 'escalate']).default('fail'),
  /** Who is told besides, when it escalates. */
  escalateTo: z.string().max(200).default(''),
});
export type Deadline = z.infer<typeof deadlineSchema>;

/** The inspector's fields for a deadline. */
export const deadlineFields: readonly InspectorField[] = [
  { key: 'timeoutSeconds', label: 'Longest wait', help: 'Empty waits without end.', type: 'number', min: 1, unit: 's' },
  {
    key: 'onTimeout',
    label: 'When nobody answers',
    type: 'select',
    options: [
      { value: 'fail', label: 'Fail' },
      { value: 'deny', label: 'Go on as denied' },
      { value: 'approve', label: 'Go on as approved' },
      { value: 'escalate', label: 'Tell others, and go on waiting' },
    ],
  },
  { key: 'escalateTo', label: 'Others to tell', type: 'text', placeholder: 'team lead' },
];
