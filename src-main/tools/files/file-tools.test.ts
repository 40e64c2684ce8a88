import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/base/json.ts';
import { createSimulatedClock } from '../../../tests/support/simulated-clock.ts';
import { createToolCall } from '../../../tests/support/tool-call.ts';
import type { Tool } from '../tool.ts';
import type { FolderGrant } from './folder-grant.ts';
import { createGrantedFolders } from './granted-folders.ts';
import { createListFiles } from './list-files.ts';
import { createReadFile } from './read-file.ts';
import { createSearchFiles } from './search-files.ts';
import { createWriteFile } from './write-file.ts';

const clock = createSimulatedClock();
let root: string;
let workspace: string;
let grants: FolderGrant[];
let tools: Record<'list' | 'read' | 'search' | 'write', Tool>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'heddle-files-'));
  workspace = join(root, 'workspace');
  await mkdir(workspace);
  grants = [];
  const folders = createGrantedFolders({ workspace, grants: () => grants });
  tools = {
    list: createListFiles(folders, clock),
    read: createReadFile(folders, clock),
    search: createSearchFiles(folders, clock),
    write: createWriteFile(folders, clock),
  };
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (path: string, content: string | Buffer) => {
  await mkdir(dirname(join(workspace, path)), { recursive: true });
  await writeFile(join(workspace, path), content);
};
const run = async (tool: keyof typeof tools, args: JsonObject) => await tools[tool].run(args, createToolCall());

describe('list_files', () => {
  it('lists the files below a folder with their sizes, in order, without the journal and what nobody wrote', async () => {
    for (const path of ['b.md', 'a.txt', 'sub/c.md', '.heddle/journal.db', '.git/config', 'node_modules/x/index.js'])
      await put(path, 'four');
    await symlink('/etc/passwd', join(workspace, 'link.md'));
    expect(await run('list', {})).toEqual({
      value: {
        files: [
          { path: 'a.txt', sizeBytes: 4 },
          { path: 'b.md', sizeBytes: 4 },
          { path: 'sub/c.md', sizeBytes: 4 },
        ],
        isComplete: true,
      },
      isTruncated: false,
    });
  });

  it('keeps to the folder, the glob, the extensions and the limit', async () => {
    for (const path of ['a.txt', 'b.md', 'sub/c.md', 'sub/d.TXT']) await put(path, '');
    const list = async (args: JsonObject) =>
      ((await run('list', args)).value as { files: { path: string }[] }).files.map(({ path }) => path);
    expect(await list({ isRecursive: false })).toEqual(['a.txt', 'b.md']);
    expect(await list({ glob: 'sub/*.md' })).toEqual(['sub/c.md']);
    expect(await list({ extensions: ['.txt'] })).toEqual(['a.txt', 'sub/d.TXT']);
    expect(await list({ path: 'sub' })).toEqual(['sub/c.md', 'sub/d.TXT']);
    expect(await run('list', { limit: 2 })).toMatchObject({ value: { files: [{ path: 'a.txt' }, { path: 'b.md' }], isComplete: false } });
  });

  it('shows what lies in another granted folder by its whole path', async () => {
    const other = join(root, 'other');
    await mkdir(other);
    await writeFile(join(other, 'x.md'), 'x');
    grants = [{ path: other, access: 'read' }];
    expect(await run('list', { path: other })).toMatchObject({ value: { files: [{ path: join(other, 'x.md') }] } });
  });

  it('says that there is no such folder', async () => {
    await expect(run('list', { path: 'none' })).rejects.toMatchObject({ code: 'tool.failed', details: { systemCode: 'ENOENT' } });
  });
});

