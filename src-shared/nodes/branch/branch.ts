import { z } from 'zod';
import { portNameSchema, refuseRepeatedNames } from '../field.ts';
import type { NodeKind } from '../kind.ts';

/** The output that is taken when no case holds. */
const elseCase = 'else';

const branchCaseSchema = z.object({
  name: portNameSchema.refine((name) => name !== elseCase, '“else” is the way out when no case holds; choose another name'),
  /** CEL; the first case that gives true is taken. */
  when: z.string(),
});
const branchConfigSchema = z.object({ cases: z.array(branchCaseSchema).max(100).superRefine(refuseRepeatedNames) });
export type BranchConfig = z.infer<typeof branchConfigSchema>;

/** Sends its input down the first case that holds, or down `else`. */
export const branchKind: NodeKind<BranchConfig> = {
  kind: 'branch',
  title: 'Branch',
  description: 'Passes its input to the first case that holds.',
  category: 'control',
  icon: 'split',
  shortcut: 'B',
  configSchema: branchConfigSchema,
  defaultConfig: { cases: [{ name: 'yes', when: 'inputs.in == true' }] },
  fields: [{ key: 'cases', label: 'Cases', help: 'Tried from the top; else is taken when none holds.', type: 'cases' }],
  isExecutable: true,
  ports: (config) => ({
    inputs: [{ name: 'in', schema: {}, isRequired: true, description: 'The value that is passed on' }],
    outputs: [
      ...config.cases.map(({ name, when }) => ({ name, schema: {}, description: when })),
      { name: elseCase, schema: {}, description: 'When no case holds' },
    ],
  }),
  summary: (config) => {
    const [first] = config.cases;
    if (first === undefined) return 'no cases yet';
    return config.cases.length === 1 ? first.when : `${config.cases.map((item) => item.name).join(' · ')} · else`;
  },
  expressions: (config) =>
    config.cases.map((item, index) => ({ path: ['cases', index, 'when'], form: 'expression', source: item.when, gives: 'boolean' })),
  estimatedMs: 1,
};
