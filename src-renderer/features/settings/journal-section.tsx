import { useQuery } from '@tanstack/react-query';
import { Archive, DatabaseBackup } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { JournalStatus } from '#shared/contract/journal.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone } from '../../app/notify.ts';
import { toCallError } from '../../state/call-error.ts';
import { getApi, useConnection, useIsOnline } from '../../state/connection.ts';
import { queryClient } from '../../state/queries.ts';
import { Button } from '../../ui/button.tsx';
import { formatBytes, formatCount, formatExactTime } from '../../ui/format.ts';
import { Select } from '../../ui/select.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toBackupWords, toCompactionWords } from './journal-words.ts';
import { Card, SectionHeader } from './section-parts.tsx';
import { useAct } from './use-act.ts';

/** What the journal of this workspace takes on disk, and how to keep it safe and small. */
export function JournalSection() {
  const isOnline = useIsOnline();
  const status = useQuery({ queryKey: ['journal'], queryFn: () => getApi().journal.status(), enabled: isOnline });
  return (
    <>
      <SectionHeader
        title="Journal"
        text="Everything that runs recorded, in the workspace’s .heddle folder. Backups and compaction go on beside runs and check every event."
      />
      <Failure thrown={status.error} />
      {status.isPending && isOnline && <Spinner label="Measuring the journal" />}
      {status.data !== undefined && (
        <>
          <Size status={status.data} />
          <BackUp status={status.data} />
          <Compact />
        </>
      )}
    </>
  );
}

/** Why the host did not answer; what only the lost connection explains is said elsewhere. */
function Failure({ thrown }: { readonly thrown: Error | null }) {
  const error = thrown === null ? null : toCallError(thrown);
  return error === null ? null : <ErrorNote error={error} />;
}

function Size({ status }: { readonly status: JournalStatus }) {
  return (
    <Card label="Size on disk">
      <h3 className="text-13 font-medium">Size on disk</h3>
      <dl className="tabular grid grid-cols-[1fr_auto] gap-y-1 text-12">
        <Line term={`${formatCount(status.runs, 'run')}, ${status.endedRuns} ended`} value={formatBytes(status.journalBytes)} />
        <Line term="Large payloads, stored once" value={formatBytes(status.blobBytes)} />
        <Line term="Snapshots, which open long runs quickly and may be deleted" value={formatBytes(status.cacheBytes)} />
      </dl>
    </Card>
  );
}

function Line({ term, value }: { readonly term: ReactNode; readonly value: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{term}</dt>
      <dd className="text-right">{value}</dd>
    </>
  );
}

function BackUp({ status: { lastBackup, backupFolder } }: { readonly status: JournalStatus }) {
  const isOnline = useIsOnline();
  const act = useAct();
  const [path, setPath] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const report = await getApi().journal.backUp(path.trim() === '' ? {} : { path: path.trim() });
      notifyDone(toBackupWords(report));
      await queryClient.invalidateQueries({ queryKey: ['journal'] });
    });
  };
  return (
    <Card label="Backup">
      <h3 className="text-13 font-medium">Backup</h3>
      <p className="text-12 text-ink-2">
        {lastBackup === null
          ? 'There is none yet.'
          : `The last one was written ${formatExactTime(lastBackup.atMs)}: ${lastBackup.path}, ${formatBytes(lastBackup.bytes)}.`}{' '}
        “heddle restore” brings a backup back while no host runs.
      </p>
      <form className="flex items-end gap-2" onSubmit={submit}>
        <TextField
          label="Into the folder or new file"
          isMono
          className="min-w-0 flex-1"
          value={path}
          placeholder={backupFolder}
          onChange={(event) => setPath(event.target.value)}
        />
        <Button type="submit" icon={<DatabaseBackup size={13} />} isBusy={act.isBusy} disabled={!isOnline}>
          Back up
        </Button>
      </form>
      {act.error !== null && <ErrorNote error={act.error} />}
    </Card>
  );
}

const ages = [
  { value: '0', label: 'ended' },
  { value: '7', label: 'ended over a week ago' },
  { value: '30', label: 'ended over 30 days ago' },
  { value: '365', label: 'ended over a year ago' },
] as const;

function Compact() {
  const isOnline = useIsOnline();
  const isReadOnly = useConnection((store) => store.host?.isReadOnly === true);
  const act = useAct();
  const [age, setAge] = useState<(typeof ages)[number]['value']>('30');
  const preview = useQuery({
    queryKey: ['journal', 'compaction', age],
    queryFn: () => getApi().journal.compact({ olderThanDays: Number(age), dryRun: true }),
    enabled: isOnline,
  });
  const compact = () =>
    void act.run(async () => {
      notifyDone(toCompactionWords(await getApi().journal.compact({ olderThanDays: Number(age) })));
      await queryClient.invalidateQueries({ queryKey: ['journal'] });
    });
  const isNothing = preview.data === undefined || preview.data.runs === 0;
  return (
    <Card label="Compaction">
      <h3 className="text-13 font-medium">Compaction</h3>
      <p className="text-12 text-ink-2">
        The events of old runs are compressed. Nothing is lost: they open, replay and are checked as before.
      </p>
      <div className="flex items-end gap-2">
        <Select label="Runs that" className="w-56" value={age} options={ages} onChange={setAge} />
        <p className="min-w-0 flex-1 pb-1.5 text-12 text-ink-2" aria-live="polite">
          {preview.data === undefined ? 'Looking…' : toCompactionWords(preview.data)}
        </p>
        <Button icon={<Archive size={13} />} isBusy={act.isBusy} disabled={!isOnline || isReadOnly || isNothing} onClick={compact}>
          Compact
        </Button>
      </div>
      <Failure thrown={preview.error} />
      {act.error !== null && <ErrorNote error={act.error} />}
    </Card>
  );
}
