import { z } from 'zod';
import type { NodeKind } from '../kind.ts';
import { listTemplates, toWorkflowWords, workflowInputsSchema, workflowPathSchema } from '../workflow-inputs.ts';

/** What the expressions of a loop know: the outputs of the round before (null in the first), and the number of the round from 0. */
const loopNames = ['last', 'round'] as const;

const loopConfigSchema = z.object({
  workflow: workflowPathSchema,
  inputs: workflowInputsSchema,
  /** CEL over `last` and `round`, asked after each round; the loop ends when it gives true. */
  until: z.string().default('true'),
  /** A loop that has not ended by then fails. */
  maxRounds: z.int().min(1).max(10_000).default(10),
});
export type LoopConfig = z.infer<typeof loopConfigSchema>;

/** Runs a workflow again and again until a condition holds. */
export const loopKind: NodeKind<LoopConfig> = {
  kind: 'loop',
  title: 'Loop',
  description: 'Runs a workflow again until a condition holds.',
  category: 'control',
  icon: 'repeat',
  shortcut: 'L',
  configSchema: loopConfigSchema,
  defaultConfig: { workflow: '', inputs: {}, until: 'true', maxRounds: 10 },
  fields: [
    { key: 'workflow', label: 'Workflow', help: 'Run once each round.', type: 'workflow' },
    {
      key: 'inputs',
      label: 'Inputs of each round',
      help: '{{ last.x }} is output x of the round before (last is null in the first), {{ round }} the number of the round from 0.',
      type: 'workflowInputs',
      workflowKey: 'workflow',
    },
    {
      key: 'until',
      label: 'Until',
      help: 'Asked after each round, with last and round.',
      type: 'expression',
      placeholder: 'last.score >= 8',
    },
    {
      key: 'maxRounds',
      label: 'Most rounds',
      help: 'The loop fails when it has not ended by then.',
      type: 'number',
      min: 1,
      max: 10_000,
      step: 1,
    },
  ],
  isExecutable: true,
  ports: () => ({
    inputs: [{ name: 'in', schema: {}, takesMany: true, description: 'What arrives, for the inputs to speak about' }],
    outputs: [
      { name: 'last', schema: { type: 'object' }, description: 'The outputs of the last round' },
      { name: 'rounds', schema: { type: 'integer' }, description: 'How many rounds there were' },
    ],
  }),
  workflowReference: ({ workflow }) => workflow,
  summary: ({ workflow, until }) => `${toWorkflowWords(workflow)} · until ${until}`,
  expressions: (config) => [
    ...listTemplates(config.inputs, ['inputs'], loopNames),
    { path: ['until'], form: 'expression', source: config.until, gives: 'boolean', names: loopNames },
  ],
  estimatedMs: 10_000,
};
