import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGrantedFolders, type GrantedFolders } from '#main/tools/files/granted-folders.ts';
import { createListFiles } from '#main/tools/files/list-files.ts';
import { createReadFile } from '#main/tools/files/read-file.ts';
import { createSearchFiles } from '#main/tools/files/search-files.ts';
import { createWriteFile } from '#main/tools/files/write-file.ts';
import { createSimulatedClock } from '../support/simulated-clock.ts';
import { createToolCall } from '../support/tool-call.ts';

const canary = 'CANARY-7f3a';
let root: string;
let workspace: string;
let outside: string;
let folders: GrantedFolders;
let readTool: ReturnType<typeof createReadFile>;
let writeTool: ReturnType<typeof createWriteFile>;
let searchTool: ReturnType<typeof createSearchFiles>;
let listTool: ReturnType<typeof createListFiles>;
const socket = createServer();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'heddle-escape-'));
  workspace = join(root, 'workspace');
  outside = join(root, 'outside');
  for (const folder of ['workspace/sub', 'workspace/.heddle', 'outside/sub', 'workspace-twin', 'readable', 'home'])
    await mkdir(join(root, folder), { recursive: true });
  for (const file of ['outside/secret.txt', 'workspace-twin/secret.txt', 'workspace/.heddle/journal.db', 'home/keys.json'])
    await writeFile(join(root, file), canary);
  await writeFile(join(workspace, 'fine.txt'), 'fine');
  await writeFile(join(root, 'readable/fine.txt'), 'fine');
  const links: Record<string, string> = {
    'link-file': join(outside, 'secret.txt'),
    'link-folder': outside,
    'link-relative': '../outside/secret.txt',
    'link-chain': 'link-chain-2',
    'link-chain-2': 'link-file',
    'sub/link-up': '../..',
    'link-dangling': join(outside, 'not-yet.txt'),
    'link-dangling-folder': join(outside, 'not-yet'),
    'link-loop': 'link-loop',
    'link-journal': '.heddle',
    'link-proc': '/proc/self/environ',
    'link-fd': '/proc/self/fd',
    'link-dev': '/dev/zero',
    'link-root': '/',
    'link-inside': 'fine.txt',
  };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(workspace, name));
  execFileSync('mkfifo', [join(workspace, 'pipe')]);
  await new Promise<void>((resolve) => socket.listen(join(workspace, 'socket'), resolve));
  await link(join(outside, 'secret.txt'), join(workspace, 'hard-link.txt'));

  folders = createGrantedFolders({
    workspace,
    grants: () => [
      { path: join(root, 'readable'), access: 'read' },
      { path: join(root, 'home'), access: 'write' },
      { path: '/proc', access: 'write' },
      { path: '/dev', access: 'write' },
    ],
    denied: [join(root, 'home')],
  });
  const clock = createSimulatedClock();
  readTool = createReadFile(folders, clock);
  writeTool = createWriteFile(folders, clock);
  searchTool = createSearchFiles(folders, clock);
  listTool = createListFiles(folders, clock);
});
afterAll(async () => {
  socket.close();
  await rm(root, { recursive: true, force: true });
});

const snapshotOutside = async () => {
  const names = [
    ...(await readdir(outside, { recursive: true })),
    ...(await readdir(join(workspace, '.heddle'))),
    ...(await readdir(join(root, 'home'))),
  ];
  return [names.sort(), await readFile(join(outside, 'secret.txt'), 'utf8'), await readFile(join(workspace, '.heddle/journal.db'), 'utf8')];
};

