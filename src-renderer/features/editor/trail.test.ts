import { expect, test } from 'vitest';
import { listSteps } from './trail.ts';

test('the way into a workflow is told from the outermost one, and ends where it would go in circles', () => {
  const cameFrom = {
    'b.json': { path: 'a.json', node: 'sub' },
    'c.json': { path: 'b.json', node: 'each' },
    'a.json': { path: 'c.json', node: 'again' },
  };
  expect(listSteps(cameFrom, 'c.json')).toEqual([
    { path: 'a.json', node: 'sub' },
    { path: 'b.json', node: 'each' },
  ]);
  expect(listSteps({}, 'c.json')).toEqual([]);
});
