import { type ShellBridge, shellBridgeName } from '#shared/contract/shell-bridge.ts';
import { runCommand } from './commands.ts';

/** Lets the menus of the desktop app run commands; in a browser there are none. */
export function listenToMenus(): void {
  const { [shellBridgeName]: shell } = window as { [shellBridgeName]?: ShellBridge };
  shell?.onCommand(runCommand);
}
