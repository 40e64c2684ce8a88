import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConfigurationSources, readConfiguration } from './configuration.ts';

let folder: string;
let home: string;
let workspace: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-config-')));
  home = join(folder, 'home');
  workspace = join(folder, 'workspace');
  for (const path of [home, workspace]) mkdirSync(path);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: NodeJS.ProcessEnv = {}, flags: ConfigurationSources['flags'] = {}) =>
  readConfiguration({ env: { HEDDLE_HOME: home, ...env }, cwd: folder, fallbackWorkspace: workspace, flags });

test('without anything the defaults hold', async () => {
  expect(await read()).toEqual({ home, workspace, port: 0, readOnly: false, token: undefined, logLevel: 'info' });
});

test('flags win over the environment, that over the workspace, that over the home', async () => {
  writeFileSync(join(home, 'config.yaml'), 'port: 1001\nlogLevel: debug\n');
  expect(await read()).toMatchObject({ port: 1001, logLevel: 'debug' });
  writeFileSync(join(workspace, 'heddle.config.json'), '{"port": 1002}');
  expect(await read()).toMatchObject({ port: 1002, logLevel: 'debug' });
  expect(await read({ HEDDLE_PORT: '1003' })).toMatchObject({ port: 1003 });
  expect(await read({ HEDDLE_PORT: '1003' }, { port: '1004' })).toMatchObject({ port: 1004 });
});

test('a relative workspace is taken from the current folder', async () => {
  expect(await read({}, { workspace: 'workspace' })).toMatchObject({ workspace });
  expect(await read({ HEDDLE_WORKSPACE: './workspace' })).toMatchObject({ workspace });
});

test('every bad value is named with where it came from, also one that is overridden', async () => {
  writeFileSync(join(home, 'config.json'), '{"port": -1, "colour": "red"}');
  await expect(read({ HEDDLE_LOG_LEVEL: 'loud' }, { port: '80', readOnly: 'perhaps' })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringMatching(
      /port \(file .*config\.json\): must be 0 or more; colour \(file .*\): there is no such setting.*logLevel \(environment variable HEDDLE_LOG_LEVEL\).*readOnly \(flag --read-only\)/,
    ),
  });
});

test.each(['config.json', 'config.yaml'])('a %s that cannot be read is named', async (name) => {
  writeFileSync(join(home, name), '{"port": [');
  await expect(read()).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringContaining(name) });
});

test('a workspace may not choose the token or another workspace', async () => {
  writeFileSync(join(workspace, 'heddle.config.json'), JSON.stringify({ token: 'a'.repeat(40) }));
  await expect(read()).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringContaining('token') });
});

test('a token that is too short to be one is refused', async () => {
  await expect(read({ HEDDLE_TOKEN: 'secret' })).rejects.toMatchObject({ code: 'config.invalid' });
  expect(await read({ HEDDLE_TOKEN: 'x'.repeat(32) })).toMatchObject({ token: 'x'.repeat(32) });
});
