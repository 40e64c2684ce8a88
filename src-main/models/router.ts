import { assertNever } from '#shared/base/assert-never.ts';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { toCanonicalJson } from '#shared/base/json.ts';
import type { ProviderConfig } from '#shared/contract/providers.ts';
import type { Secrets } from '../workspace/secrets.ts';
import { type FoundServer, localServers, probeServers } from './local-servers.ts';
import type { ModelProvider, Models, ProviderTest } from './model.ts';
import { type PriceTable, toCostUsd } from './price-table.ts';
import type { ProviderOptions } from './provider-options.ts';
import { type CallLimits, defaultCallLimits } from './wire/call-limits.ts';

export interface ModelsOptions {
  /** Asked at every call, so that a provider works as soon as it is saved. */
  readonly providers: () => readonly ProviderConfig[];
  readonly secrets: Pick<Secrets, 'get'>;
  /** Where scripts are looked for, in order. */
  readonly scriptedFolders: () => readonly string[];
  /** Asked at every call; later tables win. */
  readonly prices: () => readonly PriceTable[];
  readonly clock: Clock;
  readonly limits?: CallLimits;
  /** The servers that `probeLocal` knocks at. */
  readonly localServers?: readonly ProviderConfig[];
}

/** A provider as the settings show it. */
export interface ProviderListing extends Omit<ProviderConfig, 'models'> {
  readonly models: string[];
  /** True when the key is there, or none is needed. */
  readonly hasKey: boolean;
}

/** All providers, and what the settings need to know of them. */
export interface ModelRouter extends Models {
  /** Every provider with the models its configuration names; asks no one on the network. */
  list(): Promise<ProviderListing[]>;
  /** The models that a provider says it has. */
  listModels(providerId: string, signal: AbortSignal): Promise<readonly string[]>;
  test(providerId: string, signal: AbortSignal): Promise<ProviderTest>;
  probeLocal(signal: AbortSignal): Promise<FoundServer[]>;
}

/** Models by the `provider/model` names that workflows use. The scripted provider is there without being configured. */
export function createModels(options: ModelsOptions): ModelRouter {
  const { secrets, clock } = options;
  const live = new Map<string, { readonly version: string; readonly provider: Promise<ModelProvider> }>();

  const allConfigs = () => {
    const configured = options.providers();
    return configured.some((config) => config.id === scripted.id) ? configured : [...configured, scripted];
  };
  const findConfig = (id: string): ProviderConfig => {
    const config = allConfigs().find((candidate) => candidate.id === id);
    if (config !== undefined) return config;
    const known = allConfigs().map((candidate) => candidate.id);
    throw new HeddleError(
      'model.unknownProvider',
      `There is no provider “${id}”. Add it in Settings, or use one of: ${known.join(', ')}.`,
      { details: { provider: id } },
    );
  };
  /** Kept while its configuration stays: the scripted provider counts its failures. */
  const findProvider = async (id: string): Promise<ModelProvider> => {
    const config = findConfig(id);
    const version = toCanonicalJson(config as never);
    const known = live.get(id);
    if (known?.version === version) return known.provider;
    const provider = createProvider(config);
    live.set(id, { version, provider });
    return provider;
  };
  /** A provider's library is loaded with its first use: together they take half a second, which a scripted run need not pay. */
  const createProvider = async (config: ProviderConfig): Promise<ModelProvider> => {
    switch (config.kind) {
      case 'openai':
        return (await import('./openai/openai-provider.ts')).createOpenAiProvider(toProviderOptions(config));
      case 'anthropic':
        return (await import('./anthropic/anthropic-provider.ts')).createAnthropicProvider(toProviderOptions(config));
      case 'scripted':
        return (await import('./scripted/scripted-provider.ts')).createScriptedProvider({
          id: config.id,
          folders: options.scriptedFolders,
          clock,
        });
      default:
        return assertNever(config.kind);
    }
  };
  const toProviderOptions = (config: ProviderConfig): ProviderOptions => {
    const keyName = toKeyName(config);
    return {
      id: config.id,
      label: config.label,
      baseUrl: config.baseUrl,
      headers: config.headers ?? {},
      models: config.models ?? [],
      keyName,
      readKey: async () => (keyName === undefined ? undefined : secrets.get(keyName)),
      clock,
      limits: options.limits ?? defaultCallLimits,
    };
  };
  /** A store that is locked has no key to offer, and that is no reason to show no providers. */
  const hasKey = async (config: ProviderConfig): Promise<boolean> => {
    const keyName = toKeyName(config);
    if (keyName === undefined) return true;
    return (await secrets.get(keyName).catch(() => undefined)) !== undefined;
  };

  return {
    call: async (request, callOptions) => {
      const { providerId, model } = splitModelName(request.model);
      const answer = await (await findProvider(providerId)).call({ ...request, model }, callOptions);
      const table = Object.assign({}, ...options.prices()) as PriceTable;
      return { ...answer, costUsd: toCostUsd(table, request.model, answer.usage) };
    },
    list: () =>
      Promise.all(
        allConfigs().map(async (config) => {
          const models =
            config.kind === 'scripted'
              ? [...(await (await findProvider(config.id)).listModels(new AbortController().signal))]
              : (config.models ?? []);
          return { ...config, models, hasKey: await hasKey(config) };
        }),
      ),
    listModels: async (providerId, signal) => (await findProvider(providerId)).listModels(signal),
    test: async (providerId, signal) => (await findProvider(providerId)).test(signal),
    probeLocal: (signal) => probeServers(options.localServers ?? localServers, clock, signal),
  };
}

const scripted: ProviderConfig = { id: 'scripted', kind: 'scripted', label: 'Scripted (no key needed)' };

/** The model's own name may hold slashes: only the first one counts. */
function splitModelName(name: string): { providerId: string; model: string } {
  const slash = name.indexOf('/');
  if (slash > 0 && slash < name.length - 1) return { providerId: name.slice(0, slash), model: name.slice(slash + 1) };
  throw new HeddleError(
    'model.notConfigured',
    name === ''
      ? 'No model is chosen. Choose one on the node or in Settings.'
      : `“${name}” is not the name of a model. Write provider/model, for example scripted/demo.`,
    {
      details: { model: name },
    },
  );
}

/** The providers' own addresses need a key. Any other address gets one only when the configuration names it, so that no key goes astray. */
function toKeyName(config: ProviderConfig): string | undefined {
  if (config.kind === 'scripted') return undefined;
  return config.keyName ?? (config.baseUrl === undefined ? config.kind : undefined);
}
