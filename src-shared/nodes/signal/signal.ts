import { z } from 'zod';
import type { NodeKind } from '../kind.ts';

/** What a signal may be called. */
export const signalNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'must start with a letter and hold only letters, digits, dots, - and _ (at most 64)');

const signalConfigSchema = z.object({
  name: signalNameSchema,
  /** The way out `timedOut` is taken when nothing has come by then; null waits without end. */
  timeoutSeconds: z.number().positive().max(31_536_000).nullable().default(null),
});
export type SignalConfig = z.infer<typeof signalConfigSchema>;

/** Waits until the run is sent a signal of a name: from the API, the command line or the window. */
export const signalKind: NodeKind<SignalConfig> = {
  kind: 'signal',
  title: 'Signal',
  description: 'Waits until the run is sent a signal.',
  category: 'control',
  icon: 'radio-tower',
  shortcut: 'W',
  configSchema: signalConfigSchema,
  defaultConfig: { name: 'go', timeoutSeconds: null },
  fields: [
    {
      key: 'name',
      label: 'Name',
      help: 'What the signal is called. One that comes before the run gets here is kept.',
      type: 'text',
      placeholder: 'go',
    },
    { key: 'timeoutSeconds', label: 'Longest wait', help: 'Empty waits without end.', type: 'number', min: 1, unit: 's' },
  ],
  isExecutable: true,
  ports: () => ({
    inputs: [{ name: 'in', schema: {}, takesMany: true, description: 'What has to be there before it waits' }],
    outputs: [
      { name: 'payload', schema: {}, description: 'What the signal brought' },
      { name: 'timedOut', schema: {}, description: 'When nothing came in time' },
    ],
  }),
  summary: ({ name }) => `waits for ${name}`,
  expressions: () => [],
  estimatedMs: 30_000,
};
