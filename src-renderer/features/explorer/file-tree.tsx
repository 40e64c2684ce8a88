import { useQueries } from '@tanstack/react-query';
import { FileJson, FileText, Folder, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { toCallError } from '../../state/call-error.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { folderQuery } from '../../state/queries.ts';
import { openTab } from '../../state/tabs.ts';
import { formatBytes } from '../../ui/format.ts';
import { Tree } from '../../ui/tree.tsx';
import { type FolderEntry, toFileRows } from './file-rows.ts';

/** The files of the workspace, one folder level loaded at a time. */
export function FileTree({ workspaceName }: { readonly workspaceName: string }) {
  const isOnline = useIsOnline();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string | null>(null);
  const paths = ['', ...open];
  const answers = useQueries({
    queries: paths.map((path) => ({
      queryKey: [folderQuery, path],
      queryFn: () => getApi().workspace.listFolder({ path }),
      enabled: isOnline,
    })),
  });
  const folders = new Map<string, readonly FolderEntry[]>(
    paths.flatMap((path, index) => (answers[index]?.data ? [[path, answers[index].data] as const] : [])),
  );
  const rows = toFileRows(folders, open);
  const failed = answers.find((answer) => answer.error !== null)?.error;
  const error = failed ? toCallError(failed) : null;
  const toggle = (path: string) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });
  if (error !== null && error.code !== 'host.unreachable')
    return <ErrorNote error={error} isCompact onRetry={() => void Promise.all(answers.map((answer) => answer.refetch()))} />;
  if (rows.length === 0) {
    return (
      <p className="px-2 py-1 text-12 text-ink-2">
        {folders.has('') ? `${workspaceName} has no files yet.` : isOnline ? 'Loading…' : 'Not connected.'}
      </p>
    );
  }
  return (
    <Tree
      label={`Files of ${workspaceName}`}
      rows={rows.map((row) => ({
        id: row.entry.path,
        depth: row.depth,
        label: row.entry.name,
        isExpanded: row.entry.type === 'folder' ? open.has(row.entry.path) : undefined,
        icon: <EntryIcon entry={row.entry} isOpen={open.has(row.entry.path)} />,
        trailing:
          row.entry.type === 'file' ? <span className="tabular text-11 text-ink-3">{formatBytes(row.entry.bytes)}</span> : undefined,
      }))}
      selectedId={selected}
      onSelect={(path) => {
        setSelected(path);
        if (rows.find((row) => row.entry.path === path)?.entry.type === 'file') openTab({ type: 'file', path });
      }}
      onToggle={toggle}
    />
  );
}

function EntryIcon({ entry, isOpen }: { readonly entry: FolderEntry; readonly isOpen: boolean }) {
  const Icon = entry.type === 'folder' ? (isOpen ? FolderOpen : Folder) : entry.name.endsWith('.json') ? FileJson : FileText;
  return <Icon size={14} aria-hidden className="shrink-0 text-ink-3" />;
}
