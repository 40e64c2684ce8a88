import type { z } from 'zod';
import type { ProviderConfig, providerConfigSchema } from '#shared/contract/providers.ts';

/** A provider that can be added with its address already right. */
export interface ProviderPreset {
  readonly title: string;
  readonly text: string;
  readonly config: z.input<typeof providerConfigSchema>;
}

/** The well-known places where models answer. */
export const providerPresets: readonly ProviderPreset[] = [
  { title: 'OpenAI', text: 'Needs a key.', config: { id: 'openai', kind: 'openai', label: 'OpenAI', keyName: 'OPENAI_API_KEY' } },
  {
    title: 'Anthropic',
    text: 'Needs a key.',
    config: { id: 'anthropic', kind: 'anthropic', label: 'Anthropic', keyName: 'ANTHROPIC_API_KEY' },
  },
  {
    title: 'Ollama',
    text: 'On this machine, no key.',
    config: { id: 'ollama', kind: 'openai', label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  },
  {
    title: 'LM Studio',
    text: 'On this machine, no key.',
    config: { id: 'lm-studio', kind: 'openai', label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  },
  {
    title: 'vLLM',
    text: 'On this machine, no key.',
    config: { id: 'vllm', kind: 'openai', label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
  },
  {
    title: 'llama.cpp',
    text: 'On this machine, no key.',
    config: { id: 'llama-cpp', kind: 'openai', label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  },
  {
    title: 'Another one',
    text: 'Any OpenAI-compatible address.',
    config: { id: 'custom', kind: 'openai', label: 'My provider', baseUrl: 'https://', keyName: 'CUSTOM_API_KEY' },
  },
];

/** The id, or the first free one like it. */
export function toFreeId(id: string, taken: readonly string[]): string {
  if (!taken.includes(id)) return id;
  for (let number = 2; ; number += 1) {
    const candidate = `${id}-${number}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

/** The preset as a provider that is not there yet. */
export function toNewProvider(preset: ProviderPreset, taken: readonly string[]): ProviderConfig {
  const id = toFreeId(preset.config.id, taken);
  const isRenamed = id !== preset.config.id;
  return {
    ...preset.config,
    id,
    ...(isRenamed ? { label: `${preset.config.label} ${id.split('-').at(-1)}` } : {}),
    ...(isRenamed && preset.config.keyName !== undefined ? { keyName: `${preset.config.keyName}_${id.split('-').at(-1)}` } : {}),
  };
}
