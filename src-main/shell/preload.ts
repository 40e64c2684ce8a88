/** Runs in the window before its page, sandboxed and isolated: all that the page gets of Electron is this bridge. */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { commandChannel, type ShellBridge, shellBridgeName } from '#shared/contract/shell-bridge.ts';

const bridge: ShellBridge = {
  platform: process.platform,
  versions: { electron: process.versions.electron, chrome: process.versions.chrome },
  onCommand: (listener) => {
    // The event stays here: it would carry ipcRenderer itself into the page.
    const pass = (_event: IpcRendererEvent, commandId: string) => listener(commandId);
    ipcRenderer.on(commandChannel, pass);
    return () => void ipcRenderer.off(commandChannel, pass);
  },
};

contextBridge.exposeInMainWorld(shellBridgeName, bridge);
