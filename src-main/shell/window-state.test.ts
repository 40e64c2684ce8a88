import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openWindowStates, toVisibleBounds } from './window-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'heddle-window-state-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const left = { x: 0, y: 0, width: 1920, height: 1080 };
const right = { x: 1920, y: 0, width: 2560, height: 1440 };

test('bounds that can be grabbed are kept, all others are left to the system', () => {
  const onRight = { x: 2000, y: 100, width: 1200, height: 800 };
  expect(toVisibleBounds(onRight, [left, right])).toEqual(onRight);
  expect(toVisibleBounds(onRight, [left])).toBeUndefined();
  expect(toVisibleBounds({ ...onRight, x: 1830 }, [left])).toBeUndefined();
  expect(toVisibleBounds({ ...onRight, x: 1700, y: -50 }, [left])).toBeUndefined();
  expect(toVisibleBounds(undefined, [left])).toBeUndefined();
});

test('what is known of a window is merged and read again', () => {
  const path = join(folder, 'windows.json');
  const bounds = { x: 10, y: 20, width: 1000, height: 700 };
  openWindowStates(path).set('/a', { port: 4100 });
  openWindowStates(path).set('/a', { bounds, isMaximised: false });
  expect(openWindowStates(path).get('/a')).toEqual({ port: 4100, bounds, isMaximised: false });
  expect(openWindowStates(path).get('/b')).toEqual({});
});

test('a file that is damaged or holds nonsense is as if it were not there', () => {
  const path = join(folder, 'damaged.json');
  for (const text of ['{', '[]', '{"/a":{"bounds":{"x":1,"y":1,"width":1,"height":1}}}', '{"/a":{"port":"4100"}}']) {
    writeFileSync(path, text);
    expect(openWindowStates(path).get('/a'), text).toEqual({});
  }
});
