/** `npm run dev`: the window from Vite with hot reload, in front of a host that restarts when its sources change. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { createServer } from 'vite';
import { exitOf } from './lib/child.mjs';
import { readFlags } from './lib/flags.mjs';
import { startHost } from './lib/host.mjs';
import { callerFolder, inProject, refuse } from './lib/project.mjs';
import { openInBrowser } from './lib/system-browser.mjs';

const help = `npm run dev -- [flags]

  --workspace DIR  the folder to open
  --port N         the port of the page (default 5173)
  --host-port N    the port of the host behind it (default 5174)
  --no-open        print the address, open nothing`;

const flags = readFlags(
  {
    workspace: { type: 'string' },
    port: { type: 'string', default: '5173' },
    'host-port': { type: 'string', default: '5174' },
    'no-open': { type: 'boolean' },
  },
  help,
);
for (const name of ['port', 'host-port'] as const) {
  if (!/^\d+$/.test(String(flags[name]))) refuse(`--${name} ${flags[name]} is not a port.`, 2);
}

// Fixed for the session, so that the page finds the host again after each restart.
const token = randomBytes(24).toString('base64url');
const workspace = typeof flags.workspace === 'string' ? ['--workspace', resolve(callerFolder('dev'), flags.workspace)] : [];
const hostArgs = [
  '--watch',
  '--watch-preserve-output',
  inProject('src-main/host/main.ts'),
  '--port',
  String(flags['host-port']),
  '--token',
  token,
  ...workspace,
];

let isPageUp = false;
const host = startHost(process.execPath, hostArgs, ({ url }) => {
  console.log(`host ready on ${new URL(url).origin}`);
  if (isPageUp) return;
  isPageUp = true;
  void servePage(url);
});
process.exit(await exitOf(host));

async function servePage(hostUrl: string): Promise<void> {
  process.env.HEDDLE_DEV_HOST = hostUrl;
  const server = await createServer({ configFile: inProject('vite.config.ts'), server: { port: Number(flags.port) } });
  await server.listen();
  const page = `http://127.0.0.1:${flags.port}/${new URL(hostUrl).search}`;
  console.log(`\n  ${page}\n`);
  if (flags['no-open'] !== true) openInBrowser(page);
}
