/** `npm start`: installs what is missing, builds what is stale, and opens the studio. Runs on Node 20 with nothing installed. */
import { resolve } from 'node:path';
import { buildWhenStale } from './lib/build-when-stale.mjs';
import { exitOf, run } from './lib/child.mjs';
import { findElectron } from './lib/electron-binary.mjs';
import { readFlags } from './lib/flags.mjs';
import { startHost } from './lib/host.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { keepServing } from './lib/keep-serving.mjs';
import { environmentFor, findNode } from './lib/node24.mjs';
import { callerFolder, inProject, isInProject, projectRoot, refuse } from './lib/project.mjs';
import { openInBrowser } from './lib/system-browser.mjs';

const help = `npm start -- [flags]

Opens the studio: in Electron when its executable is here, else in the browser.

  --workspace DIR  the folder to open (default: the one opened last)
  --port N         the port to serve on (default: any free one)
  --browser        use the browser even when Electron is here
  --no-open        print the address, open nothing
  --help           print this`;

const flags = readFlags(
  { workspace: { type: 'string' }, port: { type: 'string' }, browser: { type: 'boolean' }, 'no-open': { type: 'boolean' } },
  help,
);
const port = flags.port === undefined ? undefined : Number(flags.port);
if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
  refuse(`--port ${flags.port} is not a port; give a number from 0 (any free one) to 65535.`, 2);
}
const hostArgs = [
  ...(port === undefined ? [] : ['--port', String(port)]),
  ...(flags.workspace === undefined ? [] : ['--workspace', resolve(callerFolder('start'), flags.workspace)]),
];

ensureInstalled();
const node = findNode();
await buildWhenStale(node);
const electron = chooseWindow();
process.exitCode = await ('file' in electron ? openWindow(electron.file) : serveInBrowser(electron.missing));

/** Electron's executable, or why this start goes without it. */
function chooseWindow() {
  const found = findElectron();
  if ('missing' in found) return found;
  if (flags.browser === true) return { missing: '--browser was given' };
  return flags['no-open'] === true ? { missing: '--no-open was given' } : found;
}

/** @param {string} executable */
function openWindow(executable) {
  // Chromium refuses to run as root inside its own sandbox.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return run(executable, [...asRoot, projectRoot, ...hostArgs], { env: environmentFor(node) });
}

/** @param {string} reason */
function serveInBrowser(reason) {
  if (!isInProject('dist/main/host.js'))
    refuse('the build has no host (dist/main/host.js). Run `npm run build -- --force` and read its warnings.');
  return keepServing((again) => {
    const args = again === undefined ? hostArgs : [...withoutPort(hostArgs), '--port', again.port];
    return new Promise((done) => {
      /** @type {string | undefined} */
      let port;
      const host = startHost(node, [inProject('dist/main/host.js'), ...args], ({ url }) => {
        port = new URL(url).port;
        if (again === undefined) announce(url, reason);
        else console.log('The host is back at the same address; what was running goes on.');
      });
      void exitOf(host).then((code) => done({ code, port: host.signalCode === 'SIGKILL' || code > 1 ? port : undefined }));
    });
  });
}

/**
 * @param {string} url
 * @param {string} reason
 */
function announce(url, reason) {
  const unopened = flags['no-open'] === true ? '--no-open was given' : openInBrowser(url);
  console.log(`Heddle is served for the browser, because ${reason}.\n`);
  console.log(`  ${url}\n`);
  console.log(`${unopened === undefined ? 'It opens by itself.' : `Open this address yourself (${unopened}).`} Ctrl-C stops it.`);
}

/** @param {readonly string[]} args */
function withoutPort(args) {
  const index = args.indexOf('--port');
  return index === -1 ? args : args.toSpliced(index, 2);
}
