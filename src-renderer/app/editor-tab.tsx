import type { IDockviewPanelHeaderProps } from 'dockview-react';
import { FileText, Gauge, History, MailX, Rocket, Settings, UserCheck, Workflow, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useLibrary } from '../state/library.ts';
import { useRuns } from '../state/runs.ts';
import { closeTab, type Tab, tabSchema, toTabId } from '../state/tabs.ts';
import { StatusDot } from '../ui/status-dot.tsx';
import { toTabTitle, toTabWords } from './tab-words.ts';

/**
 * A tab of the editor area. Its close mark is for the pointer only: a button inside a tab cannot be reached in order
 * (axe `nested-interactive`), so the keyboard closes tabs with the command's key.
 */
export function EditorTab({ params, api }: IDockviewPanelHeaderProps) {
  const tab = tabSchema.parse(params);
  const id = toTabId(tab);
  const library = useLibrary();
  const name = useRuns((runs) => toTabWords(tab, library, runs).name);
  const detail = useRuns((runs) => toTabWords(tab, library, runs).detail);
  const title = useRuns((runs) => toTabTitle(tab, library, runs));
  // The library reads the title aloud as the tab's name.
  useEffect(() => api.setTitle(title), [api, title]);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => (element.current === null ? undefined : keepFrontInView(api, element.current)), [api]);
  return (
    <div
      ref={element}
      className="group flex h-full max-w-50 items-center gap-2 pr-1.5 pl-3 text-12"
      onAuxClick={(event) => {
        if (event.button === 1) closeTab(id);
      }}
    >
      <span className="flex shrink-0 text-ink-2">
        <TabIcon tab={tab} />
      </span>
      <span className="min-w-0 truncate">{name}</span>
      {detail !== undefined && <span className="-ml-1 shrink-0">{detail}</span>}
      <span
        aria-hidden
        title="Close"
        className="flex size-5 items-center justify-center rounded-sm text-ink-2 opacity-0 group-hover:opacity-100 hover:bg-surface-3 hover:text-ink-1"
        onPointerDown={(event) => event.stopPropagation()}
        onClick={(event) => {
          event.stopPropagation();
          closeTab(id);
        }}
      >
        <X size={13} />
      </span>
    </div>
  );
}

/**
 * Shows the tab in front again when another comes to the front, and when this one or the strip changes its width. That is done
 * while resizes are observed: in an animation frame the library's scrollbar would write back where the strip was before.
 */
function keepFrontInView(api: IDockviewPanelHeaderProps['api'], tab: HTMLElement): () => void {
  let strip: Element | null = null;
  const observer = new ResizeObserver(() => {
    // A tab is drawn before it is put into the strip.
    if (strip === null) {
      strip = tab.closest('.dv-tabs-container');
      if (strip !== null) observer.observe(strip);
    }
    strip?.querySelector('.dv-active-tab')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  });
  const watch = () => {
    observer.disconnect();
    strip = null;
    observer.observe(tab);
  };
  watch();
  const activation = api.onDidActiveChange(watch);
  return () => {
    activation.dispose();
    observer.disconnect();
  };
}

function TabIcon({ tab }: { readonly tab: Tab }) {
  const status = useRuns((store) => (tab.type === 'run' ? store.byId[tab.runId]?.status : undefined));
  switch (tab.type) {
    case 'workflow':
      return <Workflow size={14} />;
    case 'run':
      return <StatusDot status={status ?? 'pending'} size={13} />;
    case 'recorded':
      return <History size={14} />;
    case 'file':
      return <FileText size={14} />;
    case 'approvals':
      return <UserCheck size={14} />;
    case 'lanes':
      return <Gauge size={14} />;
    case 'dead-letters':
      return <MailX size={14} />;
    case 'settings':
      return <Settings size={14} />;
    case 'welcome':
      return <Rocket size={14} />;
  }
}
