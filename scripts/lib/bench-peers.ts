import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inProject, refuse } from './project.mjs';

const folder = inProject('tests/bench/peers');
const manifest = inProject('tests/bench/peers/package.json');
const stamp = inProject('tests/bench/peers/node_modules/.heddle-peers');

/** Installs the packages that we are measured against, unless they are those of the manifest already. */
export function ensurePeers(): void {
  const wanted = readFileSync(manifest, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing what the benches compare with (tests/bench/peers), a minute or two …');
  const npm = spawnSync('npm', ['install', '--legacy-peer-deps', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) refuse('npm install in tests/bench/peers failed; its message is above.');
  writeFileSync(stamp, wanted);
}
