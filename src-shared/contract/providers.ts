import { z } from 'zod';

/** A place where models answer, as the user configured it. The key itself lives in the secret store under `keyName`. */
export const providerConfigSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and -'),
  kind: z.enum(['openai', 'anthropic', 'scripted']),
  label: z.string().min(1).max(100),
  baseUrl: z.url().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Names offered in the picker; any name may be typed. */
  models: z.array(z.string()).optional(),
  keyName: z.string().optional(),
});
export type ProviderConfig = z.infer<typeof providerConfigSchema>;

/** The answer of the test button: what the provider said, in its own words. */
export const providerTestSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('reachable'), models: z.array(z.string()), latencyMs: z.number() }),
  z.strictObject({ status: z.literal('unreachable'), code: z.string(), message: z.string() }),
]);
