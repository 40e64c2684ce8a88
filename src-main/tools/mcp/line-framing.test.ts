import { expect, it } from 'vitest';
import { createLineReader } from './line-framing.ts';

function read(chunks: readonly (string | Buffer)[], longestBytes = 1000) {
  const events: string[] = [];
  const reader = createLineReader(longestBytes, {
    onLine: (line) => events.push(line),
    onTooLong: (head, tail) => events.push(`too long: ${head.slice(0, 3)}…${tail.slice(-3)}`),
  });
  for (const chunk of chunks) reader.add(Buffer.from(chunk as string));
  return events;
}

it('gives the same lines however the bytes are cut', () => {
  const bytes = Buffer.from('one\r\nzwöi\n\n😀\nunfinished');
  const whole = read([bytes]);
  expect(whole).toEqual(['one', 'zwöi', '', '😀']);
  for (let cut = 0; cut <= bytes.length; cut += 1) expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
  expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
});

it('drops a line beyond the bound and goes on with the next', () => {
  const long = `abc${'x'.repeat(2000)}xyz`;
  expect(read(['before\n', long.slice(0, 500), long.slice(500, 1500), `${long.slice(1500)}\nafter\n`])).toEqual([
    'before',
    'too long: abc…xyz',
    'after',
  ]);
  expect(read([`${'x'.repeat(1000)}\n`])).toHaveLength(1);
});

it('holds next to nothing of a line that never ends', () => {
  const before = process.memoryUsage().rss;
  const reader = createLineReader(1000, { onLine: () => undefined, onTooLong: () => undefined });
  const chunk = Buffer.alloc(65_536, 'x');
  for (let count = 0; count < 5_000; count += 1) reader.add(chunk);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});
