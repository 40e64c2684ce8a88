import { z } from 'zod';
import { jsonObjectSchema } from '../../base/json.ts';
import { deadlineFields, deadlineSchema } from '../deadline.ts';
import { fieldListSchema, toFieldSchema } from '../field.ts';
import type { NodeKind } from '../kind.ts';

const formConfigSchema = z.object({
  title: z.string().max(200).default('What is needed'),
  message: z.string().default(''),
  fields: fieldListSchema,
  /** A JSON Schema to use in the place of the fields, for what they cannot say. */
  schema: jsonObjectSchema.optional(),
  ...deadlineSchema.shape,
});
export type FormConfig = z.infer<typeof formConfigSchema>;

/** The schema that what a person fills in must fit. */
export function toFormSchema({ fields, schema }: FormConfig): z.infer<typeof jsonObjectSchema> {
  if (schema !== undefined) return schema;
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [
        field.name,
        {
          ...toFieldSchema(field),
          ...(field.description === undefined ? {} : { description: field.description }),
          ...(field.default === undefined ? {} : { default: field.default }),
        },
      ]),
    ),
    required: fields.filter((field) => field.required === true).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** Asks a person for values, with a form. */
export const formKind: NodeKind<FormConfig> = {
  kind: 'form',
  title: 'Form',
  description: 'Asks you for values with a form.',
  category: 'human',
  icon: 'clipboard-pen',
  shortcut: 'F',
  configSchema: formConfigSchema,
  defaultConfig: {
    title: 'What is needed',
    message: '',
    fields: [{ name: 'answer', type: 'string', required: true }],
    timeoutSeconds: null,
    onTimeout: 'fail',
    escalateTo: '',
  },
  fields: [
    { key: 'title', label: 'Title', type: 'text', placeholder: 'What is needed' },
    { key: 'message', label: 'What to know', help: 'Shown above the form. {{ }} inserts values.', type: 'template', rows: 4 },
    { key: 'fields', label: 'Fields', type: 'fields', itemLabel: 'field', hasDefault: true },
    { key: 'schema', label: 'JSON Schema', help: 'In the place of the fields, for what they cannot say.', type: 'schema' },
    ...deadlineFields,
  ],
  isExecutable: true,
  ports: () => ({
    inputs: [
      { name: 'in', schema: {}, takesMany: true, description: 'What arrives, for the message to speak about; a record fills the form in' },
    ],
    outputs: [
      { name: 'values', schema: { type: 'object' }, description: 'What was filled in' },
      { name: 'denied', schema: {}, description: 'When you refuse to fill it in' },
    ],
  }),
  summary: ({ title }) => title || 'asks you',
  expressions: ({ message }) => [{ path: ['message'], form: 'template', source: message, gives: 'string' }],
  estimatedMs: 60_000,
};
