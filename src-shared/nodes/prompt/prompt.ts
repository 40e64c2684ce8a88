import { z } from 'zod';
import type { NodeKind } from '../kind.ts';
import { modelFields, modelSettingsShape, toModelExpressions, toModelPorts, toModelWords } from '../model-settings.ts';

const promptConfigSchema = z.object({ ...modelSettingsShape, maxOutputTokens: z.int().min(1).max(1_000_000).optional() });
export type PromptConfig = z.infer<typeof promptConfigSchema>;

/** One model call: a role, a task, an answer. */
export const promptKind: NodeKind<PromptConfig> = {
  kind: 'prompt',
  title: 'Prompt',
  description: 'Asks a model once and passes its answer on.',
  category: 'model',
  icon: 'message-square-text',
  shortcut: 'P',
  configSchema: promptConfigSchema,
  defaultConfig: { model: '', system: '', prompt: '{{ inputs.in }}' },
  fields: [
    modelFields.model,
    modelFields.system,
    modelFields.prompt,
    modelFields.temperature,
    { key: 'maxOutputTokens', label: 'Longest answer', type: 'number', min: 1, max: 1_000_000, step: 1, unit: 'tokens' },
    modelFields.outputSchema,
  ],
  isExecutable: true,
  takesLane: true,
  ports: (config) => toModelPorts(config, []),
  summary: (config) => (config.outputSchema === undefined ? toModelWords(config.model) : `${toModelWords(config.model)} · JSON`),
  expressions: toModelExpressions,
  estimatedMs: 4_000,
};
