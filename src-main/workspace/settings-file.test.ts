import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settingsPatchSchema, settingsSchema } from '#shared/contract/settings.ts';
import { createSettingsFile } from './settings-file.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'heddle-settings-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('without a file the defaults hold, and nothing is written', () => {
  expect(createSettingsFile(home).get()).toEqual(settingsSchema.parse({}));
});

test('a change keeps the rest, tells listeners, and is there after a restart, for this user only', async () => {
  const settings = createSettingsFile(home);
  const heard: string[] = [];
  settings.onChange(({ theme }) => heard.push(theme));
  await settings.save({ theme: 'dark' });
  await settings.save({ maxParallelNodes: 3 });
  expect(createSettingsFile(home).get()).toEqual({ ...settingsSchema.parse({}), theme: 'dark', maxParallelNodes: 3 });
  expect(heard).toEqual(['dark', 'dark']);
  expect(statSync(join(home, 'settings.json')).mode & 0o077).toBe(0);
});

test('changes made at once do not lose each other', async () => {
  const settings = createSettingsFile(home);
  await Promise.all(['a', 'b', 'c'].map((host) => settings.save(({ grantedHosts }) => ({ grantedHosts: [...grantedHosts, host] }))));
  expect(JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8')).grantedHosts).toEqual(['a', 'b', 'c']);
});

test('a patch without a key leaves that key alone', () => {
  expect(settingsPatchSchema.parse({})).toEqual({});
  expect(Object.keys(settingsPatchSchema.shape).sort()).toEqual(Object.keys(settingsSchema.shape).sort());
});

test('every bad key of the file is named', () => {
  writeFileSync(
    join(home, 'settings.json'),
    JSON.stringify({
      theme: 'purple',
      maxParallelNodes: 0,
      providers: [{ id: 'x', kind: 'openai', label: 'X', baseUrl: 'no url' }],
      colour: 1,
    }),
  );
  let message = '';
  try {
    createSettingsFile(home);
  } catch (error) {
    expect(error).toMatchObject({ code: 'config.invalid' });
    message = (error as Error).message;
  }
  for (const key of ['theme', 'maxParallelNodes', 'providers[0].baseUrl', 'colour', 'settings.json']) expect(message).toContain(key);
});

test('a file that is not JSON is refused and left as it is', () => {
  writeFileSync(join(home, 'settings.json'), '{"theme": ');
  expect(() => createSettingsFile(home)).toThrow(/not JSON/);
  expect(readFileSync(join(home, 'settings.json'), 'utf8')).toBe('{"theme": ');
});
