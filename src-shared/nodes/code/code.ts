import { z } from 'zod';
import { fieldListSchema, toFieldPort } from '../field.ts';
import type { NodeKind } from '../kind.ts';
import { toCountWords } from '../model-settings.ts';

const codeConfigSchema = z.object({
  inputs: fieldListSchema.default([]),
  outputs: fieldListSchema.default([]),
  /** The body of a JavaScript function: it reads `inputs` and returns an object with the outputs. */
  source: z.string().max(200_000).default(''),
  limits: z.object({ wallMs: z.int().min(1).max(600_000).optional() }).optional(),
});
export type CodeConfig = z.infer<typeof codeConfigSchema>;

/** JavaScript of the author's own, run in the sandbox. */
export const codeKind: NodeKind<CodeConfig> = {
  kind: 'code',
  title: 'Code',
  description: 'Runs your own JavaScript in the sandbox.',
  category: 'code',
  icon: 'braces',
  shortcut: 'C',
  configSchema: codeConfigSchema,
  defaultConfig: {
    inputs: [{ name: 'in', type: 'any', required: true }],
    outputs: [{ name: 'value', type: 'any', required: true }],
    source: 'return { value: inputs.in };\n',
  },
  fields: [
    { key: 'source', label: 'Code', help: 'Reads inputs, returns an object with the outputs.', type: 'code', language: 'javascript' },
    { key: 'inputs', label: 'Inputs', type: 'fields', itemLabel: 'input', hasDefault: true },
    { key: 'outputs', label: 'Outputs', type: 'fields', itemLabel: 'output', hasDefault: false },
    { key: 'limits.wallMs', label: 'Time limit', type: 'number', min: 1, max: 600_000, step: 100, unit: 'ms' },
  ],
  isExecutable: true,
  takesLane: true,
  ports: (config) => ({
    inputs: config.inputs.map((field) => ({ ...toFieldPort(field), ...(field.required === true ? { isRequired: true } : {}) })),
    outputs: config.outputs.map(toFieldPort),
  }),
  summary: (config) => firstLine(config.source) || toCountWords(config.outputs.length, 'output'),
  expressions: () => [],
  estimatedMs: 100,
};

function firstLine(source: string): string {
  return (
    source
      .split('\n', 50)
      .map((line) => line.trim())
      .find((line) => line !== '' && !line.startsWith('//')) ?? ''
  ).slice(0, 80);
}
