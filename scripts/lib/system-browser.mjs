import { spawn } from 'node:child_process';

/**
 * Opens an address in the person's browser, or says why it cannot.
 * @param {string} url
 * @returns {string | undefined} why nothing was opened
 */
export function openInBrowser(url) {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display';
  const [command, args] = openCommand(url);
  const opener = spawn(command, args, { stdio: 'ignore', detached: true });
  opener.once('error', () => console.error(`heddle: could not start ${command}; open the address yourself.`));
  opener.unref();
  return undefined;
}

/**
 * @param {string} url
 * @returns {[string, string[]]}
 */
function openCommand(url) {
  if (process.platform === 'darwin') return ['open', [url]];
  if (process.platform === 'win32') return ['cmd', ['/c', 'start', '""', url.replaceAll('&', '^&')]];
  return ['xdg-open', [url]];
}
