import { expect, it } from 'vitest';
import { providerConfigSchema } from '#shared/contract/providers.ts';
import { providerPresets, toFreeId, toNewProvider } from './presets.ts';

it('offers presets that the host would take, but for the address that the user must finish', () => {
  for (const preset of providerPresets.filter((candidate) => candidate.title !== 'Another one'))
    expect(providerConfigSchema.safeParse(preset.config).error).toBeUndefined();
});

it('never gives two providers one id or one key', () => {
  expect(toFreeId('openai', ['openai', 'openai-2'])).toBe('openai-3');
  const [openai] = providerPresets;
  expect(toNewProvider(openai!, ['openai'])).toMatchObject({ id: 'openai-2', label: 'OpenAI 2', keyName: 'OPENAI_API_KEY_2' });
  expect(toNewProvider(openai!, [])).toMatchObject({ id: 'openai', label: 'OpenAI', keyName: 'OPENAI_API_KEY' });
});
