import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HeddleError } from '#shared/base/errors.ts';
import { readConfiguration } from '../workspace/configuration.ts';
import { findHeddleHome } from '../workspace/heddle-home.ts';
import { readRecentWorkspaces } from '../workspace/recent-workspaces.ts';
import { serve, toStartFailure } from './serve.ts';

/** The host as a program: what the shell, `npm start` and tests spawn. */
try {
  await start();
} catch (error) {
  console.error(toStartFailure(error));
  process.exit(error instanceof HeddleError && error.code === 'config.invalid' ? 2 : 1);
}

async function start(): Promise<void> {
  const flags = readFlags();
  const fallbackWorkspace = flags.workspace ?? process.env.HEDDLE_WORKSPACE ?? lastWorkspace();
  const configuration = await readConfiguration({ env: process.env, cwd: process.cwd(), fallbackWorkspace, flags });
  await serve(configuration, {
    saysJson: process.env.HEDDLE_READY_JSON === '1',
    write: (line) => process.stdout.write(`${line}\n`),
    onClosed: () => process.exit(0),
  });
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        workspace: { type: 'string' },
        port: { type: 'string' },
        token: { type: 'string' },
        'read-only': { type: 'boolean' },
        'log-level': { type: 'string' },
      },
    });
    return {
      workspace: values.workspace,
      port: values.port,
      token: values.token,
      readOnly: values['read-only'],
      logLevel: values['log-level'],
    };
  } catch (error) {
    throw new HeddleError(
      'config.invalid',
      `${error instanceof Error ? error.message : String(error)} Flags: --workspace DIR, --port N, --token TEXT, --read-only, --log-level LEVEL.`,
    );
  }
}

/** The workspace opened last; on a new machine a folder of its own. */
function lastWorkspace(): string {
  const home = findHeddleHome(process.env);
  const last = readRecentWorkspaces(home).find((folder) => existsSync(folder));
  if (last !== undefined) return last;
  const folder = process.env.HEDDLE_HOME ? join(home, 'workspace') : join(homedir(), 'Heddle');
  mkdirSync(folder, { recursive: true });
  return folder;
}
