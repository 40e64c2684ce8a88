import { expect, test } from 'vitest';
import { createReconnectDelays } from './reconnect-delays.ts';

test('delays double up to ten seconds, half of each is chance, and a success begins anew', () => {
  const shortest = createReconnectDelays(() => 0);
  expect(Array.from({ length: 9 }, () => shortest.next())).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  const longest = createReconnectDelays(() => 1);
  expect([longest.next(), longest.next()]).toEqual([100, 200]);
  longest.reset();
  expect(longest.next()).toBe(100);
});
