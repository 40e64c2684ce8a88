import { expect, it } from 'vitest';
import { isOfServer, toToolNames } from './tool-name.ts';

it('names tools after their server and themselves', () => {
  expect(toToolNames('fs', ['read', 'write-file', 'x_1'])).toEqual(['fs__read', 'fs__write-file', 'fs__x_1']);
});

it('makes every name acceptable, unique, and the same whatever other tools there are', () => {
  const tools = ['a b', 'a.b', 'a_b', 'ä', '', 'long'.repeat(40), `${'long'.repeat(40)}er`, 'a__b'];
  const names = toToolNames('server', tools);
  expect(new Set(names).size).toBe(tools.length);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  for (const [index, tool] of tools.entries()) expect(toToolNames('server', [tool])).toEqual([names[index]]);
});

it('a name belongs to one server only', () => {
  expect(isOfServer('fs', 'fs__read')).toBe(true);
  expect(isOfServer('fs', 'fs-2__read')).toBe(false);
  expect(isOfServer('f', 'fs__read')).toBe(false);
});
