import { describe, expect, it } from 'vitest';
import { matchesWildcard, toGlobMatcher } from './glob.ts';

describe('a glob', () => {
  it.each([
    ['*.md', 'a.md', true],
    ['*.md', 'deep/er/a.md', true],
    ['*.md', 'a.mdx', false],
    ['notes/*.md', 'notes/a.md', true],
    ['notes/*.md', 'notes/old/a.md', false],
    ['notes/**/*.md', 'notes/old/er/a.md', true],
    ['notes/**/*.md', 'notes/a.md', true],
    ['**/old/**', 'a/old/b', true],
    ['**', 'a/b/c', true],
    ['?.txt', 'a.txt', true],
    ['?.txt', 'ab.txt', false],
    ['?.txt', '😀.txt', true],
    ['*.{md,txt}', 'x/a.txt', true],
    ['{a,b{c,d}}.md', 'bd.md', true],
    ['{a,b{c,d}}.md', 'be.md', false],
    ['a.md', 'aXmd', false],
    ['(a|b)+', '(a|b)+', true],
  ])('%s against %s is %s', (pattern, path, expected) => {
    expect(toGlobMatcher(pattern)?.(path)).toBe(expected);
  });

  it('with too many alternatives is no matcher', () => {
    expect(toGlobMatcher('{a,b}'.repeat(7))).toBeUndefined();
    expect(toGlobMatcher('{a,b}'.repeat(6))).toBeTypeOf('function');
  });
});

it('wildcards that ruin a regular expression take a step per character and star', () => {
  expect(matchesWildcard(`${'*a'.repeat(200)}*b`, 'a'.repeat(20_000))).toBe(false);
});
