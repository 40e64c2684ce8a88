import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, isInProject } from './project.mjs';

/**
 * Where Electron's executable is, or why there is none. Only looks: requiring the package would start a download.
 * @returns {{ readonly file: string } | { readonly missing: string }}
 */
export function findElectron() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (folder) {
    const file = join(folder, executableName());
    return existsSync(file) ? { file } : { missing: `ELECTRON_OVERRIDE_DIST_PATH is ${folder}, which has no ${executableName()}` };
  }
  if (!isInProject('node_modules/electron/package.json')) return { missing: 'the electron package is not installed' };
  const path = readPathFile();
  if (path === undefined) return { missing: "Electron's executable was never downloaded (node node_modules/electron/install.js does it)" };
  const file = inProject('node_modules/electron/dist', path);
  return existsSync(file) ? { file } : { missing: `Electron's executable is not at ${file}` };
}

/** The package writes this file when its executable has arrived. */
function readPathFile() {
  try {
    return readFileSync(inProject('node_modules/electron/path.txt'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function executableName() {
  if (process.platform === 'win32') return 'electron.exe';
  return process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
}
