import { FolderOpen, Globe, Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { saveSettings, useSettings } from '../../state/settings.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Card, SectionHeader } from './section-parts.tsx';
import { useAct } from './use-act.ts';

/** Which folders and private addresses tools may reach besides the workspace and the open internet. */
export function FoldersSection() {
  const host = useConnection((store) => store.host);
  const { grants, grantedHosts } = useSettings((store) => store.settings);
  const isOnline = useIsOnline();
  const change = async (words: string, next: Parameters<typeof saveSettings>[0], before: Parameters<typeof saveSettings>[0]) => {
    try {
      await saveSettings(next);
      notifyDone(words, () => saveSettings(before));
    } catch (thrown) {
      notifyError(thrown);
    }
  };
  return (
    <>
      <SectionHeader
        title="Folders and hosts"
        text="File tools stay inside the workspace and the folders that you grant. Links that lead out, and the journal in .heddle, are always refused."
      />
      <Card label="Granted folders">
        <h3 className="text-13 font-medium">Granted folders</h3>
        <ul className="flex flex-col gap-1">
          {host !== null && (
            <Row icon={<FolderOpen size={14} aria-hidden />} text={host.workspace}>
              <Badge>workspace, always</Badge>
            </Row>
          )}
          {grants.map((grant) => (
            <Row key={grant.path} icon={<FolderOpen size={14} aria-hidden />} text={grant.path}>
              <Badge tone={grant.access === 'write' ? 'waiting' : 'neutral'}>{grant.access === 'write' ? 'read and write' : 'read'}</Badge>
              <IconButton
                size="small"
                label={`Take ${grant.path} back`}
                icon={<Trash2 size={14} />}
                disabled={!isOnline}
                onClick={() =>
                  void change(
                    'The folder is no longer granted',
                    { grants: grants.filter((other) => other.path !== grant.path) },
                    { grants },
                  )
                }
              />
            </Row>
          ))}
        </ul>
        <NewGrant />
      </Card>
      <Card label="Granted hosts">
        <h3 className="text-13 font-medium">Private addresses that fetch may reach</h3>
        <p className="text-12 text-ink-2">
          Public addresses need no grant. Addresses of this machine and your own network are refused unless they stand here.
        </p>
        <ul className="flex flex-col gap-1">
          {grantedHosts.map((name) => (
            <Row key={name} icon={<Globe size={14} aria-hidden />} text={name}>
              <IconButton
                size="small"
                label={`Take ${name} back`}
                icon={<Trash2 size={14} />}
                disabled={!isOnline}
                onClick={() =>
                  void change(
                    'The host is no longer granted',
                    { grantedHosts: grantedHosts.filter((other) => other !== name) },
                    { grantedHosts },
                  )
                }
              />
            </Row>
          ))}
        </ul>
        <NewHost />
      </Card>
    </>
  );
}

function Row({ icon, text, children }: { readonly icon: React.ReactNode; readonly text: string; readonly children: React.ReactNode }) {
  return (
    <li className="flex h-7 items-center gap-2">
      <span className="text-ink-2">{icon}</span>
      <span className="min-w-0 flex-1 truncate font-mono text-12" title={text}>
        {text}
      </span>
      {children}
    </li>
  );
}

function NewGrant() {
  const { grants } = useSettings((store) => store.settings);
  const isOnline = useIsOnline();
  const act = useAct();
  const [path, setPath] = useState('');
  const [access, setAccess] = useState<'read' | 'write'>('read');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await act.run(() => saveSettings({ grants: [...grants.filter((grant) => grant.path !== path), { path, access }] }))) setPath('');
  };
  return (
    <form className="flex flex-col gap-2 border-t border-line pt-3" onSubmit={(event) => void submit(event)}>
      <div className="flex items-end gap-2">
        <TextField
          label="Folder"
          isMono
          className="min-w-0 flex-1"
          value={path}
          placeholder="/home/you/notes"
          onChange={(event) => setPath(event.target.value)}
        />
        <Select
          label="Access"
          className="w-36"
          value={access}
          options={[
            { value: 'read', label: 'Read' },
            { value: 'write', label: 'Read and write' },
          ]}
          onChange={setAccess}
        />
        <Button type="submit" icon={<Plus size={13} />} isBusy={act.isBusy} disabled={path.trim() === '' || !isOnline}>
          Grant
        </Button>
      </div>
      {act.error !== null && <ErrorNote error={act.error} />}
    </form>
  );
}

function NewHost() {
  const { grantedHosts } = useSettings((store) => store.settings);
  const isOnline = useIsOnline();
  const act = useAct();
  const [name, setName] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await act.run(() => saveSettings({ grantedHosts: [...new Set([...grantedHosts, name.trim()])] }))) setName('');
  };
  return (
    <form className="flex flex-col gap-2 border-t border-line pt-3" onSubmit={(event) => void submit(event)}>
      <div className="flex items-end gap-2">
        <TextField
          label="Host, or host:port"
          isMono
          className="min-w-0 flex-1"
          value={name}
          placeholder="192.168.1.20:8080"
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" icon={<Plus size={13} />} isBusy={act.isBusy} disabled={name.trim() === '' || !isOnline}>
          Grant
        </Button>
      </div>
      {act.error !== null && <ErrorNote error={act.error} />}
    </form>
  );
}
