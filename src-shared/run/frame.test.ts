import { expect, test } from 'vitest';
import { parseFrame } from './frame.ts';

const frame = (node: string, attempt: number, turn: number | null, call: string | null) => ({ node, attempt, turn, call });

test.each([
  ['writer#1', frame('writer', 1, null, null)],
  ['writer#12/t34', frame('writer', 12, 34, null)],
  ['writer#1/t2/m1', frame('writer', 1, 2, 'm1')],
  ['writer#1/t2/c30', frame('writer', 1, 2, 'c30')],
  ['summary#1/m1', frame('summary', 1, null, 'm1')],
  ['t#1/c1', frame('t', 1, null, 'c1')],
  ['pause#1/w1', frame('pause', 1, null, 'w1')],
  ['each#1/i3/writer#2', frame('each#1/i3/writer', 2, null, null)],
  ['each#1/i3/writer#1/t2/m10', frame('each#1/i3/writer', 1, 2, 'm10')],
  ['a#1/i0/b#2/i1/c#3/w4', frame('a#1/i0/b#2/i1/c', 3, null, 'w4')],
])('%s is read as it was written, again and again', (path, read) => {
  expect([parseFrame(path), parseFrame('other#1'), parseFrame(path)]).toEqual([read, frame('other', 1, null, null), read]);
});

test.each([
  '',
  'writer',
  '#1',
  'writer#',
  'writer#x',
  'writer#1/',
  'writer#1/t',
  'writer#1/t2/',
  'writer#1/t2/t3',
  'writer#1/t2/m',
  'writer#1/m1/t2',
  'writer#1/m1x',
  'writer#1/x1',
  'writer#1/i3',
  'wri/ter#1',
])('“%s” is no frame', (path) => {
  expect(() => parseFrame(path)).toThrow('Not a frame');
});
