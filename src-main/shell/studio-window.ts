import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen, shell } from 'electron';
import { isOfHost, toExternalAddress } from './addresses.ts';
import { toVisibleBounds, type WindowState } from './window-state.ts';

/** A window that shows a host's pages and nothing else. */
export interface StudioWindow {
  readonly window: BrowserWindow;
  /** Shows this host. A page that is already there reconnects by itself and is left alone. */
  showHost(url: string): void;
}

/** Opens a window, closed to everything but the host: no Node, sandboxed, no other page, no second window. */
export function openStudioWindow(state: WindowState, onState: (state: WindowState) => void): StudioWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    ...toVisibleBounds(
      state.bounds,
      screen.getAllDisplays().map(({ workArea }) => workArea),
    ),
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Heddle',
    // The colours of the canvas, so that nothing flashes before the page is there.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1014' : '#f5f6f8',
    webPreferences: {
      preload: join(app.getAppPath(), 'dist', 'main', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (state.isMaximised === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => onState({ bounds: window.getNormalBounds(), isMaximised: window.isMaximized() }));

  const page = window.webContents;
  let hostUrl = '';
  let isBroken = true;
  const load = () => {
    isBroken = false;
    // A failure is told by did-fail-load.
    page.loadURL(hostUrl).catch(() => undefined);
  };

  const stayWithHost = (event: { readonly url: string; readonly isMainFrame: boolean; preventDefault(): void }) => {
    if (isOfHost(event.url, hostUrl)) return;
    event.preventDefault();
    if (event.isMainFrame) openExternal(event.url);
  };
  page.on('will-frame-navigate', stayWithHost);
  page.on('will-redirect', stayWithHost);
  page.on('will-attach-webview', (event) => event.preventDefault());
  page.setWindowOpenHandler(({ url }) => {
    openExternal(url);
    return { action: 'deny' };
  });
  page.on('did-fail-load', (_event, _code, _description, _url, isMainFrame) => {
    isBroken ||= isMainFrame;
  });
  page.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') setTimeout(() => !window.isDestroyed() && load(), restartPageMs);
  });

  return {
    window,
    showHost: (url) => {
      const isSame = isOfHost(url, hostUrl);
      hostUrl = url;
      if (!isSame || isBroken) load();
    },
  };
}

/** A page that dies at once would otherwise be loaded without end at full speed. */
const restartPageMs = 1_000;

function openExternal(address: string): void {
  const allowed = toExternalAddress(address);
  if (allowed !== undefined) void shell.openExternal(allowed);
}
