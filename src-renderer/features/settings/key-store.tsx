import { useQuery } from '@tanstack/react-query';
import { Lock, LockOpen, ShieldAlert } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { SecretStatus } from '#shared/contract/settings.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { queryClient } from '../../state/queries.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { needsPassphrase } from './needs-passphrase.ts';
import { Card } from './section-parts.tsx';
import { useAct } from './use-act.ts';

/** How the user's keys are kept, and the passphrase that opens them where there must be one. */
export function KeyStore() {
  const isOnline = useIsOnline();
  const status = useQuery({ queryKey: ['secrets'], queryFn: () => getApi().secret.status(), enabled: isOnline });
  if (status.data === undefined) return null;
  const { store, message } = status.data;
  const isOpen = store === 'unlocked' || (store === 'new' && !needsPassphrase(status.data));
  return (
    <Card label="Where your keys are kept">
      <div className="flex items-start gap-2.5">
        <span className="mt-0.5 text-ink-2">
          {isOpen ? (
            <LockOpen size={15} aria-hidden />
          ) : store === 'unavailable' ? (
            <ShieldAlert size={15} aria-hidden />
          ) : (
            <Lock size={15} aria-hidden />
          )}
        </span>
        <div className="min-w-0 flex-1">
          <h3 className="text-13 font-medium">Where your keys are kept</h3>
          <p className="text-12 text-ink-2">{toWords(status.data)}</p>
          {message !== null && store !== 'new' && <p className="text-12 text-waiting">{message}</p>}
        </div>
      </div>
      {needsPassphrase(status.data) && <Passphrase isNew={store === 'new'} />}
    </Card>
  );
}

function toWords({ store, protectedBy, names }: SecretStatus): string {
  const count = names.filter((entry) => entry.from === 'store').length;
  const held = count === 0 ? 'No key is stored yet.' : count === 1 ? 'One key is stored.' : `${count} keys are stored.`;
  switch (store) {
    case 'unlocked':
      return `${toProtection(protectedBy)} ${held}`;
    case 'locked':
      return 'Encrypted with your passphrase, and locked. Enter it once, and runs can use the keys until the host stops.';
    case 'new':
      if (protectedBy !== 'none') return `${toProtection(protectedBy)} ${held}`;
      return 'This system has no key store of its own. Choose a passphrase: your keys are encrypted with it and nobody can read them without.';
    case 'unavailable':
      return 'Keys cannot be stored here. Set them as environment variables before you start Heddle.';
  }
}

function toProtection(protectedBy: SecretStatus['protectedBy']): string {
  return protectedBy === 'platform'
    ? 'Encrypted by this system’s own key store.'
    : 'Encrypted with your passphrase, open until the host stops.';
}

const shortest = 8;

function Passphrase({ isNew }: { readonly isNew: boolean }) {
  const act = useAct();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const isOnline = useIsOnline();
  const isDifferent = isNew && again !== '' && again !== passphrase;
  const isReady = passphrase.length >= shortest && (!isNew || again === passphrase);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const isOpen = await act.run(() => getApi().secret.unlock({ passphrase }));
    if (!isOpen) return;
    setPassphrase('');
    setAgain('');
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['secrets'] }),
      queryClient.invalidateQueries({ queryKey: ['providers'] }),
    ]);
  };
  return (
    <form className="flex flex-col gap-2" onSubmit={(event) => void submit(event)}>
      <div className="flex items-start gap-2">
        <TextField
          className="min-w-0 flex-1"
          label="Passphrase"
          type="password"
          value={passphrase}
          help={isNew ? `At least ${shortest} characters. It cannot be recovered.` : undefined}
          onChange={(event) => setPassphrase(event.target.value)}
        />
        {isNew && (
          <TextField
            className="min-w-0 flex-1"
            label="Once more"
            type="password"
            value={again}
            problem={isDifferent ? 'Is not the same.' : null}
            onChange={(event) => setAgain(event.target.value)}
          />
        )}
        <Button type="submit" className="mt-5" isBusy={act.isBusy} disabled={!isReady || !isOnline}>
          {isNew ? 'Use this passphrase' : 'Unlock'}
        </Button>
      </div>
      {act.error !== null && <ErrorNote error={act.error} />}
    </form>
  );
}
