import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toCommandHash, toCommandLine } from './server-config.ts';
import { createFileTrust } from './trust.ts';

const command = { command: 'npx', args: ['-y', 'a server'], env: { MODE: 'a b' }, secrets: { KEY: 'my-key' }, cwd: null };
let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'heddle-trust-'));
  path = join(home, 'trust.json');
});
afterEach(() => rm(home, { recursive: true, force: true }));

it('remembers what was approved, for the owner only, readable by people', async () => {
  const trust = createFileTrust(path);
  expect(trust.isApproved(command)).toBe(false);
  await trust.approve(command);
  expect(createFileTrust(path).isApproved(command)).toBe(true);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ version: 1, approved: { [toCommandHash(command)]: command } });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(home)).toEqual(['trust.json']);
  await trust.revoke(command);
  expect(trust.isApproved(command)).toBe(false);
});

it('loses none of many approvals at once', async () => {
  const trust = createFileTrust(path);
  const commands = Array.from({ length: 20 }, (_, index) => ({ ...command, command: `server-${index}` }));
  await Promise.all(commands.map((each) => trust.approve(each)));
  expect(commands.map((each) => trust.isApproved(each))).toEqual(commands.map(() => true));
});

it('takes a damaged file for no approval and does not overwrite it', async () => {
  await writeFile(path, '{"version":1,"approved":{"constructor":true}}');
  const trust = createFileTrust(path);
  expect(() => trust.isApproved(command)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  await expect(trust.approve(command)).rejects.toMatchObject({ code: 'config.invalid' });
  expect(await readFile(path, 'utf8')).toContain('constructor');
});

it('tells commands apart by all that matters, and not by the order of names', () => {
  const hash = toCommandHash(command);
  for (const other of [
    { command: 'npm' },
    { args: ['-y a', 'server'] },
    { args: ['-y', 'a server', ''] },
    { env: {} },
    { secrets: { KEY: 'other' } },
    { cwd: '/' },
  ]) {
    expect(toCommandHash({ ...command, ...other })).not.toBe(hash);
  }
  expect(toCommandLine(command)).toBe('MODE="a b" KEY=<secret my-key> npx -y "a server"');
});
