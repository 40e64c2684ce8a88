import { z } from 'zod';
import type { NodeKind } from '../kind.ts';

const mergeConfigSchema = z.object({ mode: z.enum(['any', 'list', 'record']).default('record') });
export type MergeConfig = z.infer<typeof mergeConfigSchema>;

const modeWords = { any: 'the first that arrives', list: 'all, as a list', record: 'all, by node' } as const satisfies Record<
  MergeConfig['mode'],
  string
>;

/** Brings several ways together. Ways that were skipped are left out; `any` goes on with the first value that arrives. */
export const mergeKind: NodeKind<MergeConfig> = {
  kind: 'merge',
  title: 'Merge',
  description: 'Brings several ways together into one value.',
  category: 'control',
  icon: 'merge',
  shortcut: 'J',
  configSchema: mergeConfigSchema,
  defaultConfig: { mode: 'record' },
  fields: [
    {
      key: 'mode',
      label: 'Takes',
      help: 'Ways that were not taken are left out.',
      type: 'select',
      options: [
        { value: 'any', label: 'The first value that arrives' },
        { value: 'list', label: 'All values, as a list' },
        { value: 'record', label: 'All values, by the node they come from' },
      ],
    },
  ],
  isExecutable: true,
  ports: (config) => ({
    inputs: [{ name: 'in', schema: {}, isRequired: true, takesMany: true, description: 'The ways that come together' }],
    outputs: [{ name: 'value', schema: mergedSchemas[config.mode], description: modeWords[config.mode] }],
  }),
  startsOnFirst: (config) => config.mode === 'any',
  summary: (config) => modeWords[config.mode],
  expressions: () => [],
  estimatedMs: 1,
};

const mergedSchemas = { any: {}, list: { type: 'array' }, record: { type: 'object' } } as const;
