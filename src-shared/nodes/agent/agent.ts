import { z } from 'zod';
import type { NodeKind } from '../kind.ts';
import { modelFields, modelSettingsShape, toCountWords, toModelExpressions, toModelPorts, toModelWords } from '../model-settings.ts';

/** Whether a call of this tool asks a person first: as the tool itself says, never, or always. */
export const toolApprovalSchema = z.enum(['default', 'never', 'always']);
export type ToolApproval = z.infer<typeof toolApprovalSchema>;

/** A tool that an agent may call. */
const agentToolSchema = z.object({ name: z.string().min(1).max(200), approval: toolApprovalSchema.optional() });

const agentConfigSchema = z.object({
  ...modelSettingsShape,
  tools: z.array(agentToolSchema).max(200).default([]),
  maxTurns: z.int().min(1).max(1_000).default(12),
});
export type AgentConfig = z.infer<typeof agentConfigSchema>;

/** A model that works in turns, calling tools until it has its answer or its turns are used up. */
export const agentKind: NodeKind<AgentConfig> = {
  kind: 'agent',
  title: 'Agent',
  description: 'A model that uses tools, turn by turn, until the task is done.',
  category: 'agent',
  icon: 'bot',
  shortcut: 'A',
  configSchema: agentConfigSchema,
  defaultConfig: { model: '', system: '', prompt: '{{ inputs.in }}', tools: [], maxTurns: 12 },
  fields: [
    modelFields.model,
    modelFields.system,
    modelFields.prompt,
    { key: 'tools', label: 'Tools', help: 'What it may use, and whether it asks first.', type: 'tools' },
    {
      key: 'maxTurns',
      label: 'Most turns',
      help: 'It fails when it needs more.',
      type: 'number',
      min: 1,
      max: 1_000,
      step: 1,
      unit: 'turns',
    },
    modelFields.temperature,
    modelFields.outputSchema,
  ],
  isExecutable: true,
  takesLane: true,
  ports: (config) => toModelPorts(config, [{ name: 'turns', schema: { type: 'integer' }, description: 'How many turns it took' }]),
  summary: (config) =>
    `${toModelWords(config.model)} · ${config.tools.length === 0 ? 'no tools' : toCountWords(config.tools.length, 'tool')}`,
  expressions: toModelExpressions,
  estimatedMs: 15_000,
};
