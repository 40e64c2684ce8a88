import { z } from 'zod';
import { jsonObjectSchema } from '../../base/json.ts';
import { toolApprovalSchema } from '../agent/agent.ts';
import type { NodeKind } from '../kind.ts';
import { listTemplates } from '../workflow-inputs.ts';

const toolConfigSchema = z.object({
  /** The tool's name; empty means that none was chosen yet. */
  tool: z.string().max(200).default(''),
  /** Every text in it is a template; a text that is one `{{ }}` and nothing else gives the value itself. */
  arguments: jsonObjectSchema.default({}),
  approval: toolApprovalSchema.optional(),
});
export type ToolConfig = z.infer<typeof toolConfigSchema>;

/** One tool call with arguments that the workflow, not a model, decides. */
export const toolKind: NodeKind<ToolConfig> = {
  kind: 'tool',
  title: 'Tool',
  description: 'Calls one tool with the arguments you give.',
  category: 'tool',
  icon: 'wrench',
  shortcut: 'T',
  configSchema: toolConfigSchema,
  defaultConfig: { tool: '', arguments: {} },
  fields: [
    { key: 'tool', label: 'Tool', type: 'tool' },
    {
      key: 'arguments',
      label: 'Arguments',
      help: 'A lone {{ }} passes the value itself, not its text.',
      type: 'arguments',
      toolKey: 'tool',
    },
    {
      key: 'approval',
      label: 'Ask first',
      type: 'select',
      options: [
        { value: 'default', label: 'As the tool says' },
        { value: 'never', label: 'Never' },
        { value: 'always', label: 'Always' },
      ],
    },
  ],
  isExecutable: true,
  takesLane: true,
  ports: () => ({
    inputs: [{ name: 'in', schema: {}, takesMany: true, description: 'What arrives, for the arguments to speak about' }],
    outputs: [{ name: 'result', schema: {}, description: 'What the tool gave back' }],
  }),
  summary: (config) => config.tool || 'no tool chosen',
  expressions: (config) => listTemplates(config.arguments, ['arguments']),
  estimatedMs: 1_000,
};
