import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devtools, startChromium } from './devtools-pipe.ts';
import { requestLock } from './single-instance.ts';
import { BrowserWindow, emitPreventable, environment } from './windows.ts';

/** Electron's `app`: its events in its order. Chromium starts when the main script has run, unless that wanted to quit. */
export class App extends EventEmitter {
  readonly isPackaged: boolean;
  readonly name: string;
  readonly commandLine = { appendSwitch: () => undefined, hasSwitch: () => false };
  readonly #folder: string;
  readonly #ready = Promise.withResolvers<void>();
  readonly #paths = new Map<string, string>();
  #isReady = false;
  #isQuitting = false;
  #told: Promise<void> = Promise.resolve();
  #chromium: Devtools | undefined;

  constructor(folder: string, name: string, isPackaged: boolean) {
    super();
    this.#folder = folder;
    this.name = name;
    this.isPackaged = isPackaged;
    environment.onAllClosed = () => {
      if (this.#isQuitting) this.#afterWindows();
      else this.emit('window-all-closed');
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.quit());
  }

  async start(): Promise<void> {
    if (this.#isQuitting) return;
    const profile = join(this.getPath('userData'), 'chromium');
    mkdirSync(profile, { recursive: true });
    environment.chromium = startChromium(process.env.HEDDLE_CHROMIUM ?? 'chromium', [...chromiumFlags, `--user-data-dir=${profile}`]);
    this.#chromium = await environment.chromium;
    await this.#chromium.send('Target.setDiscoverTargets', { discover: true });
    this.#isReady = true;
    this.#ready.resolve();
    this.emit('ready');
  }

  chromium(): Devtools | undefined {
    return this.#chromium;
  }
  whenReady(): Promise<void> {
    return this.#ready.promise;
  }
  isReady(): boolean {
    return this.#isReady;
  }
  getAppPath(): string {
    return this.#folder;
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? (name === 'temp' ? tmpdir() : join(homedir(), '.config', this.name));
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  requestSingleInstanceLock(additionalData: object = {}): boolean {
    const own = { argv: process.argv, cwd: process.cwd(), additionalData };
    const { isFirst, told } = requestLock(this.getPath('userData'), own, (second) => {
      void this.whenReady().then(() => this.emit('second-instance', {}, second.argv, second.cwd, second.additionalData));
    });
    this.#told = told;
    return isFirst;
  }

  quit(): void {
    if (this.#isQuitting || emitPreventable(this, 'before-quit')) return;
    this.#isQuitting = true;
    const open = BrowserWindow.getAllWindows();
    for (const window of open) window.close();
    if (open.length === 0) this.#afterWindows();
  }
  exit(code = 0): void {
    process.exit(code);
  }

  #afterWindows(): void {
    if (emitPreventable(this, 'will-quit')) {
      this.#isQuitting = false;
      return;
    }
    this.emit('quit', {}, 0);
    void this.#told.then(() => this.#endChromium()).then(() => process.exit(0));
  }

  async #endChromium(): Promise<void> {
    if (this.#chromium === undefined) return;
    const chromium = this.#chromium.process;
    if (chromium.exitCode !== null || chromium.signalCode !== null) return;
    const ended = new Promise((resolve) => chromium.once('exit', resolve));
    // Chromium writes what pages have stored only when it ends in order.
    this.#chromium.send('Browser.close').catch(() => undefined);
    await ended;
  }
}

const chromiumFlags = [
  '--headless=new',
  '--no-startup-window',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-gpu',
  // Electron does not try again by itself either.
  '--disable-auto-reload',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
