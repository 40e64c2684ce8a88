import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatEstimate, formatMoney, formatRelativeTime, formatTokens } from './format.ts';
import { toKeyLabel } from './key-label.ts';

describe('figures', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1400, '1.4 s'],
    [9949, '9.9 s'],
    [9999, '10 s'],
    [59_600, '1 min'],
    [125_000, '2 min 5 s'],
    [11_520_000, '3 h 12 min'],
    [200_000_000, '2 d 7 h'],
    [null, '–'],
    [Number.NaN, '–'],
    [-1, '–'],
  ])('a duration of %s ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [0, '0'],
    [820, '820'],
    [7100, '7.1k'],
    [8000, '8k'],
    [99_950, '100k'],
    [213_900, '214k'],
    [1_200_000, '1.2M'],
    [undefined, '–'],
  ])('%s tokens read %s', (tokens, text) => {
    expect(formatTokens(tokens)).toBe(text);
  });

  it.each([
    [1.37, '$1.37'],
    [0, '$0.00'],
    [0.032, '$0.032'],
    [0.00012, '$0.00012'],
    [null, '–'],
  ])('%s dollars read %s', (usd, text) => {
    expect(formatMoney(usd, 'en-US')).toBe(text);
  });

  it('writes money the way the language does', () => {
    expect(formatMoney(1.5, 'de-DE')).toBe('1,50\u00a0$');
  });

  it.each([
    [512, '512 B'],
    [1536, '1.5 KB'],
    [12_288, '12 KB'],
    [3_565_158, '3.4 MB'],
  ])('%s bytes read %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [3, 'now'],
    [40, '40 s ago'],
    [300, '5 min ago'],
    [10_800, '3 h ago'],
    [90_000, 'yesterday'],
    [10 * 86_400, 'Jan 1'],
    [20 * 86_400, 'Dec 22, 2025'],
  ])('%s seconds ago reads %s', (seconds, text) => {
    const now = Date.UTC(2026, 0, 11, 12);
    expect(formatRelativeTime(now - seconds * 1000, now, 'en-US')).toBe(text);
  });

  it('counts in words', () => {
    expect([formatCount(1, 'run'), formatCount(2, 'run'), formatCount(0, 'entry', 'entries')]).toEqual(['1 run', '2 runs', '0 entries']);
  });

  it('writes chords as the platform does', () => {
    expect([toKeyLabel('Mod+Shift+K', false), toKeyLabel('Mod+Shift+K', true), toKeyLabel('ArrowUp', false)]).toEqual([
      'Ctrl Shift K',
      '⌘⇧K',
      '↑',
    ]);
  });
});

it('rounds estimates to two figures', () => {
  expect([0, 1, 37, 324, 1_249, 98_700].map((count) => formatEstimate(count, 'token'))).toEqual([
    'about 0 tokens',
    'about 1 token',
    'about 37 tokens',
    'about 320 tokens',
    'about 1,200 tokens',
    'about 99,000 tokens',
  ]);
});
