import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inProject, projectRoot, refuse } from './project.mjs';

/**
 * Installs the packages when what is in node_modules is not what the lockfile says. Output goes to standard error.
 *
 * Not `npm ci`: it refuses a lockfile that does not list the binaries for every other platform, and ours holds only those that could be
 * seen where it was made. `--no-save` takes what the lockfile pins, finds the rest, and leaves the lockfile as it is.
 */
export function ensureInstalled() {
  // npm leaves a stamp of its own: this file, written last, lists what is there.
  const reason = whyInstall(readPackages('package-lock.json') ?? {}, readPackages('node_modules/.package-lock.json'));
  if (reason === undefined) return;
  console.error(`Installing packages (${reason}), about a minute …`);
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectRoot,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    refuse(`npm install failed${npm.error ? ` (${npm.error.message})` : ''}. Look at its message above, check the network, and try again.`);
  }
}

/**
 * Packages by their path, as both lockfiles have them.
 * @typedef {Readonly<Record<string, { readonly version?: string, readonly optional?: boolean, readonly link?: boolean }>>} Packages
 */

/**
 * Why an install is needed, or undefined when all that is wanted is there. Optional packages for other platforms may be missing.
 * @param {Packages} wanted
 * @param {Packages | undefined} installed
 */
export function whyInstall(wanted, installed) {
  if (installed === undefined) return 'node_modules is missing';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link === true) continue;
    const found = installed[path];
    const isThere = found === undefined ? entry.optional === true : found.version === entry.version;
    if (!isThere) return `${path.slice('node_modules/'.length)} is not the locked version`;
  }
  return undefined;
}

/**
 * @param {string} lockfile
 * @returns {Packages | undefined}
 */
function readPackages(lockfile) {
  try {
    return JSON.parse(readFileSync(inProject(lockfile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