describe('read_file', () => {
  it('reads a file that is granted by itself, and nothing beside it', async () => {
    await writeFile(join(root, 'mine.txt'), 'mine');
    await writeFile(join(root, 'other.txt'), 'other');
    grants = [{ path: join(root, 'mine.txt'), access: 'read' }];
    expect(await run('read', { path: join(root, 'mine.txt') })).toMatchObject({ value: { text: 'mine' } });
    await expect(run('read', { path: join(root, 'other.txt') })).rejects.toMatchObject({ code: 'tool.pathRefused' });
    await expect(run('list', { path: root })).rejects.toMatchObject({ code: 'tool.pathRefused' });
    await expect(run('write', { path: join(root, 'mine.txt'), content: 'x', mode: 'overwrite' })).rejects.toMatchObject({
      code: 'tool.pathRefused',
    });
  });

  it('reads a text with what is known of it', async () => {
    await put('notes/a.md', 'Grüße\n');
    expect(await run('read', { path: 'notes/a.md' })).toEqual({
      value: { path: 'notes/a.md', text: 'Grüße\n', encoding: 'utf-8', sizeBytes: 8, isComplete: true },
      isTruncated: false,
    });
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from('\ufeffäb'), 'äb', 'utf-8'],
    ['UTF-16 little endian', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('äb', 'utf16le')]), 'äb', 'utf-16le'],
    ['UTF-16 big endian', Buffer.from([0xfe, 0xff, 0x00, 0xe4, 0x00, 0x62]), 'äb', 'utf-16be'],
    ['Windows-1252', Buffer.from([0xe4, 0x62, 0x80]), 'äb€', 'windows-1252'],
    ['nothing', Buffer.alloc(0), '', 'utf-8'],
  ])('detects %s', async (_name, bytes, text, encoding) => {
    await put('a.txt', bytes);
    expect(await run('read', { path: 'a.txt' })).toMatchObject({ value: { text, encoding, isComplete: true } });
  });

  it('reads ranges of bytes, never half a character', async () => {
    await put('a.txt', 'aäöüz');
    expect(await run('read', { path: 'a.txt', fromByte: 2, maxBytes: 4 })).toMatchObject({ value: { text: 'ö', isComplete: false } });
    expect(await run('read', { path: 'a.txt', fromByte: 99 })).toMatchObject({ value: { text: '' } });
  });

  it('reads ranges of lines', async () => {
    await put('a.txt', '\ufeffone\r\ntwo\nthree\nfour');
    expect(await run('read', { path: 'a.txt', fromLine: 2, toLine: 3 })).toMatchObject({
      value: { text: 'two\nthree', isComplete: false },
    });
    expect(await run('read', { path: 'a.txt', fromLine: 1, toLine: 99 })).toMatchObject({
      value: { text: 'one\ntwo\nthree\nfour', isComplete: true },
    });
    await expect(run('read', { path: 'a.txt', fromLine: 3, toLine: 2 })).rejects.toMatchObject({ code: 'tool.argumentsInvalid' });
    await expect(run('read', { path: 'a.txt', fromLine: 3, fromByte: 2 })).rejects.toMatchObject({ code: 'tool.argumentsInvalid' });
  });

  it('refuses what is not text, in words', async () => {
    await put('a.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
    await expect(run('read', { path: 'a.png' })).rejects.toMatchObject({
      code: 'tool.failed',
      message: 'a.png is a binary file; only text can be read.',
    });
  });

  it('reads no more of a 200 MB file than its cap', async () => {
    await put('big.txt', 'x'.repeat(100_000));
    const before = process.memoryUsage().rss;
    await put('one-line.txt', '');
    for (let part = 0; part < 50; part += 1) await writeFile(join(workspace, 'one-line.txt'), 'y'.repeat(4_000_000), { flag: 'a' });
    for (const args of [{}, { fromLine: 1 }]) {
      const { value, isTruncated } = await run('read', { path: 'one-line.txt', ...args });
      expect(isTruncated).toBe(true);
      expect((value as { text: string }).text.length).toBeLessThanOrEqual(1024 * 1024);
      expect((value as { text: string }).text.length).toBeGreaterThan(1_000_000);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  });

  it('says that a file may not be read', async () => {
    await expect(run('read', { path: 'none.md' })).rejects.toMatchObject({
      code: 'tool.failed',
      message: 'Could not read "none.md": there is no such file or folder.',
    });
  });
});

describe('search_files', () => {
  it('finds lines by literal text, whatever stands for something in a regular expression', async () => {
    await put('a.md', 'first\nprice (a+)+ here\n');
    await put('sub/b.txt', 'PRICE (A+)+ there');
    await put('c.bin', Buffer.from('price (a+)+\0'));
    expect(await run('search', { query: '(a+)+' })).toEqual({
      value: {
        matches: [
          { path: 'a.md', line: 2, text: 'price (a+)+ here' },
          { path: 'sub/b.txt', line: 1, text: 'PRICE (A+)+ there' },
        ],
        filesSearched: 3,
        isComplete: true,
      },
      isTruncated: false,
    });
    expect(await run('search', { query: '(a+)+', isCaseSensitive: true, glob: '*.txt' })).toMatchObject({
      value: { matches: [], filesSearched: 1 },
    });
  });

  it('finds lines by wildcards, in a single file too', async () => {
    await put('a.md', 'total: 12 euros\ntotal euros\n');
    expect(await run('search', { query: 'total: ?? euro*', mode: 'wildcard', path: 'a.md' })).toMatchObject({
      value: { matches: [{ path: 'a.md', line: 1 }] },
    });
  });

  it('stops at its limit and says so', async () => {
    await put('a.md', 'x\n'.repeat(10));
    expect(await run('search', { query: 'x', limit: 3 })).toMatchObject({
      value: { matches: [{ line: 1 }, { line: 2 }, { line: 3 }], isComplete: false },
    });
  });
});

