import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findHost } from './host-location.ts';

const resourcesPath = mkdtempSync(join(tmpdir(), 'heddle-resources-'));
afterEach(() => rmSync(resourcesPath, { recursive: true, force: true }));

const nodeName = process.platform === 'win32' ? 'node.exe' : 'node';

test('a packaged app runs the host that lies beside the archive with the Node that came with it', () => {
  mkdirSync(join(resourcesPath, 'node'), { recursive: true });
  writeFileSync(join(resourcesPath, 'node', nodeName), '');
  const appPath = join(resourcesPath, 'app.asar');
  expect(findHost({ appPath, resourcesPath, isPackaged: true }, {})).toEqual({
    node: join(resourcesPath, 'node', nodeName),
    file: join(resourcesPath, 'app.asar.unpacked', 'dist', 'main', 'host.js'),
  });
});

test('HEDDLE_NODE wins, and without any the one on PATH is asked for, never the running executable', () => {
  const app = { appPath: '/project', resourcesPath: '/electron/resources', isPackaged: false };
  expect(findHost(app, { HEDDLE_NODE: '/opt/node24' }).node).toBe('/opt/node24');
  expect(findHost(app, {})).toEqual({ node: 'node', file: join('/project', 'dist', 'main', 'host.js') });
});
