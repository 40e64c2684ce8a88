/** What the desktop shell gives the window as `window.heddleShell`; a browser has none. */
export interface ShellBridge {
  readonly platform: string;
  readonly versions: { readonly electron: string; readonly chrome: string };
  /** Calls `listener` with the id of each command that is chosen in a menu; returns what ends that. */
  onCommand(listener: (commandId: string) => void): () => void;
}

/** The name under which the window finds the bridge. */
export const shellBridgeName = 'heddleShell';

/** The one channel from the shell to the window: ids of commands. */
export const commandChannel = 'command';
