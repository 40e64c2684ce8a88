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
  const reason = whyInstall();
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
 * Why an install is needed, or undefined. npm itself leaves a stamp: node_modules/.package-lock.json, written last, lists what is there.
 * Optional packages for other platforms are not.
 */
function whyInstall() {
  const installed = readPackages('node_modules/.package-lock.json');
  if (installed === undefined) return 'node_modules is missing';
  const wanted = readPackages('package-lock.json') ?? {};
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link === true) continue;
    const found = installed[path];
    if (found === undefined ? entry.optional !== true : found.version !== entry.version)
      return `${path.slice('node_modules/'.length)} is not the locked version`;
  }
  return undefined;
}

/**
 * @param {string} lockfile
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function readPackages(lockfile) {
  try {
    return JSON.parse(readFileSync(inProject(lockfile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
