import { z } from 'zod';
import { portNameSchema } from '../field.ts';
import type { NodeKind } from '../kind.ts';

const outputConfigSchema = z.object({ name: portNameSchema });
export type OutputConfig = z.infer<typeof outputConfigSchema>;

/** One of the values a run ends with, under `name`. */
export const outputKind: NodeKind<OutputConfig> = {
  kind: 'output',
  title: 'Output',
  description: 'A result of the run, under a name of your choice.',
  category: 'data',
  icon: 'log-out',
  shortcut: 'O',
  configSchema: outputConfigSchema,
  defaultConfig: { name: 'result' },
  fields: [
    { key: 'name', label: 'Result', help: 'What the value is called in the outputs of the run.', type: 'text', placeholder: 'result' },
  ],
  isExecutable: true,
  ports: () => ({ inputs: [{ name: 'value', schema: {}, isRequired: true, description: 'The value to give back' }], outputs: [] }),
  summary: (config) => config.name,
  expressions: () => [],
  estimatedMs: 0,
};
