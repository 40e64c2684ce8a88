import { describe, expect, it } from 'vitest';
import { diffWords } from './word-diff.ts';

describe('a word diff', () => {
  it('is empty for equal texts', () => {
    expect(diffWords('one two', 'one two')).toEqual([]);
  });

  it('shows what was taken out and put in, between what stayed', () => {
    expect(diffWords('the old loom in the hall', 'the new loom in a hall')).toEqual([
      { type: 'same', text: 'the ' },
      { type: 'removed', text: 'old ' },
      { type: 'added', text: 'new ' },
      { type: 'same', text: 'loom in ' },
      { type: 'removed', text: 'the ' },
      { type: 'added', text: 'a ' },
      { type: 'same', text: 'hall' },
    ]);
  });

  it('gives both texts back, also of texts that share nothing or are empty', () => {
    for (const [before, after] of [
      ['', 'a b'],
      ['a b', ''],
      ['x y z', 'a  b\n c'],
    ] as const) {
      const parts = diffWords(before, after);
      const join = (type: string) => parts.flatMap((part) => (part.type === 'same' || part.type === type ? [part.text] : [])).join('');
      expect([join('removed'), join('added')]).toEqual([before, after]);
    }
  });

  it('shortens long stretches that stayed, and shows texts too long to compare as a whole', () => {
    const words = Array.from({ length: 200 }, (_, index) => `w${index}`).join(' ');
    expect(diffWords(`${words} a`, `${words} b`)[0]?.text.length).toBeLessThan(80);
    const many = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word}${index}`).join(' ');
    expect(diffWords(many('a'), many('b')).map(({ type }) => type)).toEqual(['removed', 'added']);
  });
});
