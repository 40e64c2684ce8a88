/** The desktop app: one instance, a window and a host per workspace. It starts, shows and ends them, and decides nothing else. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, session, type WebContents } from 'electron';
import { commandChannel } from '#shared/contract/shell-bridge.ts';
import { findHeddleHome } from '../workspace/heddle-home.ts';
import { readRecentWorkspaces } from '../workspace/recent-workspaces.ts';
import { buildMenu } from './menu.ts';
import { readStartFlags, type StartFlags } from './start-flags.ts';
import { openStudio, type Studio } from './studio.ts';
import { openWindowStates, type WindowStates } from './window-state.ts';

const userData = join(findHeddleHome(process.env), 'shell');
mkdirSync(userData, { recursive: true, mode: 0o700 });
app.setPath('userData', userData);
const flags = readStartFlags(process.argv.slice(1), process.cwd());
const studios = new Set<Studio>();

// The lock lies in userData: another HEDDLE_HOME is another app.
if (app.requestSingleInstanceLock({ ...flags })) run();
else app.quit();

function run(): void {
  let states: WindowStates | undefined;
  const show = (wanted: StartFlags) => {
    states ??= openWindowStates(join(userData, 'windows.json'));
    showStudio(wanted, states);
  };

  void app.whenReady().then(() => {
    restrictPermissions();
    setMenu(show);
    show(flags);
    // By then a workspace may have been opened that was not among the recent ones.
    app.on('browser-window-focus', () => setMenu(show));
    app.on('second-instance', (_event, _argv, _cwd, wanted) => show(wanted as StartFlags));
    app.on('activate', () => studios.size === 0 && show({ workspace: undefined, port: undefined }));
  });
  app.on('window-all-closed', () => process.platform !== 'darwin' && app.quit());
  // Hosts are asked to end and waited for; the quit goes on when the last one has.
  app.on('will-quit', (event) => {
    if (studios.size === 0) return;
    event.preventDefault();
    void Promise.allSettled([...studios].map((studio) => studio.close())).then(() => app.quit());
  });
}

/** The window of this workspace comes to the front, or one is opened; without a workspace, the one that is there. */
function showStudio(wanted: StartFlags, states: WindowStates): void {
  const open = [...studios].filter(({ window }) => !window.isDestroyed());
  const existing = open.find((studio) => wanted.workspace === undefined || studio.workspace() === wanted.workspace);
  if (existing === undefined) {
    const studio = openStudio(wanted, states, () => studios.delete(studio));
    studios.add(studio);
    return;
  }
  if (existing.window.isMinimized()) existing.window.restore();
  existing.window.show();
  existing.window.focus();
}

function runCommand(commandId: string): void {
  (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents.send(commandChannel, commandId);
}

function setMenu(show: (wanted: StartFlags) => void): void {
  const openWorkspace = (workspace: string) => show({ workspace, port: undefined });
  const recent = readRecentWorkspaces(findHeddleHome(process.env)).filter((path) => existsSync(path));
  const menu = buildMenu(process.platform, { runCommand, openFolder: () => void openFolder(show), recent, openWorkspace });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
}

async function openFolder(show: (wanted: StartFlags) => void): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory', 'createDirectory'], title: 'Open a workspace' });
  for (const workspace of filePaths) show({ workspace, port: undefined });
}

/** The studio may notify and copy; camera, place, devices and the rest are refused without a question. */
function restrictPermissions(): void {
  const allowed: ReadonlySet<string> = new Set(['notifications', 'clipboard-sanitized-write']);
  const isStudio = (page: WebContents | null) => page !== null && BrowserWindow.fromWebContents(page) !== null;
  session.defaultSession.setPermissionRequestHandler((page, permission, decide) => decide(isStudio(page) && allowed.has(permission)));
  session.defaultSession.setPermissionCheckHandler((page, permission) => isStudio(page) && allowed.has(permission));
}
