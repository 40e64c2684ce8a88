import { useQuery } from '@tanstack/react-query';
import { ExternalLink, Folder } from 'lucide-react';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { CopyButton } from '../../ui/json-view.tsx';

/** The workspaces that were opened before; each has a window and a host of its own. */
export function RecentWorkspaces() {
  const isOnline = useIsOnline();
  const { data } = useQuery({ queryKey: ['recent-workspaces'], queryFn: () => getApi().workspace.recent(), enabled: isOnline });
  const others = (data ?? []).filter(({ isCurrent, isThere }) => !isCurrent && isThere).slice(0, 6);
  if (others.length === 0) return null;
  return (
    <section>
      <h2 className="section-label mb-2">Recent workspaces</h2>
      <ul aria-label="Recent workspaces" className="flex flex-col gap-1">
        {others.map(({ path, name, url }) => (
          <li key={path} className="flex h-8 items-center gap-2 rounded-md border border-line bg-surface-1 px-3 text-12">
            <Folder size={14} aria-hidden className="shrink-0 text-ink-2" />
            <span className="font-semibold">{name}</span>
            <span className="min-w-0 flex-1 truncate text-ink-2" title={path}>
              {path}
            </span>
            {url === null ? (
              <CopyButton text={`heddle serve --workspace ${JSON.stringify(path)}`} label={`Copy the command that opens ${name}`} />
            ) : (
              <a href={url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-accent hover:underline">
                Open
                <span className="sr-only"> {name} in another window</span>
                <ExternalLink size={12} aria-hidden />
              </a>
            )}
          </li>
        ))}
      </ul>
      <p className="mt-1 text-12 text-ink-2">In the desktop app they are under File, Open Recent.</p>
    </section>
  );
}