describe('write_file', () => {
  it('creates a file and the folders to it', async () => {
    expect(await run('write', { path: 'out/deep/a.md', content: 'Grüße' })).toEqual({
      value: { path: 'out/deep/a.md', sizeBytes: 7 },
      isTruncated: false,
    });
    expect(await readFile(join(workspace, 'out/deep/a.md'), 'utf8')).toBe('Grüße');
    expect(await readdir(join(workspace, 'out/deep'))).toEqual(['a.md']);
  });

  it('may be repeated: the same content again changes nothing and answers the same, in either mode', async () => {
    const first = await run('write', { path: 'a.md', content: 'same' });
    const before = await stat(join(workspace, 'a.md'));
    for (const mode of ['create', 'overwrite']) {
      expect(await run('write', { path: 'a.md', content: 'same', mode })).toEqual(first);
    }
    expect((await stat(join(workspace, 'a.md'))).ino).toBe(before.ino);
  });

  it('creates only what is not there, and overwrites keeping the permissions', async () => {
    await put('a.sh', 'old');
    await chmod(join(workspace, 'a.sh'), 0o750);
    await expect(run('write', { path: 'a.sh', content: 'new' })).rejects.toMatchObject({
      code: 'tool.failed',
      details: { systemCode: 'EEXIST' },
    });
    expect(await readFile(join(workspace, 'a.sh'), 'utf8')).toBe('old');
    await run('write', { path: 'a.sh', content: 'new', mode: 'overwrite' });
    expect(await readFile(join(workspace, 'a.sh'), 'utf8')).toBe('new');
    expect((await stat(join(workspace, 'a.sh'))).mode & 0o777).toBe(0o750);
  });

  it('appends to a file or begins one', async () => {
    await run('write', { path: 'log.txt', content: 'one\n', mode: 'append' });
    expect(await run('write', { path: 'log.txt', content: 'two\n', mode: 'append' })).toMatchObject({ value: { sizeBytes: 8 } });
    expect(await readFile(join(workspace, 'log.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  it('promises by its arguments what may be repeated, and asks first', () => {
    const effects = ['create', 'overwrite', 'append'].map((mode) => tools.write.effectOf({ path: 'a', content: '', mode }));
    expect(effects).toEqual(['idempotent', 'idempotent', 'neither']);
    expect(tools.write.definition).toMatchObject({ effect: 'neither', approval: 'always' });
  });

  it('of two writers at once one creates and the other is refused', async () => {
    const writes = await Promise.allSettled(['first', 'second!'].map((content) => run('write', { path: 'race.md', content })));
    expect(writes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await readdir(workspace)).toEqual(['race.md']);
  });

  it('leaves nothing behind when it is cancelled before the file is in place', async () => {
    const caller = new AbortController();
    const writing = expect(
      tools.write.run({ path: 'a.md', content: 'x'.repeat(50_000_000) }, createToolCall(caller.signal)),
    ).rejects.toMatchObject({
      code: 'run.cancelled',
    });
    setImmediate(() => caller.abort());
    await writing;
    await expect.poll(() => readdir(workspace)).toEqual([]);
  });
});

// Only root may mount; without it the words for these two are still covered by their codes.
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount();

describe.runIf(canMount)('on a disk that is in trouble', () => {
  let disk: string;
  beforeEach(async () => {
    disk = join(workspace, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  });
  afterEach(() => execFileSync('umount', [disk]));

  it('says that it is full, and leaves the old file whole and no part of the new one', async () => {
    await run('write', { path: 'disk/a.txt', content: 'old' });
    for (const mode of ['overwrite', 'append']) {
      await expect(run('write', { path: 'disk/a.txt', content: 'x'.repeat(500_000), mode })).rejects.toMatchObject({
        code: 'tool.failed',
        message: expect.stringContaining('the disk is full'),
        details: { systemCode: 'ENOSPC' },
      });
    }
    expect(await readdir(disk)).toEqual(['a.txt']);
    expect(await readFile(join(disk, 'a.txt'), 'utf8')).toBe('old');
  });

  it('says that it is read-only', async () => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await expect(run('write', { path: 'disk/sub/a.txt', content: 'x' })).rejects.toMatchObject({
      code: 'tool.failed',
      message: expect.stringContaining('the disk is read-only'),
      details: { systemCode: 'EROFS' },
    });
  });
});

function tryMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
