import { z } from 'zod';
import type { NodeKind } from '../kind.ts';

const delayConfigSchema = z.object({
  /** CEL that gives the seconds to wait; a number is one too. */
  seconds: z.string().default('60'),
});
export type DelayConfig = z.infer<typeof delayConfigSchema>;

/** The longest a delay may take, in seconds: a year. */
export const mostDelaySeconds = 365 * 24 * 3600;

/** Waits, however often the program is started anew in between, and passes on what came in. */
export const delayKind: NodeKind<DelayConfig> = {
  kind: 'delay',
  title: 'Delay',
  description: 'Waits for a time, also across restarts.',
  category: 'control',
  icon: 'timer',
  shortcut: 'D',
  configSchema: delayConfigSchema,
  defaultConfig: { seconds: '60' },
  fields: [{ key: 'seconds', label: 'Seconds', help: 'A number, or an expression that gives one.', type: 'expression', placeholder: '60' }],
  isExecutable: true,
  ports: () => ({
    inputs: [{ name: 'in', schema: {}, isRequired: true, description: 'The value that is passed on' }],
    outputs: [{ name: 'value', schema: {}, description: 'The value, when the time is over' }],
  }),
  summary: ({ seconds }) => `waits ${seconds} s`,
  expressions: ({ seconds }) => [{ path: ['seconds'], form: 'expression', source: seconds, gives: 'any' }],
  estimatedMs: 60_000,
};
