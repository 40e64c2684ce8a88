import { join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import { findHost } from './host-location.ts';
import { keepHost } from './host-process.ts';
import { canKeepPlatformKey, createPlatformKeyKeeper } from './platform-key.ts';
import type { StartFlags } from './start-flags.ts';
import { openStudioWindow } from './studio-window.ts';
import type { WindowStates } from './window-state.ts';

/** One workspace: its host and its window. */
export interface Studio {
  readonly window: BrowserWindow;
  /** As the host named it; before that, as it was asked for. */
  workspace(): string | undefined;
  /** Ends when the host has: resolves at once after the first time. */
  close(): Promise<void>;
}

/** Starts the host of a workspace and shows it in a window. The window's end is the host's. */
export function openStudio(flags: StartFlags, states: WindowStates, onClosed: () => void): Studio {
  const stateKey = flags.workspace ?? '';
  const { window, showHost } = openStudioWindow(states.get(stateKey), (state) => states.set(stateKey, state));
  const usesShellKey = canKeepPlatformKey();
  let workspace = flags.workspace;
  const host = keepHost({
    ...findHost({ appPath: app.getAppPath(), resourcesPath: process.resourcesPath, isPackaged: app.isPackaged }, process.env),
    workspace: flags.workspace,
    fixedPort: flags.port,
    lastPort: states.get(stateKey).port,
    env: { ...process.env, ...(usesShellKey ? { HEDDLE_PLATFORM_KEY: 'shell' } : {}) },
    ...(usesShellKey ? { onMessage: createPlatformKeyKeeper(join(app.getPath('userData'), 'secrets-key')) } : {}),
    onReady: (ready) => {
      workspace = ready.workspace;
      states.set(stateKey, { port: ready.port });
      if (!window.isDestroyed()) showHost(ready.url);
    },
    onStuck: (words) => void offerRetry(window, words).then((isWanted) => (isWanted ? host.retry() : window.destroy())),
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= host.close().finally(onClosed);
    return closed;
  };
  window.once('closed', () => void close());
  return { window, workspace: () => workspace, close };
}

async function offerRetry(window: BrowserWindow, words: string): Promise<boolean> {
  if (window.isDestroyed()) return false;
  window.show();
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The host of this workspace does not start.',
    detail: words === '' ? 'It ended without a word.' : words,
    buttons: ['Try again', 'Close'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}
