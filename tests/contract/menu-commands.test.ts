import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildMenu } from '#main/shell/menu.ts';

const window = join(import.meta.dirname, '../../src-renderer');

test('every command of the desktop menus is one that the window registers, with the same key', () => {
  const sources = readdirSync(window, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\./.test(file))
    .map((file) => readFileSync(join(window, file), 'utf8'))
    .join('\n');
  for (const { id, accelerator } of menuCommands()) {
    const entry = new RegExp(`\\bid: '${id}'([^}]*)`).exec(sources)?.[1];
    expect(entry, `${id} is registered in the window`).toBeDefined();
    const keys = /\bkeys: '([^']+)'/.exec(entry ?? '')?.[1];
    expect(accelerator?.replace('CmdOrCtrl', 'Mod'), `the key of ${id}`).toBe(keys);
  }
});

test('a command of a menu is sent by its id', () => {
  const sent: string[] = [];
  const items = flatten(
    buildMenu('linux', { runCommand: (id) => sent.push(id), openFolder: () => undefined, recent: [], openWorkspace: () => undefined }),
  );
  items.find(({ id }) => id === 'run.start')?.click?.(undefined as never, undefined, {} as never);
  expect(sent).toEqual(['run.start']);
});

test('workspaces that were opened before are a menu of their own, the latest first', () => {
  const opened: string[] = [];
  const menu = buildMenu('linux', {
    runCommand: () => undefined,
    openFolder: () => undefined,
    recent: ['/home/me/b', '/home/me/a'],
    openWorkspace: (path) => opened.push(path),
  });
  const items = flatten(menu).filter(({ id }) => id?.startsWith('shell.recent:'));
  expect(items.map(({ label }) => label)).toEqual(['/home/me/b', '/home/me/a']);
  items[1]?.click?.(undefined as never, undefined, {} as never);
  expect(opened).toEqual(['/home/me/a']);
});

function menuCommands() {
  const items = flatten(
    buildMenu('linux', { runCommand: () => undefined, openFolder: () => undefined, recent: [], openWorkspace: () => undefined }),
  );
  return items.filter(({ id }) => id !== undefined && !id.startsWith('shell.'));
}

function flatten(items: ReturnType<typeof buildMenu>): ReturnType<typeof buildMenu> {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
}
