import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { ShellBridge } from '#shared/contract/shell-bridge.ts';
import { createDesktopWorld, type DesktopApp, type DesktopWorld, descendantsOf, isRunning, untilOnline } from '../worlds/desktop-app.ts';

let world: DesktopWorld;
test.beforeEach(() => {
  world = createDesktopWorld();
});
test.afterEach(() => world.end());

test('the app opens the studio of its workspace in a window that has nothing of Node', async () => {
  const { electron, page } = await world.start();
  await expect(page.getByRole('banner')).toContainText('workspace');
  const inPage = await page.evaluate(() => ({
    bridge: (window as unknown as { heddleShell: ShellBridge }).heddleShell.platform,
    node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in window),
    // The page's own token is a cookie that scripts cannot read, and its address does not show it either.
    token: document.cookie + location.search,
  }));
  expect(inPage).toEqual({ bridge: process.platform, node: [], token: '' });
  const preferences = await electron.evaluate(({ BrowserWindow }) => {
    const page = BrowserWindow.getAllWindows()[0]!.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = page.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
  });
  expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false });
});

test('a host that is killed comes back, and the page that was there talks to it again', async () => {
  const { page, hostPid } = await world.start();
  await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
  for (let time = 0; time < 2; time++) {
    const killed = hostPid();
    const seeGone = await watchForGone(page);
    process.kill(killed, 'SIGKILL');
    await seeGone();
    await untilOnline(page);
    expect(hostPid()).not.toBe(killed);
  }
  await expect(page.locator('body[data-same-page]')).toHaveCount(1);
});

test('a page that was loaded while the host was away is loaded again when it is back', async () => {
  const { page, hostPid } = await world.start();
  // A stopped host answers nobody; killed while a page waits for it, it breaks that page's loading.
  const host = hostPid();
  process.kill(host, 'SIGSTOP');
  const reload = page.reload({ waitUntil: 'commit' }).catch((error: Error) => error.message);
  await page.waitForEvent('request', (request) => request.isNavigationRequest());
  process.kill(host, 'SIGKILL');
  expect(await reload).toContain('net::ERR_');
  await untilOnline(page);
});

test('quitting ends everything that the app had started', async () => {
  const app = await world.start();
  const all = [app.pid, ...descendantsOf(app.pid)];
  await app.electron.close();
  await expect.poll(() => all.filter(isRunning)).toEqual([]);
});

test('a host that hangs is waited for, then ended: it does not outlive the app', async () => {
  const app = await world.start();
  const host = app.hostPid();
  process.kill(host, 'SIGSTOP');
  await app.electron.close();
  expect(isRunning(host)).toBe(false);
});

test('closing the last window is quitting', async () => {
  const app = await world.start();
  const all = [app.pid, ...descendantsOf(app.pid)];
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close());
  await expect.poll(() => all.filter(isRunning)).toEqual([]);
});

test('an app that is killed takes its host with it', async () => {
  const app = await world.start();
  const all = [app.pid, ...descendantsOf(app.pid)];
  process.kill(app.pid, 'SIGKILL');
  await expect.poll(() => all.filter(isRunning), { timeout: 15_000 }).toEqual([]);
});

test('the window comes back where it was, with what its page had stored', async () => {
  const bounds = { x: 40, y: 60, width: 1100, height: 720 };
  const first = await world.start();
  await first.electron.evaluate(({ BrowserWindow }, given) => BrowserWindow.getAllWindows()[0]!.setBounds(given), bounds);
  await first.page.evaluate(() => localStorage.setItem('heddle.test', 'kept'));
  await first.electron.close();

  const second = await world.start();
  expect(await second.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getNormalBounds())).toEqual(bounds);
  expect(await second.page.evaluate(() => localStorage.getItem('heddle.test'))).toBe('kept');
});

test('a second start hands over: the same workspace comes to the front, another one gets a window and a host of its own', async () => {
  const app = await world.start();
  expect(await world.startAgain('--workspace', world.workspace)).toBe(0);
  expect(app.electron.windows()).toHaveLength(1);

  const opened = app.electron.waitForEvent('window');
  expect(await world.startAgain('--workspace', world.newWorkspace('other'))).toBe(0);
  const other = await opened;
  await untilOnline(other);
  await expect(other.getByRole('banner')).toContainText('other');
  await expect(app.page.getByRole('banner')).toContainText('workspace');

  expect(app.hostPids()).toHaveLength(2);
  await other.close();
  await expect.poll(app.hostPids).toEqual([app.hostPid()]);
  await expect(app.page.getByText('host ready')).toBeVisible();
});

