import { formatBytes } from '../../ui/format.ts';

interface FileChoiceProps {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly left: ReadonlySet<string>;
  readonly onChange: (left: ReadonlySet<string>) => void;
}

/** The files that may go along, each to be left out. */
export function FileChoice({ files, left, onChange }: FileChoiceProps) {
  if (files.length === 0) return <p className="text-12 text-ink-2">Its inputs name no files of this workspace.</p>;
  const toggle = (path: string) => {
    const next = new Set(left);
    if (!next.delete(path)) next.add(path);
    onChange(next);
  };
  return (
    <ul aria-label="Files that go along" className="flex max-h-48 flex-col gap-1 overflow-y-auto">
      {files.map(({ path, bytes }) => (
        <li key={path}>
          <label className="flex items-center gap-2 text-12">
            <input type="checkbox" checked={!left.has(path)} onChange={() => toggle(path)} />
            <span className="min-w-0 flex-1 truncate">{path}</span>
            <span className="tabular shrink-0 text-ink-2">{formatBytes(bytes)}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}
