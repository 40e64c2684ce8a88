import { expect, test } from 'vitest';
import { isLongerThan } from './message-limit.ts';

test.each(['', 'plain', 'grüße', '世界', '🧵🧵', 'a\u0000\u07ff\u0800\uffff'])(
  'the bytes of %j are counted as UTF-8 counts them',
  (text) => {
    const bytes = encodeURIComponent(text).replace(/%../g, 'x').length;
    expect(isLongerThan(text, bytes)).toBe(false);
    if (bytes > 0) expect(isLongerThan(text, bytes - 1)).toBe(true);
  },
);
