import type { MenuItemConstructorOptions } from 'electron';

/** What a menu can ask for beyond what Electron does itself. */
export interface MenuActions {
  /** Sends the command to the window in front. */
  readonly runCommand: (commandId: string) => void;
  readonly openFolder: () => void;
  /** Workspaces that were opened before, the latest first. */
  readonly recent: readonly string[];
  readonly openWorkspace: (path: string) => void;
}

/** The menus of the app. Keys are shown, not registered: the window handles its own. */
export function buildMenu(
  platform: NodeJS.Platform,
  { runCommand, openFolder, recent, openWorkspace }: MenuActions,
): MenuItemConstructorOptions[] {
  const command = (id: string, label: string, accelerator?: string): MenuItemConstructorOptions => ({
    id,
    label,
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: () => runCommand(id),
  });
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        command('workflow.new', 'New Workflow', 'Alt+N'),
        { id: 'shell.openFolder', label: 'Open Folder…', accelerator: 'CmdOrCtrl+O', click: openFolder },
        {
          label: 'Open Recent',
          enabled: recent.length > 0,
          submenu: recent.map((path) => ({ id: `shell.recent:${path}`, label: path, click: () => openWorkspace(path) })),
        },
        separator,
        command('view.settings', 'Settings', 'CmdOrCtrl+,'),
        separator,
        command('tab.close', 'Close Tab', 'Alt+W'),
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu', label: '&Edit' },
    {
      label: '&View',
      submenu: [
        command('palette.open', 'Command Palette…', 'CmdOrCtrl+K'),
        separator,
        command('view.explorer', 'Explorer', 'CmdOrCtrl+Shift+E'),
        command('view.runs', 'Runs', 'CmdOrCtrl+Shift+U'),
        command('view.approvals', 'Approvals', 'CmdOrCtrl+Shift+A'),
        command('view.problems', 'Problems', 'CmdOrCtrl+Shift+M'),
        separator,
        command('view.togglePerspective', 'Build or Debug', 'CmdOrCtrl+`'),
        command('view.toggleSide', 'Side Panel', 'CmdOrCtrl+B'),
        command('view.toggleBottom', 'Bottom Panel', 'CmdOrCtrl+J'),
        command('view.toggleInspector', 'Inspector', 'CmdOrCtrl+I'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        separator,
        { role: 'reload', accelerator: 'CmdOrCtrl+Shift+R' },
        { role: 'toggleDevTools' },
      ],
    },
    {
      label: '&Run',
      submenu: [
        command('run.start', 'Run', 'F5'),
        command('run.startWith', 'Run With…', 'Alt+F5'),
        command('run.stop', 'Stop', 'Shift+F5'),
        command('run.resume', 'Resume'),
        separator,
        command('run.nextEvent', 'Next Event', 'F10'),
        command('run.previousEvent', 'Previous Event', 'Alt+F10'),
      ],
    },
    {
      role: 'help',
      label: '&Help',
      submenu: [
        command('view.welcome', 'Welcome'),
        command('help.keys', 'Keys and Version', 'CmdOrCtrl+/'),
        command('host.reconnect', 'Reconnect to the Host'),
      ],
    },
  ];
}

const separator: MenuItemConstructorOptions = { type: 'separator' };
