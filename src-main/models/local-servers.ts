import type { Clock } from '#shared/base/clock.ts';
import type { ProviderConfig } from '#shared/contract/providers.ts';

/** Model servers that people run on their own machine, where they listen unless told otherwise. They want no key. */
export const localServers: readonly ProviderConfig[] = [
  { id: 'ollama', kind: 'openai', label: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { id: 'lm-studio', kind: 'openai', label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { id: 'vllm', kind: 'openai', label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
  { id: 'llama-cpp', kind: 'openai', label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
];

export interface FoundServer {
  readonly config: ProviderConfig;
  readonly models: readonly string[];
}

/** Asks each server for its models and returns those that answer within two seconds. Runs only when a person asks for it. */
export async function probeServers(servers: readonly ProviderConfig[], clock: Clock, signal: AbortSignal): Promise<FoundServer[]> {
  const { createOpenAiProvider } = await import('./openai/openai-provider.ts');
  const found = await Promise.all(
    servers.map(async (config): Promise<FoundServer[]> => {
      const provider = createOpenAiProvider({
        id: config.id,
        label: config.label,
        baseUrl: config.baseUrl,
        headers: {},
        models: [],
        keyName: undefined,
        readKey: async () => undefined,
        clock,
        limits: { idleTimeoutMs: 2_000, totalTimeoutMs: 2_000, maxBytes: 2 ** 20 },
      });
      const result = await provider.test(signal);
      return result.status === 'reachable' ? [{ config, models: result.models }] : [];
    }),
  );
  return found.flat();
}
