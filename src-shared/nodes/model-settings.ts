import { z } from 'zod';
import { jsonObjectSchema } from '../base/json.ts';
import type { ExpressionUse, InspectorField, NodePorts, Port } from './kind.ts';

/** What every node that asks a model is configured with. `model` is `provider/model`; empty means that none was chosen yet. */
export const modelSettingsShape = {
  model: z.string().max(200).default(''),
  system: z.string().default(''),
  prompt: z.string().default(''),
  temperature: z.number().min(0).max(2).optional(),
  outputSchema: jsonObjectSchema.optional(),
};

interface ModelSettings {
  readonly model: string;
  readonly system: string;
  readonly prompt: string;
  readonly outputSchema?: z.infer<typeof jsonObjectSchema> | undefined;
}

/** The inspector fields of the model settings, in their order on screen. */
export const modelFields = {
  model: { key: 'model', label: 'Model', type: 'model' },
  system: { key: 'system', label: 'Role prompt', help: 'Who the model is. {{ }} inserts values.', type: 'template', rows: 5 },
  prompt: {
    key: 'prompt',
    label: 'Task',
    help: 'What it is asked to do. {{ inputs.in }} is what arrives at its input.',
    type: 'template',
    rows: 6,
  },
  temperature: { key: 'temperature', label: 'Temperature', type: 'number', min: 0, max: 2, step: 0.1 },
  outputSchema: {
    key: 'outputSchema',
    label: 'Answer as JSON',
    help: 'A JSON Schema. The answer then also comes as data, checked against it.',
    type: 'schema',
  },
} as const satisfies Record<string, InspectorField>;

/** The ports of a node that asks a model: anything in, the text out, and the data when a schema is set. */
export function toModelPorts(config: ModelSettings, more: readonly Port[]): NodePorts {
  return {
    inputs: [{ name: 'in', schema: {}, takesMany: true, description: 'What arrives, for the task to speak about' }],
    outputs: [
      { name: 'text', schema: { type: 'string' }, description: 'The answer as text' },
      ...(config.outputSchema === undefined ? [] : [{ name: 'json', schema: config.outputSchema, description: 'The answer as data' }]),
      ...more,
    ],
  };
}

/** The two templates of a node that asks a model. */
export function toModelExpressions(config: ModelSettings): readonly ExpressionUse[] {
  return [
    { path: ['system'], form: 'template', source: config.system, gives: 'string' },
    { path: ['prompt'], form: 'template', source: config.prompt, gives: 'string' },
  ];
}

/** The model without its provider: `anthropic/sonnet` is `sonnet`. */
export function toModelWords(model: string): string {
  return model === '' ? 'no model chosen' : model.slice(model.indexOf('/') + 1);
}

/** `1 tool`, `3 tools`. */
export function toCountWords(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? '' : 's'}`;
}
