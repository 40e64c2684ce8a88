import { z } from 'zod';
import { fieldListSchema, toFieldPort } from '../field.ts';
import type { NodeKind } from '../kind.ts';

const inputConfigSchema = z.object({ fields: fieldListSchema });
export type InputConfig = z.infer<typeof inputConfigSchema>;

/** Where a run's inputs enter the workflow: one output port per field. */
export const inputKind: NodeKind<InputConfig> = {
  kind: 'input',
  title: 'Input',
  description: 'What the run is given: one value per field.',
  category: 'data',
  icon: 'log-in',
  shortcut: 'I',
  configSchema: inputConfigSchema,
  defaultConfig: { fields: [{ name: 'topic', type: 'string', required: true }] },
  fields: [
    {
      key: 'fields',
      label: 'Fields',
      help: 'Each field is asked for when a run starts.',
      type: 'fields',
      itemLabel: 'field',
      hasDefault: true,
    },
  ],
  isExecutable: true,
  ports: (config) => ({ inputs: [], outputs: config.fields.map(toFieldPort) }),
  summary: (config) => config.fields.map((field) => field.name).join(' · ') || 'no fields yet',
  expressions: () => [],
  estimatedMs: 0,
};
