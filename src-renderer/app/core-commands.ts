import { reconnectNow, useConnection } from '../state/connection.ts';
import { type SidePanel, showBottom, useLayout } from '../state/layout.ts';
import { saveSettings } from '../state/settings.ts';
import { activateNextTab, closeTab, openTab, selectActiveTab, useTabs } from '../state/tabs.ts';
import { type Command, registerCommands } from './commands.ts';
import { useDialogs } from './dialogs.ts';
import { setPerspective } from './perspective.ts';

const isWorkflowOpen = () => selectActiveTab(useTabs.getState())?.type === 'workflow';
const hasTab = () => useTabs.getState().activeId !== null;

function showApprovals(): void {
  showSide('approvals');
  openTab({ type: 'approvals' });
}

function showLanes(): void {
  showSide('lanes');
  openTab({ type: 'lanes' });
}

function showDeadLetters(): void {
  showSide('dead-letters');
  openTab({ type: 'dead-letters' });
}

function showSide(side: SidePanel): void {
  useLayout.setState({ side, isSideOpen: true });
}

const commands: readonly Command[] = [
  {
    id: 'palette.open',
    title: 'Find a command, workflow or run',
    group: 'View',
    keys: 'Mod+K',
    run: () => useDialogs.setState({ isPaletteOpen: true }),
  },
  {
    id: 'view.togglePerspective',
    title: 'Switch between Build and Debug',
    group: 'View',
    keys: 'Mod+`',
    run: () => setPerspective(useLayout.getState().perspective === 'build' ? 'debug' : 'build'),
  },
  { id: 'view.explorer', title: 'Show explorer', group: 'View', keys: 'Mod+Shift+E', run: () => showSide('explorer') },
  { id: 'view.runs', title: 'Show runs', group: 'View', keys: 'Mod+Shift+U', run: () => showSide('runs') },
  { id: 'view.approvals', title: 'Show approvals', group: 'View', keys: 'Mod+Shift+A', run: showApprovals },
  { id: 'view.lanes', title: 'Show lanes', group: 'View', keys: 'Mod+Shift+L', run: showLanes },
  { id: 'view.deadLetters', title: 'Show dead letters', group: 'View', keys: 'Mod+Shift+D', run: showDeadLetters },
  { id: 'view.settings', title: 'Open settings', group: 'Settings', keys: 'Mod+,', run: () => openTab({ type: 'settings' }) },
  { id: 'view.welcome', title: 'Open welcome and gallery', group: 'Help', run: () => openTab({ type: 'welcome' }) },
  {
    id: 'view.problems',
    title: 'Show problems',
    group: 'View',
    keys: 'Mod+Shift+M',
    when: isWorkflowOpen,
    run: () => showBottom('problems'),
  },
  {
    id: 'view.toggleSide',
    title: 'Show or hide the side panel',
    group: 'View',
    keys: 'Mod+B',
    run: () => useLayout.setState((layout) => ({ isSideOpen: !layout.isSideOpen })),
  },
  {
    id: 'view.toggleBottom',
    title: 'Show or hide the bottom panel',
    group: 'View',
    keys: 'Mod+J',
    run: () => useLayout.setState((layout) => ({ isBottomOpen: !layout.isBottomOpen })),
  },
  {
    id: 'view.toggleInspector',
    title: 'Show or hide the inspector',
    group: 'View',
    keys: 'Mod+I',
    run: () => useLayout.setState((layout) => ({ isInspectorOpen: !layout.isInspectorOpen })),
  },
  {
    id: 'tab.close',
    title: 'Close tab',
    group: 'View',
    keys: 'Alt+W',
    when: hasTab,
    run: () => closeTab(useTabs.getState().activeId as string),
  },
  { id: 'tab.next', title: 'Go to next tab', group: 'View', keys: 'Alt+PageDown', when: hasTab, run: () => activateNextTab(1) },
  { id: 'tab.previous', title: 'Go to previous tab', group: 'View', keys: 'Alt+PageUp', when: hasTab, run: () => activateNextTab(-1) },
  { id: 'theme.dark', title: 'Use dark theme', group: 'Settings', run: () => saveSettings({ theme: 'dark' }) },
  { id: 'theme.light', title: 'Use light theme', group: 'Settings', run: () => saveSettings({ theme: 'light' }) },
  { id: 'theme.system', title: 'Use the system’s theme', group: 'Settings', run: () => saveSettings({ theme: 'system' }) },
  {
    id: 'host.reconnect',
    title: 'Reconnect to the host now',
    group: 'Help',
    when: () => useConnection.getState().connection.status === 'offline',
    run: reconnectNow,
  },
  { id: 'help.keys', title: 'Keys and version', group: 'Help', keys: 'Mod+/', run: () => useDialogs.setState({ isHelpOpen: true }) },
];

/** Registers what the frame itself can do. */
export function registerCoreCommands(): void {
  registerCommands(commands);
}
