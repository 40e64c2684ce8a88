import { z } from 'zod';
import { deadlineFields, deadlineSchema } from '../deadline.ts';
import type { NodeKind } from '../kind.ts';

const approvalConfigSchema = z.object({
  title: z.string().max(200).default('Go on?'),
  message: z.string().default(''),
  /** True lets the person change the value before it goes on. */
  isEditable: z.boolean().default(false),
  ...deadlineSchema.shape,
});
export type ApprovalConfig = z.infer<typeof approvalConfigSchema>;

/** Waits for a person; the value goes on through `approved` (edited, where that is allowed) or through `denied`. */
export const approvalKind: NodeKind<ApprovalConfig> = {
  kind: 'approval',
  title: 'Approval',
  description: 'Waits until you approve or deny.',
  category: 'human',
  icon: 'user-check',
  shortcut: 'H',
  configSchema: approvalConfigSchema,
  defaultConfig: { title: 'Go on?', message: '', isEditable: false, timeoutSeconds: null, onTimeout: 'fail', escalateTo: '' },
  fields: [
    { key: 'title', label: 'Question', type: 'text', placeholder: 'Go on?' },
    { key: 'message', label: 'What to know', help: 'Shown above the value. {{ }} inserts values.', type: 'template', rows: 4 },
    { key: 'isEditable', label: 'May be edited', help: 'Lets you change the value before it goes on.', type: 'toggle' },
    ...deadlineFields,
  ],
  isExecutable: true,
  ports: () => ({
    inputs: [{ name: 'in', schema: {}, isRequired: true, description: 'The value that is decided about' }],
    outputs: [
      { name: 'approved', schema: {}, description: 'The value, when approved' },
      { name: 'denied', schema: {}, description: 'The value, when denied' },
    ],
  }),
  summary: (config) => config.title || 'asks you',
  expressions: (config) => [{ path: ['message'], form: 'template', source: config.message, gives: 'string' }],
  estimatedMs: 30_000,
};
