import { z } from 'zod';
import { fieldTypes, toFieldSchema } from '../field.ts';
import type { NodeKind } from '../kind.ts';

const transformConfigSchema = z.object({
  /** CEL; may speak of `inputs.in` and of every node upstream. */
  expression: z.string().default(''),
  /** What the expression gives; checked when it runs. */
  outputType: z.enum(fieldTypes).default('any'),
});
export type TransformConfig = z.infer<typeof transformConfigSchema>;

/** Computes one value from others, without a model and without code. */
export const transformKind: NodeKind<TransformConfig> = {
  kind: 'transform',
  title: 'Transform',
  description: 'Computes a value with one expression.',
  category: 'data',
  icon: 'square-function',
  shortcut: 'X',
  configSchema: transformConfigSchema,
  defaultConfig: { expression: 'inputs.in', outputType: 'any' },
  fields: [
    { key: 'expression', label: 'Expression', type: 'expression', placeholder: 'inputs.in' },
    { key: 'outputType', label: 'Gives', type: 'select', options: fieldTypes.map((type) => ({ value: type, label: type })) },
  ],
  isExecutable: true,
  ports: (config) => ({
    inputs: [{ name: 'in', schema: {}, isRequired: true, takesMany: true, description: 'What arrives, for the expression to speak about' }],
    outputs: [
      {
        name: 'value',
        schema: toFieldSchema({ name: 'value', type: config.outputType, required: true }),
        description: 'What the expression gives',
      },
    ],
  }),
  summary: (config) => config.expression || 'no expression yet',
  expressions: (config) => [{ path: ['expression'], form: 'expression', source: config.expression, gives: 'any' }],
  estimatedMs: 1,
};