/** Refused for reading, writing, listing and searching alike. `%ROOT%` stands for the folder around the workspace. */
const escapes: readonly (readonly [string, string])[] = [
  ['the folder above', '../outside/secret.txt'],
  ['two folders above', '../../etc/passwd'],
  ['far above', `${'../'.repeat(40)}etc/passwd`],
  ['above after going down', 'sub/../../outside/secret.txt'],
  ['above with dots between', './sub/./.././../outside/secret.txt'],
  ['above with doubled slashes', 'sub//..//..//outside/secret.txt'],
  ['above by a folder that does not exist', 'none/../../outside/secret.txt'],
  ['the folder above itself', '..'],
  ['the folder above with a slash', '../'],
  ['a sibling whose name begins the same', '../workspace-twin/secret.txt'],
  ['an absolute path', '/etc/passwd'],
  ['an absolute path beside the workspace', '%ROOT%/outside/secret.txt'],
  ['an absolute path to the sibling that begins the same', '%ROOT%/workspace-twin/secret.txt'],
  ['an absolute path that goes up from the workspace', '%ROOT%/workspace/../outside/secret.txt'],
  ['the root', '/'],
  ['a doubled leading slash', '//etc/passwd'],
  ['the root of the process', '/proc/self/root/etc/passwd'],
  ['the environment of the process, though granted', '/proc/self/environ'],
  ['an open file of the process, though granted', '/proc/self/fd/0'],
  ['a device, though granted', '/dev/zero'],
  ['the working folder by proc', '/proc/self/cwd/package.json'],
  ['a link to a file', 'link-file'],
  ['a relative link', 'link-relative'],
  ['a chain of links', 'link-chain'],
  ['through a link to a folder', 'link-folder/secret.txt'],
  ['a new file through a link to a folder', 'link-folder/new.txt'],
  ['a new folder through a link to a folder', 'link-folder/new/new.txt'],
  ['through a link up', 'sub/link-up/outside/secret.txt'],
  ['through a link and up again', 'link-folder/../outside/secret.txt/../../link-folder/secret.txt'],
  ['a link to what is not there yet', 'link-dangling'],
  ['a folder behind a link to what is not there yet', 'link-dangling-folder/new.txt'],
  ['a link to itself', 'link-loop'],
  ['below a link to itself', 'link-loop/x'],
  ['a link to the environment', 'link-proc'],
  ['a link to a device', 'link-dev'],
  ['a link to open files', 'link-fd/0'],
  ['a link to the root', 'link-root/etc/passwd'],
  ['the journal', '.heddle/journal.db'],
  ['the journal in capitals', '.HEDDLE/journal.db'],
  ['the journal by a detour', 'sub/../.heddle/journal.db'],
  ['the journal through a link', 'link-journal/journal.db'],
  ['the journal with a trailing dot', '.heddle./journal.db'],
  ['the journal with a trailing space', '.heddle /journal.db'],
  ['the journal with a character without width', '.hed\u200bdle/journal.db'],
  ['the journal in full-width letters', '.ｈｅｄｄｌｅ/journal.db'],
  ['a new journal below', 'sub/.Heddle/new.txt'],
  ['a granted folder that is denied', '%ROOT%/home/keys.json'],
  ['a NUL byte that hides the rest', 'fine.txt\0../../etc/passwd'],
  ['a NUL byte at the end', '../outside/secret.txt\0.md'],
  ['a line break', 'fine.txt\n../x'],
  ['backslashes', '..\\outside\\secret.txt'],
  ['mixed slashes', 'sub\\..\\../outside/secret.txt'],
  ['a drive', 'C:\\Windows\\win.ini'],
  ['a drive with slashes', 'c:/Windows/win.ini'],
  ['a drive without a slash', 'C:secret.txt'],
  ['a network share', '\\\\server\\share\\x'],
  ['a network share with slashes', '//server/share/x'],
  ['a long path prefix', '\\\\?\\C:\\x'],
  ['a device namespace', '\\\\.\\PhysicalDrive0'],
  ['a file URL', 'file:///etc/passwd'],
  ['a web URL', 'https://127.0.0.1/x'],
  ['the home folder', '~/.ssh/id_rsa'],
  ['the home folder itself', '~'],
  ['a path too long for anything', 'a/'.repeat(3000)],
];

describe.each(escapes)('%s', (_name, pattern) => {
  const toPath = () => pattern.replace('%ROOT%', root);

  it('is refused by every tool and changes nothing outside', async () => {
    const before = await snapshotOutside();
    const path = toPath();
    const calls = [
      readTool.run({ path }, createToolCall()),
      listTool.run({ path }, createToolCall()),
      searchTool.run({ path, query: 'CANARY' }, createToolCall()),
      ...['create', 'overwrite', 'append'].map((mode) => writeTool.run({ path, content: 'x', mode }, createToolCall())),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'tool.pathRefused' } });
      expect(JSON.stringify(outcome)).not.toContain(canary);
    }
    expect(await snapshotOutside()).toEqual(before);
  });
});

describe('what is no regular file is refused', () => {
  it.each(['pipe', 'socket', 'sub'])('for reading: %s', async (path) => {
    await expect(readTool.run({ path }, createToolCall())).rejects.toMatchObject({
      code: expect.stringMatching(/^tool\.(pathRefused|failed)$/),
    });
  });
  it.each(['pipe', 'socket', 'sub', '.'])('for writing: %s', async (path) => {
    for (const mode of ['create', 'overwrite', 'append']) {
      await expect(writeTool.run({ path, content: 'x', mode }, createToolCall())).rejects.toMatchObject({ code: 'tool.pathRefused' });
    }
  });
});

