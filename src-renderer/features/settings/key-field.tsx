import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone } from '../../app/notify.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { queryClient } from '../../state/queries.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { needsPassphrase } from './needs-passphrase.ts';
import { useAct } from './use-act.ts';

/** Takes a key and forgets it at once: what is stored can be replaced or removed, never read. */
export function KeyField({ name, hasKey }: { readonly name: string; readonly hasKey: boolean }) {
  const isOnline = useIsOnline();
  const act = useAct();
  const [value, setValue] = useState('');
  const status = useQuery({ queryKey: ['secrets'], queryFn: () => getApi().secret.status(), enabled: isOnline });
  const stored = status.data?.names.find((entry) => entry.name === name);
  const refresh = () =>
    Promise.all([queryClient.invalidateQueries({ queryKey: ['secrets'] }), queryClient.invalidateQueries({ queryKey: ['providers'] })]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const isStored = await act.run(() => getApi().secret.set({ name, value }));
    if (isStored) {
      setValue('');
      notifyDone('The key is stored');
    }
    await refresh();
  };
  const remove = async () => {
    await act.run(() => getApi().secret.remove({ name }));
    await refresh();
  };

  if (stored?.from === 'environment') return <p className="text-12 text-ink-2">Its key comes from the environment variable {name}.</p>;
  const isLocked = status.data !== undefined && needsPassphrase(status.data);
  return (
    <form className="flex flex-col gap-2" onSubmit={(event) => void submit(event)}>
      <div className="flex items-end gap-2">
        <TextField
          className="min-w-0 flex-1"
          label={hasKey ? 'Replace the key' : 'Key'}
          type="password"
          isMono
          value={value}
          disabled={!isOnline || status.data?.store === 'unavailable'}
          placeholder={hasKey ? 'A key is stored; it is never shown' : 'Paste the key'}
          onChange={(event) => setValue(event.target.value)}
        />
        <Button type="submit" isBusy={act.isBusy} disabled={value === '' || !isOnline || isLocked}>
          Store key
        </Button>
        {stored?.from === 'store' && (
          <Button tone="quiet" disabled={!isOnline} onClick={() => void remove()}>
            Forget it
          </Button>
        )}
      </div>
      {isLocked && (
        <p className="text-12 text-waiting">
          {status.data?.store === 'new' ? 'Choose a passphrase for your keys below first.' : 'Unlock your keys below first.'}
        </p>
      )}
      {act.error !== null && <ErrorNote error={act.error} />}
    </form>
  );
}
