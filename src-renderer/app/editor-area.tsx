import { type DockviewApi, DockviewReact, type DockviewReadyEvent, type IDockviewPanelProps } from 'dockview-react';
import { useCallback } from 'react';
import { readDock, useLayout, writeDock } from '../state/layout.ts';
import { useLibrary } from '../state/library.ts';
import { useRuns } from '../state/runs.ts';
import { connectTabArea, type Tab, tabSchema, toTabId, useTabs } from '../state/tabs.ts';
import { EditorTab } from './editor-tab.tsx';
import { EmptyEditor } from './empty-editor.tsx';
import { PanelSlot } from './panel-slot.tsx';
import { toPerspective } from './perspective.ts';
import { toTabTitle } from './tab-words.ts';
import './studio.css';

/** The docked tabs in the middle: they can be dragged, split and closed, and come back after a restart. */
export function EditorArea() {
  const onReady = useCallback(({ api }: DockviewReadyEvent) => {
    restore(api);
    api.onDidLayoutChange(() => writeDock(api.toJSON()));
    for (const changed of [api.onDidAddPanel, api.onDidRemovePanel, api.onDidActivePanelChange]) changed(() => publish(api));
    publish(api);
    connectTabArea(toTabArea(api));
  }, []);
  return (
    <DockviewReact
      className="heddle-dock"
      theme={theme}
      components={components}
      tabComponents={tabComponents}
      defaultTabComponent={EditorTab}
      watermarkComponent={EmptyEditor}
      disableFloatingGroups
      onReady={onReady}
    />
  );
}

const theme = { name: 'heddle', className: 'heddle-dock' };
const components = { tab: TabPanel };
const tabComponents = { tab: EditorTab };

function TabPanel({ params }: IDockviewPanelProps) {
  const tab = tabSchema.parse(params);
  return <div className="h-full bg-canvas">{toContent(tab)}</div>;
}

function toContent(tab: Tab) {
  const id = toTabId(tab);
  switch (tab.type) {
    case 'workflow':
      return <PanelSlot id="workflow-editor" path={tab.path} tabId={id} />;
    case 'run':
    case 'recorded':
      return <PanelSlot id="run-view" runKey={id} />;
    case 'file':
      return <PanelSlot id="file" path={tab.path} />;
    case 'approvals':
      return <PanelSlot id="approvals-inbox" />;
    case 'lanes':
      return <PanelSlot id="lanes" />;
    case 'dead-letters':
      return <PanelSlot id="dead-letter" />;
    case 'settings':
      return <PanelSlot id="settings" />;
    case 'welcome':
      return <PanelSlot id="welcome" />;
  }
}

function toTabArea(api: DockviewApi) {
  return {
    open(tab: Tab) {
      const id = toTabId(tab);
      const panel = api.getPanel(id);
      if (panel === undefined) {
        // The library reads the title aloud as the tab opens.
        const title = toTabTitle(tab, useLibrary.getState(), useRuns.getState());
        api.addPanel({ id, component: 'tab', tabComponent: 'tab', title, params: tab });
      } else panel.api.setActive();
    },
    close(id: string) {
      const panel = api.getPanel(id);
      if (panel !== undefined) api.removePanel(panel);
    },
    activateNext(step: 1 | -1) {
      const index = api.panels.findIndex((panel) => panel.id === api.activePanel?.id);
      api.panels.at((index + step) % api.panels.length)?.api.setActive();
    },
  };
}

/** Brings back the docked tabs; a layout that cannot be read is left behind rather than shown broken. */
function restore(api: DockviewApi): void {
  const dock = readDock();
  if (dock === null) return;
  try {
    api.fromJSON(dock as Parameters<DockviewApi['fromJSON']>[0]);
    for (const panel of [...api.panels]) if (!tabSchema.safeParse(panel.params).success) api.removePanel(panel);
  } catch {
    api.clear();
  }
}

/** Tells the stores which tabs are open and which is in front; the perspective follows the tab. */
function publish(api: DockviewApi): void {
  const open = api.panels.flatMap((panel) => tabSchema.safeParse(panel.params).data ?? []);
  const active = open.find((tab) => toTabId(tab) === api.activePanel?.id) ?? null;
  const perspective = toPerspective(active);
  useTabs.setState((before) => {
    const isOpen = (tab: Tab | null) => tab !== null && open.some((candidate) => toTabId(candidate) === toTabId(tab));
    return {
      open,
      activeId: active === null ? null : toTabId(active),
      lastWorkflow: perspective === 'build' ? active : isOpen(before.lastWorkflow) ? before.lastWorkflow : null,
      lastRun: perspective === 'debug' ? active : isOpen(before.lastRun) ? before.lastRun : null,
    };
  });
  if (perspective !== null && perspective !== useLayout.getState().perspective) {
    useLayout.setState({ perspective, side: perspective === 'build' ? 'explorer' : 'runs' });
  }
}