describe('names that Windows cannot hold get no file', () => {
  it.each(['CON', 'nul.txt', 'sub/Aux.md', 'com1', 'lpt9.log', 'a.txt:stream', 'a.txt::$DATA', 'dot.', 'space ', 'sub./a.txt', 'PROGRA~1'])(
    '%s',
    async (path) => {
      await expect(writeTool.run({ path, content: 'x' }, createToolCall())).rejects.toMatchObject({ code: 'tool.pathRefused' });
    },
  );
  it('and are refused for reading where the platform is Windows', async () => {
    const onWindows = createGrantedFolders({ workspace, grants: () => [], platform: 'win32' });
    for (const path of [
      'CON',
      'sub/nul',
      'fine.txt:stream',
      'fine.txt.',
      '.heddle:$I30:$INDEX_ALLOCATION/x',
      'HEDDLE~1/x',
      '\\\\?\\C:\\x',
    ]) {
      await expect(onWindows.find(path, 'read')).rejects.toMatchObject({ code: 'tool.pathRefused' });
    }
  });
});

describe('names that only look like an escape stay inside', () => {
  it.each(['%2e%2e/secret.txt', '..%2foutside/secret.txt', '．．/outside/secret.txt', '...', '....//secret.txt', '..secret', 'etc/passwd'])(
    '%s',
    async (path) => {
      const found = await folders.find(path, 'read');
      expect(relative(workspace, found.real).startsWith('..' + '/')).toBe(false);
      expect(found.exists).toBe(false);
    },
  );
});

it('what is granted works: inside, by a detour, by an absolute path, through a link that stays inside, in a folder for reading', async () => {
  for (const path of [
    'fine.txt',
    'sub/../fine.txt',
    './fine.txt',
    join(workspace, 'fine.txt'),
    'link-inside',
    join(root, 'readable/fine.txt'),
  ]) {
    expect(await readTool.run({ path }, createToolCall())).toMatchObject({ value: { text: 'fine' } });
  }
});

it('a folder granted for reading is not written', async () => {
  const path = join(root, 'readable/new.txt');
  await expect(writeTool.run({ path, content: 'x' }, createToolCall())).rejects.toMatchObject({
    code: 'tool.pathRefused',
    message: expect.stringContaining('granted for reading only'),
  });
});

it('a file with a second name outside is replaced, never changed in place', async () => {
  await expect(writeTool.run({ path: 'hard-link.txt', content: 'x', mode: 'append' }, createToolCall())).rejects.toMatchObject({
    code: 'tool.pathRefused',
  });
  await writeTool.run({ path: 'hard-link.txt', content: 'x', mode: 'overwrite' }, createToolCall());
  expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe(canary);
});

it('the refusal says why and what is granted', async () => {
  const refusal = await readTool.run({ path: '../x' }, createToolCall()).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    message: expect.stringMatching(
      /^The path "\.\.\/x" is refused: it lies outside the granted folders\. Granted are: .*workspace \(read and write\), .*readable \(read\)/,
    ),
  });
});

describe('a folder that is swapped for a link between the look and the use', () => {
  /** Swaps as soon as the path has been judged, which is when the real attack would have to. */
  const swapAfterFind = (path: string): GrantedFolders => ({
    ...folders,
    find: async (asked, access) => {
      const found = await folders.find(asked, access);
      await rename(join(workspace, path), join(workspace, `${path}-away`));
      await symlink(outside, join(workspace, path));
      return found;
    },
  });
  const restore = async (path: string) => {
    await rm(join(workspace, path));
    await rename(join(workspace, `${path}-away`), join(workspace, path));
  };

  it('is noticed when a file is read', async () => {
    await mkdir(join(workspace, 'swapped'));
    await writeFile(join(workspace, 'swapped/secret.txt'), 'mine');
    const tool = createReadFile(swapAfterFind('swapped'), createSimulatedClock());
    await expect(tool.run({ path: 'swapped/secret.txt' }, createToolCall())).rejects.toMatchObject({ code: 'tool.pathRefused' });
    await restore('swapped');
  });

  it('is noticed when a file is written', async () => {
    await mkdir(join(workspace, 'swapped-2/sub'), { recursive: true });
    const tool = createWriteFile(swapAfterFind('swapped-2'), createSimulatedClock());
    const before = await snapshotOutside();
    for (const path of ['swapped-2/new.txt', 'swapped-2/new/new.txt', 'swapped-2/sub/new.txt']) {
      await expect(tool.run({ path, content: 'x' }, createToolCall())).rejects.toMatchObject({ code: 'tool.pathRefused' });
      await restore('swapped-2');
    }
    expect(await snapshotOutside()).toEqual(before);
  });

  it.runIf(process.platform === 'linux')(
    'changes nothing once the folder is held: the file lands in the folder that was judged',
    async () => {
      await mkdir(join(workspace, 'held'));
      const found = await folders.find('held', 'write');
      await folders.withFolder(found.real, 'write', async (folder) => {
        await rename(join(workspace, 'held'), join(workspace, 'held-away'));
        await symlink(outside, join(workspace, 'held'));
        await writeFile(folder.at('new.txt'), 'x');
      });
      expect(await readdir(join(workspace, 'held-away'))).toEqual(['new.txt']);
      expect(await readdir(outside)).not.toContain('new.txt');
    },
  );
});
