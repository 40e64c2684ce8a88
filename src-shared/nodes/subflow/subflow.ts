import { z } from 'zod';
import type { NodeKind } from '../kind.ts';
import { listTemplates, toWorkflowWords, workflowInputsSchema, workflowPathSchema } from '../workflow-inputs.ts';

const subflowConfigSchema = z.object({ workflow: workflowPathSchema, inputs: workflowInputsSchema });
export type SubflowConfig = z.infer<typeof subflowConfigSchema>;

/** Runs another workflow as one step of this one. */
export const subflowKind: NodeKind<SubflowConfig> = {
  kind: 'subflow',
  title: 'Subflow',
  description: 'Runs another workflow as one step.',
  category: 'control',
  icon: 'workflow',
  shortcut: 'S',
  configSchema: subflowConfigSchema,
  defaultConfig: { workflow: '', inputs: {} },
  fields: [
    { key: 'workflow', label: 'Workflow', type: 'workflow' },
    {
      key: 'inputs',
      label: 'Its inputs',
      help: 'A lone {{ }} passes the value itself, not its text.',
      type: 'workflowInputs',
      workflowKey: 'workflow',
    },
  ],
  isExecutable: true,
  ports: () => ({
    inputs: [{ name: 'in', schema: {}, takesMany: true, description: 'What arrives, for the inputs to speak about' }],
    outputs: [{ name: 'outputs', schema: { type: 'object' }, description: 'The outputs of the workflow, by name' }],
  }),
  workflowReference: ({ workflow }) => workflow,
  summary: ({ workflow }) => toWorkflowWords(workflow),
  expressions: (config) => listTemplates(config.inputs, ['inputs']),
  estimatedMs: 5_000,
};
