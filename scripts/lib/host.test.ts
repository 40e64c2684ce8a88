import { expect, test } from 'vitest';
import { readReady } from './host.mjs';

test('the ready line is told from everything else that a host prints', () => {
  const ready = { type: 'ready', url: 'http://127.0.0.1:4567/?token=abc' };
  expect(readReady(JSON.stringify(ready))).toEqual(ready);
  for (const line of ['listening', '{"type":"ready"}', '{"type":"log","url":"x"}', '{broken', '']) expect(readReady(line)).toBeUndefined();
});
