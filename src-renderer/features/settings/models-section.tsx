import { useQuery } from '@tanstack/react-query';
import { Plus, Search } from 'lucide-react';
import { useState } from 'react';
import type { ProviderConfig } from '#shared/contract/providers.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyError } from '../../app/notify.ts';
import { toCallError } from '../../state/call-error.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { queryClient } from '../../state/queries.ts';
import { saveSettings, useSettings } from '../../state/settings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Select } from '../../ui/select.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { KeyStore } from './key-store.tsx';
import { providerPresets, toFreeId, toNewProvider } from './presets.ts';
import { ProviderCard } from './provider-card.tsx';
import { Card, SectionHeader } from './section-parts.tsx';
import { useAct } from './use-act.ts';

/** Where models answer, with which keys, and which one is used unless a node says otherwise. */
export function ModelsSection() {
  const isOnline = useIsOnline();
  const defaultModel = useSettings((store) => store.settings.defaultModel);
  const providers = useQuery({ queryKey: ['providers'], queryFn: () => getApi().provider.list(), enabled: isOnline });
  const [draft, setDraft] = useState<ProviderConfig | null>(null);
  const list = providers.data ?? [];
  const taken = list.map((provider) => provider.id);
  const models = list.flatMap((provider) => provider.models.map((model) => `${provider.id}/${model}`));
  const error = providers.error === null ? null : toCallError(providers.error);
  return (
    <>
      <SectionHeader
        title="Models"
        text="Workflows name a model as provider/model. Keys are kept outside the workspace and never shown again."
        actions={
          <Menu
            label="Add a provider"
            trigger={
              <Button tone="primary" icon={<Plus size={14} />} disabled={!isOnline}>
                Add provider
              </Button>
            }
            items={providerPresets.map((preset) => ({ label: preset.title, onSelect: () => setDraft(toNewProvider(preset, taken)) }))}
          />
        }
      />
      <div className="mb-4 flex items-end gap-3">
        <Select
          label="Default model"
          className="w-72"
          disabled={!isOnline}
          value={defaultModel}
          options={[
            ...(models.includes(defaultModel) ? [] : [{ value: defaultModel, label: defaultModel }]),
            ...models.map((model) => ({ value: model, label: model })),
          ]}
          onChange={(model) => void saveSettings({ defaultModel: model }).catch(notifyError)}
        />
      </div>
      {draft !== null && (
        <ProviderCard
          key={draft.id}
          provider={{ ...draft, hasKey: false, models: draft.models ?? [] }}
          isNew
          onDone={() => setDraft(null)}
        />
      )}
      {error !== null && <ErrorNote error={error} onRetry={() => void providers.refetch()} />}
      {providers.isPending && isOnline && <Spinner label="Loading providers" />}
      {list.map((provider) => (
        <ProviderCard key={provider.id} provider={provider} />
      ))}
      {providers.data?.length === 0 && draft === null && (
        <EmptyState
          isCompact
          title="No provider yet"
          text="The built-in scripted model works without one. Add a provider to use a real model."
        />
      )}
      <LocalServers taken={taken} />
      <KeyStore />
    </>
  );
}

/** Looks for model servers on this machine, only when asked to. */
function LocalServers({ taken }: { readonly taken: readonly string[] }) {
  const isOnline = useIsOnline();
  const act = useAct();
  const [found, setFound] = useState<readonly { readonly config: ProviderConfig; readonly models: readonly string[] }[] | null>(null);
  const isThere = (config: ProviderConfig) => taken.includes(config.id);
  const add = (config: ProviderConfig) =>
    act.run(async () => {
      await getApi().provider.save({ ...config, id: toFreeId(config.id, taken) });
      await queryClient.invalidateQueries({ queryKey: ['providers'] });
    });
  return (
    <Card label="Models on this machine">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <h3 className="text-13 font-medium">Models on this machine</h3>
          <p className="text-12 text-ink-2">Looks for Ollama (11434), LM Studio (1234), vLLM (8000) and llama.cpp (8080).</p>
        </div>
        <Button
          icon={<Search size={13} />}
          isBusy={act.isBusy}
          disabled={!isOnline}
          onClick={() => void act.run(async () => setFound(await getApi().provider.probeLocal()))}
        >
          Look for them
        </Button>
      </div>
      {act.error !== null && <ErrorNote error={act.error} />}
      {found?.length === 0 && <p className="text-12 text-ink-2">None of them answers. Start one and look again.</p>}
      {found?.map(({ config, models }) => (
        <div key={config.id} className="flex items-center gap-3 border-t border-line pt-2">
          <div className="min-w-0 flex-1">
            <p className="text-13">{config.label}</p>
            <p className="truncate text-12 text-ink-2">{models.length === 0 ? 'answers, but has no model yet' : models.join(', ')}</p>
          </div>
          {isThere(config) ? (
            <span className="text-12 text-ink-2">added</span>
          ) : (
            <Button size="small" icon={<Plus size={12} />} onClick={() => void add(config)}>
              Add
            </Button>
          )}
        </div>
      ))}
    </Card>
  );
}
