import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { PlatformKey } from '../secrets.ts';

/** The key in the Linux desktop's keyring through `secret-tool`; undefined where that program is not there. */
export async function findSecretToolKey(environment: Readonly<Record<string, string | undefined>>): Promise<PlatformKey | undefined> {
  const program = await findProgram('secret-tool', environment.PATH ?? '');
  if (program === undefined) return undefined;
  return {
    load: async () => {
      const { code, output, errors } = await run(program, ['lookup', ...attributes], '', environment);
      if (code === 0 && output !== '') return Buffer.from(output.trim(), 'base64');
      // Not found is an exit without a word; a keyring that cannot be reached says so.
      if (errors === '') return undefined;
      throw new Error(errors);
    },
    store: async (key) => {
      const { code, errors } = await run(
        program,
        ['store', '--label=Heddle keys', ...attributes],
        Buffer.from(key).toString('base64'),
        environment,
      );
      if (code !== 0) throw new Error(errors === '' ? `secret-tool ended with ${code}` : errors);
    },
  };
}

const attributes = ['application', 'heddle', 'purpose', 'secrets-key'];
/** A keyring that asks its user in a window no one sees would block for ever. */
const longestMs = 15_000;

async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry.startsWith('/'))) {
    const program = join(folder, name);
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return undefined;
}

/** What it takes to reach the desktop's keyring, and nothing that may be secret. */
function toDesktopEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const names = ['PATH', 'HOME', 'LANG', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/** The key goes through standard input, where no process list shows it. */
function run(
  program: string,
  args: readonly string[],
  input: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ code: number; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: toDesktopEnvironment(environment),
      timeout: longestMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, 4096);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(0, 1024);
    });
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code: code ?? 1, output, errors: signal === null ? errors.trim() : `secret-tool was stopped by ${signal}` }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
