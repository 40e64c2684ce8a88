import { expect, it } from 'vitest';
import { toLines, toPairs } from './config-lines.ts';

it('reads lines and pairs as people write them', () => {
  expect(toLines(' -y \n\n@scope/server\n')).toEqual(['-y', '@scope/server']);
  expect(toPairs('A=1\n B = x=y \nC')).toEqual({ A: '1', B: 'x=y', C: '' });
});
