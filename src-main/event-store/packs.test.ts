import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { chainEvent, findDamage, findEndDamage, firstLink, type StoredEvent } from './chain.ts';
import { blobThresholdBytes } from './event-store.ts';
import { toPack, unpack } from './packs.ts';

const first = chainEvent(firstLink('run/a'), 1, { type: 'note.taken', version: 1, atMs: 1, data: { text: 'one\ntwo' } });
const second = chainEvent(first.hash, 2, { type: 'note.kept', version: 2, atMs: 2, data: { text: 'x'.repeat(blobThresholdBytes) } });
const events: StoredEvent[] = [first, second];

test('a pack holds what its events are, and for a large one the name of its blob', async () => {
  const pack = await toPack(events);
  expect([pack.lastSeq, pack.events, pack.hash]).toEqual([2, 2, second.hash]);
  expect(unpack(pack.data, 2)).toEqual([
    { type: 'note.taken', version: 1, atMs: 1, blobHash: undefined, text: first.text },
    { type: 'note.kept', version: 2, atMs: 2, blobHash: second.blobHash, text: '' },
  ]);
});

test('nothing cannot be packed', async () => {
  await expect(toPack([])).rejects.toThrow(RangeError);
});

test('what is no pack, or one of another length, is not unpacked', async () => {
  const { data } = await toPack(events);
  expect(unpack(data, 1)).toBeUndefined();
  expect(unpack(data.subarray(0, 5), 2)).toBeUndefined();
  expect(unpack(deflateSync('no list\n{}\n'), 1)).toBeUndefined();
});

test('the chain tells a hole, a changed blob, a changed event and a wrong end apart', () => {
  const start = firstLink('run/a');
  expect(findDamage(0, start, events)).toBeUndefined();
  expect(findDamage(0, start, [second])).toEqual({ fromSeq: 1, reason: 'Event 1 is missing; the next one found is 2.' });
  expect(findDamage(0, start, [first, { ...second, text: '{}' }])).toEqual({ fromSeq: 2, reason: 'The blob of event 2 was changed.' });
  expect(findDamage(0, start, [{ ...first, atMs: 7 }])).toEqual({
    fromSeq: 1,
    reason: 'The hash of event 1 does not match its content or the event before it.',
  });
  expect(findEndDamage({ lastSeq: 2, lastHash: second.hash }, 0, events, true)).toBeUndefined();
  expect(findEndDamage({ lastSeq: 1, lastHash: first.hash }, 0, events, true)).toEqual({
    fromSeq: 2,
    reason: 'The head says that the stream ends at event 1, but more follow.',
  });
  expect(findEndDamage({ lastSeq: 3, lastHash: '' }, 0, events, true)).toEqual({ fromSeq: 3, reason: 'Events 3 to 3 are missing.' });
  expect(findEndDamage({ lastSeq: 3, lastHash: '' }, 0, events, false)).toBeUndefined();
  expect(findEndDamage({ lastSeq: 2, lastHash: 'x' }, 0, events, true)).toEqual({
    fromSeq: 2,
    reason: 'The newest event is not the one that the head names.',
  });
  expect(findEndDamage({ lastSeq: 2, lastHash: second.hash }, 2, [], true)).toBeUndefined();
});

test('what cannot be written as JSON, or has no time or version, is no event', () => {
  const event = { type: 'note.taken', version: 1, atMs: 1, data: {} };
  for (const wrong of [{ data: undefined }, { atMs: Number.NaN }, { version: 1.5 }, { type: '\ud800' }])
    expect(() => chainEvent('', 1, { ...event, ...wrong } as never)).toThrow('This is not an event');
});
