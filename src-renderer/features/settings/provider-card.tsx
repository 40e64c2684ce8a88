import { CircleCheck, CircleX, KeyRound, Trash2, Zap } from 'lucide-react';
import { useState } from 'react';
import type { z } from 'zod';
import type { ProviderConfig, providerTestSchema } from '#shared/contract/providers.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { queryClient } from '../../state/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { CopyButton } from '../../ui/json-view.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { KeyField } from './key-field.tsx';
import { Card } from './section-parts.tsx';
import { useAct } from './use-act.ts';

export interface ProviderCardProps {
  readonly provider: ProviderConfig & { readonly hasKey: boolean; readonly models: readonly string[] };
  /** Not saved yet: everything can be edited, and it can be given up. */
  readonly isNew?: boolean;
  readonly onDone?: () => void;
}

/** One provider: its address, its key, and the test that shows its exact answer. */
export function ProviderCard({ provider, isNew = false, onDone }: ProviderCardProps) {
  const isOnline = useIsOnline();
  const saving = useAct();
  const [id, setId] = useState(provider.id);
  const [label, setLabel] = useState(provider.label);
  const [baseUrl, setBaseUrl] = useState(provider.baseUrl ?? '');
  const [models, setModels] = useState(provider.models.join(', '));
  const isChanged =
    isNew ||
    id !== provider.id ||
    label !== provider.label ||
    baseUrl !== (provider.baseUrl ?? '') ||
    models !== provider.models.join(', ');
  const isBuiltIn = provider.kind === 'scripted';
  const isAddress = baseUrl === '' || /^https?:\/\/[^/]/.test(baseUrl);

  const toConfig = (): ProviderConfig => {
    const { hasKey: _hasKey, models: _models, baseUrl: _url, ...rest } = provider;
    const names = models
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    return { ...rest, id, label, ...(baseUrl === '' ? {} : { baseUrl }), ...(names.length === 0 ? {} : { models: names }) };
  };
  const save = async () => {
    const isSaved = await saving.run(() => getApi().provider.save(toConfig()));
    await queryClient.invalidateQueries({ queryKey: ['providers'] });
    if (isSaved) onDone?.();
  };
  const remove = async () => {
    const before = toConfig();
    try {
      await getApi().provider.remove({ id: provider.id });
      notifyDone(`${provider.label} was removed`, async () => {
        await getApi().provider.save(before);
        await queryClient.invalidateQueries({ queryKey: ['providers'] });
      });
    } catch (thrown) {
      notifyError(thrown);
    }
    await queryClient.invalidateQueries({ queryKey: ['providers'] });
  };

  return (
    <Card label={provider.label}>
      <div className="flex items-center gap-2">
        <h3 className="text-13 font-medium">{provider.label}</h3>
        <Badge>{provider.id}</Badge>
        {provider.keyName !== undefined && !isNew && (
          <Badge tone={provider.hasKey ? 'succeeded' : 'waiting'}>
            <KeyRound size={10} aria-hidden className="mr-1" />
            {provider.hasKey ? 'has a key' : 'needs a key'}
          </Badge>
        )}
        {isBuiltIn && <Badge>built in</Badge>}
        <span className="flex-1" />
        {!isNew && !isBuiltIn && (
          <IconButton
            size="small"
            label={`Remove ${provider.label}`}
            icon={<Trash2 size={14} />}
            disabled={!isOnline}
            onClick={() => void remove()}
          />
        )}
      </div>
      {!isBuiltIn && (
        <div className="grid grid-cols-2 gap-3">
          {isNew && (
            <TextField label="Id" help="Workflows call it by this" value={id} isMono onChange={(event) => setId(event.target.value)} />
          )}
          <TextField label="Name" value={label} onChange={(event) => setLabel(event.target.value)} />
          <TextField
            label="Address"
            isMono
            value={baseUrl}
            problem={isAddress ? null : 'Begin with http:// or https://.'}
            placeholder={provider.kind === 'anthropic' ? 'https://api.anthropic.com' : 'https://api.openai.com/v1'}
            onChange={(event) => setBaseUrl(event.target.value)}
          />
          <TextField
            className="col-span-2"
            label="Models, separated by commas"
            isMono
            value={models}
            help="Offered in pickers; any name can be typed in a node."
            onChange={(event) => setModels(event.target.value)}
          />
        </div>
      )}
      {isChanged && (
        <div className="flex gap-2">
          <Button
            tone="primary"
            isBusy={saving.isBusy}
            disabled={!isOnline || !isAddress || label.trim() === ''}
            onClick={() => void save()}
          >
            {isNew ? 'Add' : 'Save'}
          </Button>
          {isNew && (
            <Button tone="quiet" onClick={onDone}>
              Cancel
            </Button>
          )}
        </div>
      )}
      {saving.error !== null && <ErrorNote error={saving.error} />}
      {!isNew && provider.keyName !== undefined && <KeyField name={provider.keyName} hasKey={provider.hasKey} />}
      {!isNew && !isChanged && <Test id={provider.id} />}
    </Card>
  );
}

/** Asks the provider and shows what it answered, word for word. */
function Test({ id }: { readonly id: string }) {
  const isOnline = useIsOnline();
  const act = useAct();
  const [answer, setAnswer] = useState<z.infer<typeof providerTestSchema> | null>(null);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <Button
          size="small"
          icon={<Zap size={12} />}
          isBusy={act.isBusy}
          disabled={!isOnline}
          onClick={() => void act.run(async () => setAnswer(await getApi().provider.test({ id })))}
        >
          Test
        </Button>
        {answer?.status === 'reachable' && (
          <p role="status" className="flex items-center gap-1.5 text-12 text-succeeded">
            <CircleCheck size={13} aria-hidden /> answers in {formatDuration(answer.latencyMs)}, {answer.models.length} models
          </p>
        )}
      </div>
      {answer?.status === 'unreachable' && (
        <div role="alert" className="flex items-start gap-2 rounded-md border border-line p-2 tint-failed">
          <CircleX size={14} aria-hidden className="mt-0.5 shrink-0 text-failed" />
          <div className="min-w-0 flex-1">
            <p className="font-mono text-12 break-words">{answer.message}</p>
            <p className="font-mono text-11 text-ink-2">{answer.code}</p>
          </div>
          <CopyButton text={`${answer.code}: ${answer.message}`} label="Copy answer" />
        </div>
      )}
      {act.error !== null && <ErrorNote error={act.error} />}
    </div>
  );
}
