import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { refuse } from './project.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const otherPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The Chromium that browser tests drive; on Debian as root it is installed when there is none. Playwright downloads nothing. */
export function ensureChromium() {
  const chosen = process.env.HEDDLE_CHROMIUM;
  if (chosen) return existsSync(chosen) ? chosen : refuse(`HEDDLE_CHROMIUM is ${chosen}, and there is no such file.`);
  return findChromium() ?? installChromium();
}

function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...otherPlaces].find((file) => existsSync(file));
}

function installChromium() {
  const instruction = 'Install Chromium or Chrome (on Debian: apt-get install chromium), or point HEDDLE_CHROMIUM at one.';
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    return refuse(`browser tests need Chromium and none was found. ${instruction}`);
  console.error('Installing Chromium for the browser tests: apt-get install chromium, a minute or two …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    if (spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status !== 0)
      return refuse(`apt-get ${args[0]} failed. ${instruction}`);
  }
  return findChromium() ?? refuse(`apt-get installed chromium, but it is not on PATH. ${instruction}`);
}
