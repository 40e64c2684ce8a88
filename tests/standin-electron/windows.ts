import { EventEmitter } from 'node:events';
import { readTextFile } from './archive.ts';
import type { Devtools, Json } from './devtools-pipe.ts';
import { emitName, openBinding, toPageScript } from './page-script.ts';

interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface WindowOptions extends Partial<Bounds> {
  readonly show?: boolean;
  readonly webPreferences?: Readonly<Record<string, unknown>> & { readonly preload?: string };
}

const windows = new Set<BrowserWindow>();
let focused: BrowserWindow | null = null;
/** Set by the app: Chromium once it runs, and what to do when the last window is gone. */
export const environment: { chromium: Promise<Devtools>; onAllClosed: () => void } = {
  chromium: Promise.reject(new Error('Chromium was not started')),
  onAllClosed: () => undefined,
};
environment.chromium.catch(() => undefined);

/** An event whose default a listener may prevent. */
export function emitPreventable(emitter: EventEmitter, name: string, details: object = {}, ...args: unknown[]): boolean {
  let isPrevented = false;
  const event = {
    ...details,
    preventDefault: () => {
      isPrevented = true;
    },
    get defaultPrevented() {
      return isPrevented;
    },
  };
  emitter.emit(name, event, ...args);
  return isPrevented;
}

/** A page of Chromium behind Electron's interface, as far as the shell uses it. */
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  #bounds: Bounds;
  #isMaximised = false;
  #isMinimised = false;
  #isVisible: boolean;

  constructor(options: WindowOptions = {}) {
    super();
    const { width = 800, height = 600, x = 0, y = 0 } = options;
    this.#bounds = { x, y, width, height };
    this.#isVisible = options.show !== false;
    windows.add(this);
    this.webContents = new WebContents(this, options.webPreferences ?? {});
    this.#resizePage();
  }

  show(): void {
    this.#isVisible = true;
    this.focus();
    this.emit('show');
  }
  isVisible(): boolean {
    return this.#isVisible;
  }
  focus(): void {
    focused = this;
    this.emit('focus');
  }
  isFocused(): boolean {
    return focused === this;
  }
  minimize(): void {
    this.#isMinimised = true;
  }
  restore(): void {
    this.#isMinimised = false;
  }
  isMinimized(): boolean {
    return this.#isMinimised;
  }
  maximize(): void {
    this.#isMaximised = true;
  }
  unmaximize(): void {
    this.#isMaximised = false;
  }
  isMaximized(): boolean {
    return this.#isMaximised;
  }
  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.#resizePage();
  }
  getBounds(): Bounds {
    return this.#bounds;
  }
  getNormalBounds(): Bounds {
    return this.#bounds;
  }
  isDestroyed(): boolean {
    return !windows.has(this);
  }
  close(): void {
    if (!this.isDestroyed() && !emitPreventable(this, 'close')) this.destroy();
  }
  destroy(): void {
    this.webContents.closePage();
  }
  /** The page is gone, whoever closed it. */
  onPageGone(): void {
    if (!windows.delete(this)) return;
    if (focused === this) focused = null;
    this.emit('closed');
    if (windows.size === 0) environment.onAllClosed();
  }

  #resizePage(): void {
    const { width, height } = this.#bounds;
    void this.webContents.call(async (send, targetId) => {
      const { windowId } = await send('Browser.getWindowForTarget', { targetId });
      await send('Browser.setWindowBounds', { windowId, bounds: { width, height } });
    });
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }
  static getFocusedWindow(): BrowserWindow | null {
    return focused;
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null;
  }
}

interface Frame {
  readonly url: string;
  readonly parentId?: string;
  /** The address that could not be loaded, when this is the page that says so. */
  readonly unreachableUrl?: string;
}

type Send = (method: string, params?: Json) => Promise<Json>;

/** The page itself. */
export class WebContents extends EventEmitter {
  readonly #window: BrowserWindow;
  readonly #preferences: object;
  readonly #page: Promise<{ send: Send; targetId: string }>;
  #targetId = '';
  #url = '';
  #openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  /** Addresses to which the page asked to go and has not been answered yet. */
  readonly #asked = new Set<string>();

  constructor(window: BrowserWindow, preferences: NonNullable<WindowOptions['webPreferences']>) {
    super();
    this.#window = window;
    this.#preferences = preferences;
    this.#page = this.#open(preferences.preload);
    this.#page.catch((error: unknown) => console.error('stand-in: no page for this window', error));
  }

