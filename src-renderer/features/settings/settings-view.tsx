import { Cpu, Database, DollarSign, FolderLock, Gauge, Palette, Server } from 'lucide-react';
import type { ReactNode } from 'react';
import { useIsOnline } from '../../state/connection.ts';
import { useSettings } from '../../state/settings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { FoldersSection } from './folders-section.tsx';
import { JournalSection } from './journal-section.tsx';
import { LanesSection } from './lanes-section.tsx';
import { LooksSection } from './looks-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { PricesSection } from './prices-section.tsx';
import { type SettingsSection, sections, useSettingsSection } from './sections.ts';
import { ToolServersSection } from './tool-servers-section.tsx';

const icons: Readonly<Record<SettingsSection, ReactNode>> = {
  models: <Cpu size={15} aria-hidden />,
  tools: <Server size={15} aria-hidden />,
  lanes: <Gauge size={15} aria-hidden />,
  folders: <FolderLock size={15} aria-hidden />,
  prices: <DollarSign size={15} aria-hidden />,
  journal: <Database size={15} aria-hidden />,
  looks: <Palette size={15} aria-hidden />,
};

/** The settings of this user, one part at a time. */
export function SettingsView() {
  const section = useSettingsSection((store) => store.section);
  const isLoaded = useSettings((store) => store.isLoaded);
  const isOnline = useIsOnline();
  return (
    <div className="flex h-full">
      <nav aria-label="Settings" className="w-44 shrink-0 overflow-y-auto border-r border-line p-2">
        {sections.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            aria-current={id === section ? 'page' : undefined}
            className="flex h-7 w-full items-center gap-2 rounded-md px-2 text-left text-13 text-ink-2 hover:bg-surface-2 hover:text-ink-1 aria-[current]:bg-surface-3 aria-[current]:text-ink-1"
            onClick={() => useSettingsSection.setState({ section: id })}
          >
            {icons[id]}
            {title}
          </button>
        ))}
      </nav>
      <div className="min-w-0 flex-1 overflow-y-auto">
        {isLoaded ? (
          <div className="max-w-180 p-6">
            {!isOnline && (
              <p className="mb-4 rounded-md px-3 py-2 text-12 tint-waiting">
                Not connected: changes cannot be saved until the host is back.
              </p>
            )}
            <Section section={section} />
          </div>
        ) : (
          <div className="flex h-full items-center justify-center">
            {isOnline ? (
              <Spinner label="Loading settings" />
            ) : (
              <EmptyState title="Not connected" text="Settings are shown as soon as the host is back." />
            )}
          </div>
        )}
      </div>
    </div>
  );
}

function Section({ section }: { readonly section: SettingsSection }) {
  switch (section) {
    case 'models':
      return <ModelsSection />;
    case 'tools':
      return <ToolServersSection />;
    case 'lanes':
      return <LanesSection />;
    case 'folders':
      return <FoldersSection />;
    case 'prices':
      return <PricesSection />;
    case 'journal':
      return <JournalSection />;
    case 'looks':
      return <LooksSection />;
  }
}
