/** A file or folder as the host lists it. */
export interface FolderEntry {
  readonly name: string;
  readonly path: string;
  readonly type: 'file' | 'folder';
  readonly bytes: number;
}

export interface FileRow {
  readonly entry: FolderEntry;
  readonly depth: number;
}

/** The visible lines of the file tree: folders before files, by name; workflow files have a list of their own. */
export function toFileRows(
  folders: ReadonlyMap<string, readonly FolderEntry[]>,
  open: ReadonlySet<string>,
  path = '',
  depth = 0,
): readonly FileRow[] {
  const entries = [...(folders.get(path) ?? [])].filter((entry) => !entry.name.endsWith('.heddle.json')).sort(byTypeAndName);
  return entries.flatMap((entry) => [
    { entry, depth },
    ...(entry.type === 'folder' && open.has(entry.path) ? toFileRows(folders, open, entry.path, depth + 1) : []),
  ]);
}

function byTypeAndName(a: FolderEntry, b: FolderEntry): number {
  if (a.type !== b.type) return a.type === 'folder' ? -1 : 1;
  return a.name.localeCompare(b.name, undefined, { numeric: true });
}
