import type { App } from './app.ts';
import { BrowserWindow, type WebContents } from './windows.ts';

type CheckHandler = (page: WebContents | null, permission: string) => boolean;

/** Electron's names of permissions, and Chromium's. */
const permissionNames: readonly (readonly [electron: string, chromium: string])[] = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['midi', 'midi'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
];

/** A session whose permission handlers decide what Chromium grants. */
export function createSession(app: App) {
  let check: CheckHandler = () => true;
  const apply = async (): Promise<void> => {
    const page = BrowserWindow.getAllWindows()[0]?.webContents ?? null;
    for (const [electronName, chromiumName] of permissionNames) {
      await app
        .chromium()
        ?.send('Browser.setPermission', { permission: { name: chromiumName }, setting: check(page, electronName) ? 'granted' : 'denied' });
    }
  };
  return {
    setPermissionCheckHandler: (handler: CheckHandler | null): void => {
      check = handler ?? (() => true);
      // The handler may ask for the window, which is opened after it is set.
      void app.whenReady().then(() => setImmediate(() => void apply()));
    },
    setPermissionRequestHandler: (): void => undefined,
  };
}
