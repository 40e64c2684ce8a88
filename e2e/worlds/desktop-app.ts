import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

const projectRoot = resolve(import.meta.dirname, '../..');
/** Never left to Playwright: looking for the electron package's executable would start a download. */
const executablePath = process.env.HEDDLE_ELECTRON || join(projectRoot, 'tests/standin-electron/electron');
const node = process.env.HEDDLE_NODE || join(projectRoot, 'node_modules/.bin/node');

/** A person's machine: a home and a workspace of its own, and the desktop app to start there as often as wanted. */
export interface DesktopWorld {
  readonly workspace: string;
  /** HEDDLE_HOME. */
  readonly home: string;
  newWorkspace(name: string): string;
  /** Starts the app; resolves when its window shows a connected studio. */
  start(): Promise<DesktopApp>;
  /** Starts the executable again beside a running app, as a second click would; resolves with its exit code. */
  startAgain(...args: string[]): Promise<number | null>;
  /** Ends what is left and removes the folders. */
  end(): Promise<void>;
}

/** A running app. */
export interface DesktopApp {
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly pid: number;
  /** The host of the first workspace, as the app's child. */
  hostPid(): number;
  hostPids(): number[];
}

/** Makes a fresh machine. `more` is added to the environment of what is started there. */
export function createDesktopWorld(more: Readonly<Record<string, string>> = {}): DesktopWorld {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-desktop-')));
  const newWorkspace = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const workspace = newWorkspace('workspace');
  const home = join(folder, 'home');
  const env = { ...definedEnvironment(), HEDDLE_HOME: home, HEDDLE_NODE: node, ...more };
  const running: ElectronApplication[] = [];
  return {
    workspace,
    home,
    newWorkspace,
    start: async () => {
      const electron = await _electron.launch({ executablePath, args: [projectRoot, '--workspace', workspace], env });
      running.push(electron);
      const page = await electron.firstWindow();
      await untilOnline(page);
      const pid = electron.process().pid as number;
      const hostPids = () => findHosts(pid);
      return {
        electron,
        page,
        pid,
        hostPids,
        hostPid: () => hostPids()[0] ?? fail(`The app ${pid} has no host among its children.`),
      };
    },
    startAgain: async (...args) => {
      const second = spawn(executablePath, ['--no-sandbox', projectRoot, ...args], { env, stdio: 'ignore' });
      const [code] = (await once(second, 'exit')) as [number | null];
      return code;
    },
    end: async () => {
      await Promise.all(running.map((electron) => electron.close().catch(() => undefined)));
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Waits until the studio in this page talks to its host. */
export async function untilOnline(page: Page): Promise<void> {
  await page.getByText('host ready', { exact: true }).waitFor();
}

/** Whether a process is there; one that has ended and was not yet fetched by its parent is not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** All descendants of a process, by the table of processes. */
export function descendantsOf(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const childrenOf = (parent: number): number[] =>
    pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...childrenOf(child)]);
  return childrenOf(pid);
}

/** The oldest first. */
function findHosts(appPid: number): number[] {
  const file = join(projectRoot, 'dist/main/host.js');
  return descendantsOf(appPid).filter((pid) => readCommandLine(pid).includes(file));
}

function readCommandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function fail(message: string): never {
  throw new Error(message);
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