test('links go to the system browser, and only those of the web and of mail', async () => {
  const app = await world.start();
  const opened = await recordExternal(app);
  await app.page.evaluate(() => {
    for (const address of ['https://example.org/a', 'file:///etc/passwd', 'vscode://open', 'mailto:someone@example.org']) {
      window.open(address);
      const link = Object.assign(document.createElement('a'), { href: `${address}?link`, target: '_blank', textContent: 'link' });
      document.body.append(link);
      link.click();
    }
  });
  const allowed = ['https://example.org/a', 'https://example.org/a?link', 'mailto:someone@example.org', 'mailto:someone@example.org?link'];
  await expect.poll(opened).toEqual(allowed);
  expect(app.electron.windows()).toHaveLength(1);
});

test('the window stays with its host, wherever its page wants to go', async () => {
  const app = await world.start();
  const opened = await recordExternal(app);
  const visits: string[] = [];
  const elsewhere = createServer((request, response) => {
    visits.push(request.url ?? '');
    response.end('elsewhere');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const before = app.page.url();
  await app.page.evaluate((to) => {
    location.href = to;
  }, `${address}/assigned`);
  await expect.poll(opened).toEqual([`${address}/assigned`]);
  await app.page.evaluate((to) => {
    const link = Object.assign(document.createElement('a'), { href: to, textContent: 'link' });
    document.body.append(link);
    link.click();
  }, `${address}/clicked`);
  await expect.poll(opened).toEqual([`${address}/assigned`, `${address}/clicked`]);
  expect(app.page.url()).toBe(before);
  expect(visits).toEqual([]);
  elsewhere.close();
});

test('what is chosen in a menu happens in the window', async () => {
  const { electron, page } = await world.start();
  await electron.evaluate(({ BrowserWindow, Menu }) => {
    const item = Menu.getApplicationMenu()?.getMenuItemById('help.keys');
    item?.click(undefined, BrowserWindow.getAllWindows()[0]);
  });
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('the page may notify; place, camera and the rest are refused without a question', async () => {
  const { page } = await world.start();
  const states = () =>
    page.evaluate(async () => {
      const names = ['notifications', 'geolocation', 'camera', 'microphone', 'midi', 'clipboard-read'] as PermissionName[];
      return Promise.all(names.map(async (name) => `${name} ${(await navigator.permissions.query({ name })).state}`));
    });
  await expect
    .poll(states)
    .toEqual(['notifications granted', 'geolocation denied', 'camera denied', 'microphone denied', 'midi denied', 'clipboard-read denied']);
});

test('keys that a user stores are sealed by the keychain of the system, where it has one', async () => {
  const machine = createDesktopWorld({ STANDIN_KEYCHAIN: '1' });
  try {
    const { electron, page, hostPid } = await machine.start();
    const hasKeychain = await electron.evaluate(
      ({ safeStorage }) => safeStorage.isEncryptionAvailable() && safeStorage.getSelectedStorageBackend() !== 'basic_text',
    );
    const ask = createAsk(new URL(page.url()).origin, machine.home);
    const stored = await ask('PUT', 'secrets/openai', { value: 'sk-canary' });
    expect(stored.ok).toBe(hasKeychain);
    if (!hasKeychain) return;
    const seeGone = await watchForGone(page);
    process.kill(hostPid(), 'SIGKILL');
    await seeGone();
    await untilOnline(page);
    expect(await (await ask('GET', 'secrets')).json()).toMatchObject({
      store: 'unlocked',
      protectedBy: 'platform',
      names: [{ name: 'openai' }],
    });
    expect(readFileSync(join(machine.home, 'secrets.json'), 'utf8')).not.toContain('sk-canary');
  } finally {
    await machine.end();
  }
});

/** Has the page itself watch for the loss of its host: who only looks now and then can miss it, so soon is the next one there. */
async function watchForGone(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const sawGone = new Promise<void>((resolve) => {
      new MutationObserver((_changes, observer) => {
        if (document.body.textContent?.includes('host gone, reconnecting') !== true) return;
        observer.disconnect();
        resolve();
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    Object.assign(window, { sawGone });
  });
  return () => page.evaluate(() => (window as unknown as { sawGone: Promise<void> }).sawGone);
}

/** Asks the host as another program of this user would. */
function createAsk(origin: string, home: string) {
  const headers = { authorization: `Bearer ${readFileSync(join(home, 'token'), 'utf8').trim()}`, 'content-type': 'application/json' };
  return (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${origin}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** Notes what would have been opened in the system's browser, instead of opening it. */
async function recordExternal({ electron }: DesktopApp): Promise<() => Promise<string[]>> {
  await electron.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = async (address) => void opened.push(address);
  });
  return () => electron.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
}
