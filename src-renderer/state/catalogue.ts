import { create } from 'zustand';
import type { ProviderConfig } from '#shared/contract/providers.ts';
import type { ToolInfo } from '#shared/contract/settings.ts';
import type { WorkflowFile } from '#shared/contract/workflows.ts';
import type { WorkflowCatalogue } from '#shared/workflow/validation-subject.ts';
import { getApi, useConnection } from './connection.ts';
import { useSettings } from './settings.ts';

type Provider = ProviderConfig & { readonly hasKey: boolean; readonly models: readonly string[] };

interface CatalogueStore {
  /** What this machine offers workflows; null until the host has said so. */
  readonly tools: readonly ToolInfo[] | null;
  readonly providers: readonly Provider[] | null;
}

export const useCatalogue = create<CatalogueStore>()(() => ({ tools: null, providers: null }));

/** Asks the host again what there is. What cannot be learned now stays as it was. */
export async function refreshCatalogue(): Promise<void> {
  const keep = () => undefined;
  await Promise.all([
    ask(() => getApi().tool.list()).then((tools) => useCatalogue.setState({ tools }), keep),
    ask(() => getApi().provider.list()).then((providers) => useCatalogue.setState({ providers }), keep),
  ]);
}

/** The catalogue as validation wants it. */
export function toWorkflowCatalogue({ tools, providers }: CatalogueStore, workflows: readonly WorkflowFile[] | null): WorkflowCatalogue {
  return { tools, providers: providers?.map((provider) => provider.id) ?? null, workflows: workflows?.map(({ path }) => path) ?? null };
}

/** Every model by its full name `provider/model`, in the order of the providers. */
export function listModelNames(providers: readonly Provider[] | null): readonly string[] {
  return [...new Set((providers ?? []).flatMap((provider) => provider.models.map((model) => `${provider.id}/${model}`)))];
}

async function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  return question();
}

useConnection.subscribe((now, before) => {
  if (now.connection.status === 'online' && before.connection.status !== 'online') void refreshCatalogue();
});

useSettings.subscribe((now, before) => {
  const { providers, mcpServers } = now.settings;
  if (now.isLoaded && (providers !== before.settings.providers || mcpServers !== before.settings.mcpServers)) void refreshCatalogue();
});