  async loadURL(url: string): Promise<void> {
    const { send } = await this.#page;
    const loaded = new Promise<void>((resolve) => this.once('did-finish-load', resolve));
    const { errorText } = (await send('Page.navigate', { url })) as { errorText?: string };
    if (errorText !== undefined) throw new Error(`${errorText} loading ${url}`);
    await loaded;
  }
  async call(work: (send: Send, targetId: string) => Promise<unknown>): Promise<void> {
    // A page that closes meanwhile has nothing to answer.
    await this.#page.then(({ send, targetId }) => work(send, targetId)).catch(() => undefined);
  }
  send(channel: string, ...args: unknown[]): void {
    const expression = `window.${emitName}?.(${JSON.stringify(channel)}, ${JSON.stringify(args)})`;
    void this.call((send) => send('Runtime.evaluate', { expression }));
  }
  getLastWebPreferences(): object {
    return this.#preferences;
  }
  getURL(): string {
    return this.#url;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#openHandler = handler;
  }
  isDestroyed(): boolean {
    return this.#window.isDestroyed();
  }
  close(): void {
    this.#window.close();
  }
  closePage(): void {
    void this.call((send, targetId) => send('Target.closeTarget', { targetId }));
  }

  async #open(preload: string | undefined): Promise<{ send: Send; targetId: string }> {
    const chromium = await environment.chromium;
    const { targetId } = (await chromium.send('Target.createTarget', { url: 'about:blank', newWindow: true })) as { targetId: string };
    this.#targetId = targetId;
    chromium.onBrowser((method, params) => {
      if (method === 'Target.targetDestroyed' && params.targetId === targetId) this.#window.onPageGone();
    });
    chromium.process.once('exit', () => this.#window.onPageGone());
    const { sessionId } = (await chromium.send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
    const send: Send = (method, params) =>
      chromium.send(method, params, method.startsWith('Target.') || method.startsWith('Browser.') ? undefined : sessionId);
    chromium.on(sessionId, (method, params) => this.#receive(method, params, send));
    await send('Runtime.addBinding', { name: openBinding });
    await send('Runtime.enable');
    await send('Page.enable');
    await send('Page.addScriptToEvaluateOnNewDocument', {
      source: toPageScript(preload === undefined ? '' : readTextFile(preload)),
    });
    await send('Fetch.enable', { patterns: [{ resourceType: 'Document' }] });
    return { send, targetId };
  }

  #receive(method: string, params: Json, send: Send): void {
    if (method === 'Runtime.bindingCalled') this.#onOpen(String(params.payload));
    else if (method === 'Page.frameRequestedNavigation') this.#onAsked(String(params.url));
    else if (method === 'Fetch.requestPaused') this.#onRequest(params, send);
    else if (method === 'Page.frameNavigated') this.#onNavigated(params.frame as Frame);
    else if (method === 'Inspector.targetCrashed') this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    else if (method === 'Page.loadEventFired') {
      this.emit('did-finish-load');
      this.#window.emit('ready-to-show');
    }
  }

  #onOpen(url: string): void {
    if (this.#openHandler({ url }).action !== 'deny') console.error('stand-in: a second window was allowed, which it cannot show');
  }

  /** Web addresses are stopped when their request starts; others never make one. */
  #onAsked(url: string): void {
    if (/^https?:/.test(url)) this.#asked.add(url);
    else this.#emitNavigation(url);
  }

  #onRequest(params: Json, send: Send): void {
    const { url } = params.request as { url: string };
    const isRedirect = params.redirectedRequestId !== undefined;
    const isAsked = this.#asked.delete(url);
    const isPrevented =
      (isRedirect && emitPreventable(this, 'will-redirect', { url, isMainFrame: true }, url)) || (isAsked && this.#emitNavigation(url));
    const answer = isPrevented
      ? send('Fetch.failRequest', { requestId: params.requestId, errorReason: 'Aborted' })
      : send('Fetch.continueRequest', { requestId: params.requestId });
    answer.catch(() => undefined);
  }

  /** Electron asks for any frame first, then for the main one; both have the address in the event. */
  #emitNavigation(url: string): boolean {
    return ['will-frame-navigate', 'will-navigate'].some((name) => emitPreventable(this, name, { url, isMainFrame: true }, url));
  }

  #onNavigated({ url, parentId, unreachableUrl }: Frame): void {
    if (parentId !== undefined) return;
    this.#url = unreachableUrl ?? url;
    if (unreachableUrl !== undefined) this.emit('did-fail-load', {}, -102, 'ERR_CONNECTION_REFUSED', unreachableUrl, true);
  }

  static getAllWebContents(): WebContents[] {
    return [...windows].map((window) => window.webContents);
  }
  static fromDevToolsTargetId(targetId: string): WebContents | undefined {
    return WebContents.getAllWebContents().find((contents) => contents.#targetId === targetId);
  }
}
