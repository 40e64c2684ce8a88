import { expect, it } from 'vitest';
import { estimateTokens } from './estimate-tokens.ts';

it('counts four Latin letters, two of other alphabets and one ideograph as a token', () => {
  expect(['', 'word', 'a word or two', 'слово', '織機', '👋'].map(estimateTokens)).toEqual([0, 1, 4, 3, 2, 1]);
});
