/** What every document gets before its own scripts: the preload with a stub `electron`, and eyes for windows that the page wants to open. */
export function toPageScript(preloadSource: string): string {
  // As text inside text: the page's policy forbids making functions from strings.
  const preload = `function (require, process, module, exports) {${preloadSource}\n}`;
  return `(${inPage.toString()})(${preload}, ${JSON.stringify(process.platform)})`;
}

/** The name of the binding through which the page tells of windows it wants to open. */
export const openBinding = '__standinOpen';
/** The function in the page that receives messages of the main process. */
export const emitName = '__standinEmit';

/** Runs in the page, so it uses nothing from outside of itself. */
function inPage(preload: (...given: unknown[]) => void, platform: string): void {
  if (window.top !== window) return;
  const page = window as unknown as Record<string, unknown>;
  const listeners = new Map<string, Set<(...args: unknown[]) => void>>();
  const tellOpen = page.__standinOpen as (url: string) => void;
  const hide = (name: string, value: unknown) => Object.defineProperty(window, name, { value, enumerable: false });

  hide('__standinEmit', (channel: string, args: unknown[]) => {
    for (const listener of [...(listeners.get(channel) ?? [])]) listener({ sender: null }, ...args);
  });
  window.open = (url = 'about:blank') => {
    tellOpen(new URL(String(url), document.baseURI).href);
    return null;
  };
  window.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
    if (event.defaultPrevented || link === null || link === undefined || ['', '_self', '_top', '_parent'].includes(link.target)) return;
    event.preventDefault();
    tellOpen(link.href);
  });

  /** As the context bridge does it: functions become others that copy what passes, data is cloned, the rest refused. */
  const copy = (value: unknown): unknown => {
    if (typeof value === 'function') return (...args: unknown[]) => copy((value as (...args: unknown[]) => unknown)(...args.map(copy)));
    if (Array.isArray(value)) return Object.freeze(value.map(copy));
    if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
      return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)])));
    return structuredClone(value);
  };
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => Object.defineProperty(window, name, { value: copy(value) }) },
    ipcRenderer: {
      on: (channel: string, listener: (...args: unknown[]) => void) => {
        listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
      },
      off: (channel: string, listener: (...args: unknown[]) => void) => void listeners.get(channel)?.delete(listener),
    },
  };
  const preloadRequire = (name: string) => {
    if (name === 'electron') return electron;
    throw new Error(`module not found: ${name} (a sandboxed preload has only electron)`);
  };
  const preloadProcess = { platform, versions: { electron: 'stand-in', chrome: /Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? '' } };
  const module = { exports: {} };
  preload(preloadRequire, preloadProcess, module, module.exports);
}
