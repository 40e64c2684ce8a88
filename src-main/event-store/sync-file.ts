import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';

/** Waits until a file, or the list of names in a folder, is on disk. Windows has no such call for folders and needs none. */
export function syncFile(path: string): void {
  if (process.platform === 'win32' && statSync(path).isDirectory()) return;
  const handle = openSync(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
