import { History, Tag } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { VersionEntry } from '#shared/contract/histories.ts';
import { runCommand } from '../../app/commands.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { useConnection, useIsOnline } from '../../state/connection.ts';
import { listOpenWindows, windowId } from '../../state/window-identity.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Segments } from '../../ui/segments.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { chooseVersion, useHistory } from './history-state.ts';
import { toTitle, toWho } from './history-words.ts';
import { useVersions } from './use-versions.ts';
import { VersionDetails } from './version-details.tsx';

/** What was done to the workflow in front, by whom and when; one version looked at, compared and brought back. */
export function HistoryPanel({ path }: { readonly path: string }) {
  const onlyNamed = useHistory((store) => store.onlyNamed);
  const chosen = useHistory((store) => store.chosen[path]);
  const isOnline = useIsOnline();
  const isReadOnly = useConnection((store) => store.host?.isReadOnly ?? false);
  const versions = useVersions(path, onlyNamed);
  const { entries, error } = versions;
  const openWindows = useOpenWindows(entries);
  if (entries === null) {
    if (!isOnline) return <EmptyState isCompact title="Not connected" text="The history is shown as soon as the host is back." />;
    if (error !== null)
      return (
        <div className="p-3">
          <ErrorNote error={error} isCompact onRetry={versions.retry} />
        </div>
      );
    return (
      <div className="px-4 py-3">
        <Spinner label="Reading the history" />
      </div>
    );
  }
  const previousOf = (index: number) => entries[index + 1]?.seq ?? 1;
  const index = entries.findIndex(({ seq }) => seq === chosen?.seq);
  return (
    <div className="flex h-full min-h-0">
      <div className="flex w-2/5 max-w-104 min-w-48 shrink-0 flex-col border-r border-line">
        <div className="flex flex-wrap items-center gap-2 px-3 pb-1.5">
          <Segments
            label="Which versions"
            value={onlyNamed ? 'named' : 'all'}
            options={[
              { value: 'all', label: 'All' },
              { value: 'named', label: 'Named' },
            ]}
            onChange={(value) => useHistory.setState({ onlyNamed: value === 'named' })}
          />
          {!isReadOnly && (
            <Button size="small" icon={<Tag size={13} />} onClick={() => runCommand('history.nameVersion')}>
              Name what is there now
            </Button>
          )}
          {!isOnline && <span className="text-12 text-ink-2">Not connected</span>}
        </div>
        {entries.length === 0 ? (
          <EmptyState
            isCompact
            icon={<History size={18} />}
            title={onlyNamed ? 'No version has a name yet' : 'Nothing was changed yet'}
            text={onlyNamed ? 'Choose a version and name it, to find it again.' : 'Every edit appears here, with the way back to it.'}
          />
        ) : (
          <VirtualList
            label="Versions, the newest first"
            className="min-h-0 flex-1"
            items={entries}
            rowHeight={44}
            toKey={({ seq }) => seq}
            selectedIndex={index}
            onSelect={(entry, at) => chooseVersion(path, entry, previousOf(at))}
          >
            {(entry, _index, isSelected) => <Row entry={entry} who={toWho(entry, windowId, openWindows)} isSelected={isSelected} />}
          </VirtualList>
        )}
        {versions.hasMore && (
          <Button size="small" tone="quiet" className="m-1" isBusy={versions.isLoadingMore} onClick={versions.loadMore}>
            Show earlier versions
          </Button>
        )}
      </div>
      <div className="min-w-0 flex-1">
        {chosen === undefined ? (
          <EmptyState isCompact title="Choose a version" text="Its differences are shown on the canvas and listed here." />
        ) : (
          <VersionDetails
            path={path}
            entry={entries[index] ?? chosen}
            previous={index === -1 ? 1 : previousOf(index)}
            isReadOnly={isReadOnly}
          />
        )}
      </div>
    </div>
  );
}

function Row({ entry, who, isSelected }: { readonly entry: VersionEntry; readonly who: string; readonly isSelected: boolean }) {
  const { name, words, conflicts, atMs } = entry;
  return (
    <span className={`flex h-full flex-col justify-center px-3 ${isSelected ? 'bg-surface-3' : 'hover:bg-surface-2'}`}>
      <span className="flex items-center gap-2 text-12">
        <span className="min-w-0 truncate text-ink-1">{toTitle(entry)}</span>
        {name !== null && <span className="max-w-40 shrink-0 truncate rounded-sm bg-surface-3 px-1.5 text-11 text-accent">{name}</span>}
        {conflicts.length > 0 && <span className="shrink-0 text-11 text-waiting">both had changed it</span>}
        <RelativeTime atMs={atMs} className="ml-auto shrink-0 text-11 text-ink-2" />
      </span>
      <span className="flex gap-2 text-11 text-ink-2">
        <span className="min-w-0 flex-1 truncate">{words}</span>
        <span className="shrink-0">{who}</span>
      </span>
    </span>
  );
}

/** The windows that are open, looked at whenever the list has changed. */
function useOpenWindows(entries: readonly VersionEntry[] | null): ReadonlySet<string> {
  const [windows, setWindows] = useState<ReadonlySet<string>>(() => new Set([windowId]));
  const count = entries?.[0]?.seq ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new entry is the reason to look again.
  useEffect(() => {
    void listOpenWindows().then(setWindows, () => undefined);
  }, [count]);
  return windows;
}
