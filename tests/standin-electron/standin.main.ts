/** Runs an app's main script as Electron would: `electron [flags] <app folder> [arguments]`, or the archive that it was packed with. */
import Module, { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { App } from './app.ts';
import { readTextFile } from './archive.ts';
import { Menu } from './menu.ts';
import { createSession } from './session.ts';
import { BrowserWindow, WebContents } from './windows.ts';

const args = process.argv.slice(2);
const archive = process.env.STANDIN_ARCHIVE;
const folder = archive ?? resolve(args.find((argument) => !argument.startsWith('-')) ?? '.');
const { main, productName, name } = JSON.parse(readTextFile(join(folder, 'package.json')));
process.argv = ['electron', ...args];
Object.assign(process, { resourcesPath: archive === undefined ? join(import.meta.dirname, 'no-resources') : dirname(archive) });
Object.assign(process.versions, { electron: 'stand-in', chrome: 'stand-in' });

const app = new App(folder, productName ?? name, archive !== undefined);
const display = { id: 1, bounds: { x: 0, y: 0, width: 1920, height: 1080 }, workArea: { x: 0, y: 0, width: 1920, height: 1040 } };
const hasKeychain = process.env.STANDIN_KEYCHAIN === '1';
const electron = {
  app,
  BrowserWindow,
  webContents: WebContents,
  Menu,
  session: { defaultSession: createSession(app) },
  screen: { getAllDisplays: () => [display], getPrimaryDisplay: () => display },
  nativeTheme: { shouldUseDarkColors: true },
  shell: { openExternal: () => Promise.reject(new Error('The stand-in opens nothing; a test replaces this.')) },
  dialog: {
    showMessageBox: async (...given: { cancelId?: number }[]) => ({ response: given.at(-1)?.cancelId ?? 0 }),
    showOpenDialog: async () => ({ canceled: true, filePaths: [] }),
  },
  safeStorage: {
    isEncryptionAvailable: () => hasKeychain,
    getSelectedStorageBackend: () => (hasKeychain ? 'gnome_libsecret' : 'basic_text'),
    encryptString: (text: string) => Buffer.from(`sealed ${Buffer.from(text).toString('hex')}`),
    decryptString: (sealed: Buffer) => Buffer.from(sealed.toString().replace(/^sealed /, ''), 'hex').toString(),
  },
};

const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === 'electron' ? electron : load.call(loader, request, ...rest));

const mainFile = join(folder, main);
if (archive === undefined) createRequire(mainFile)(mainFile);
else (new Module(mainFile) as unknown as { _compile(code: string, file: string): void })._compile(readTextFile(mainFile), mainFile);
setImmediate(() => {
  app.start().catch((error: unknown) => {
    console.error('stand-in:', error);
    process.exit(1);
  });
});
