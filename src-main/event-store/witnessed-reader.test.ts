import { describe, expect, test } from 'vitest';
import { chainEvent, firstLink, type StoredEvent } from './chain.ts';
import type { StreamVerdict } from './event-store.ts';
import type { JournalReader, StreamRow } from './sqlite-reader.ts';
import { withLostEnds } from './witnessed-reader.ts';

function toEvents(stream: string, count: number): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let seq = 1; seq <= count; seq += 1)
    events.push(chainEvent(events.at(-1)?.hash ?? firstLink(stream), seq, { type: 'note.taken', version: 1, atMs: seq, data: {} }));
  return events;
}

const whole: StreamRow = { id: 1, name: 'run/a', lastSeq: 3, lastHash: 'h', endProblem: undefined };
const short: StreamRow = { id: 2, name: 'run/b', lastSeq: 2, lastHash: 'h', endProblem: undefined };
const events = { 'run/a': toEvents('run/a', 3), 'run/b': toEvents('run/b', 2) };
const damagedRow: StreamRow = { id: 3, name: 'run/d', lastSeq: 0, lastHash: '', endProblem: 'The end cannot be read.' };

/** A journal that holds run/a and run/b, and thinks itself whole. */
const reader: JournalReader = {
  findStream: (name) => [whole, short, damagedRow].find((row) => row.name === name),
  listStreams: (prefix) => ({ rows: [whole, short].filter(({ name }) => name.startsWith(prefix)), problems: ['a problem'] }),
  readStretch: (row, afterSeq, limit) => {
    const all = events[row.name as keyof typeof events];
    if (row.name === 'run/b' && limit === 99) return { events: [], damage: { fromSeq: 1, reason: 'Its own.' } };
    return {
      events: all.slice(afterSeq, afterSeq + limit),
      damage: row.endProblem === undefined ? undefined : { fromSeq: 9, reason: row.endProblem },
    };
  },
  checkTail: () => undefined,
  checkStream: (row) =>
    row.endProblem === undefined
      ? { stream: row.name, status: 'intact', events: row.lastSeq }
      : { stream: row.name, status: 'damaged', fromSeq: 1, reason: row.endProblem, readableEvents: 0 },
  checkAll: () => ({
    storageProblems: ['a problem'],
    streams: [
      { stream: 'run/a', status: 'intact', events: 3 },
      { stream: 'run/b', status: 'intact', events: 2 },
      { stream: 'run/e', status: 'damaged', fromSeq: 1, reason: 'Its own.', readableEvents: 0 },
    ],
  }),
  packedSeq: () => 0,
};
const explain = (from: number, to: number) =>
  `Events ${from} to ${to} were acknowledged and are gone: the end of the journal was damaged before it was moved into the database.`;
const lost = new Map([
  ['run/a', 3],
  ['run/b', 5],
  ['run/c', 4],
  ['run/d', 2],
  ['run/e', 7],
  ['other', 1],
]);
const witnessed = withLostEnds(reader, lost);
const gone = (name: string, lastSeq: number): StreamRow => ({ id: -1, name, lastSeq: 0, lastHash: '', endProblem: explain(1, lastSeq) });
const goneVerdict = (stream: string, lastSeq: number): StreamVerdict => ({
  stream,
  status: 'damaged',
  fromSeq: 1,
  reason: explain(1, lastSeq),
  readableEvents: 0,
});
const shortVerdict = { stream: 'run/b', status: 'damaged', fromSeq: 3, reason: explain(3, 5), readableEvents: 2 };

test('a journal that lost nothing is read as it is', () => {
  expect(withLostEnds(reader, new Map())).toBe(reader);
});

describe('a journal that lost ends', () => {
  test('blames the streams that are shorter than they were, and no other', () => {
    expect(witnessed.findStream('run/a')).toEqual(whole);
    expect(witnessed.findStream('run/b')).toEqual({ ...short, endProblem: explain(3, 5) });
    expect(witnessed.findStream('run/c')).toEqual(gone('run/c', 4));
    expect(witnessed.findStream('run/d')).toEqual(damagedRow);
    expect(witnessed.findStream('run/z')).toBeUndefined();
    expect(withLostEnds(reader, new Map([['run/c', 4]])).findStream('run/a')).toEqual(whole);
  });

  test('lists what is gone with what is left', () => {
    expect(witnessed.listStreams('run/')).toEqual({
      rows: [whole, { ...short, endProblem: explain(3, 5) }, gone('run/c', 4), gone('run/d', 2), gone('run/e', 7)],
      problems: ['a problem'],
    });
  });

  test('gives the events that are left, and the loss where they end', () => {
    const read = (name: string, afterSeq: number, limit: number) => {
      const row = witnessed.findStream(name);
      if (row === undefined) throw new Error(`no ${name}`);
      const { events: found, damage } = witnessed.readStretch(row, afterSeq, limit);
      return [found.map(({ seq }) => seq), damage];
    };
    expect(read('run/a', 0, 10)).toEqual([[1, 2, 3], undefined]);
    expect(read('run/b', 0, 1)).toEqual([[1], undefined]);
    expect(read('run/b', 0, 2)).toEqual([[1, 2], { fromSeq: 3, reason: explain(3, 5) }]);
    expect(read('run/b', 2, 10)).toEqual([[], { fromSeq: 3, reason: explain(3, 5) }]);
    expect(read('run/b', 0, 99)).toEqual([[], { fromSeq: 1, reason: 'Its own.' }]);
    expect(read('run/c', 0, 10)).toEqual([[], { fromSeq: 1, reason: explain(1, 4) }]);
    const free = withLostEnds(reader, new Map([['run/c', 4]]));
    expect(free.readStretch(whole, 1, 1).events.map(({ seq }) => seq)).toEqual([2]);
  });

  test('checks a stream as it stands, and finds the loss after what is intact', () => {
    const check = (name: string) => witnessed.checkStream(witnessed.findStream(name) ?? whole);
    expect(check('run/a')).toEqual({ stream: 'run/a', status: 'intact', events: 3 });
    expect(check('run/b')).toEqual(shortVerdict);
    expect(check('run/c')).toEqual(goneVerdict('run/c', 4));
    // What is no stream of the journal's any more is blamed even when its loss is not known to this reader.
    expect(withLostEnds(reader, new Map([['run/a', 1]])).checkStream(damagedRow)).toEqual({
      ...{ stream: 'run/d', status: 'damaged', fromSeq: 1 },
      ...{ reason: 'The end cannot be read.', readableEvents: 0 },
    });
  });

  test('tells all of it when everything is checked, and leaves a damage of its own what it is', () => {
    expect(witnessed.checkAll()).toEqual({
      storageProblems: ['a problem'],
      streams: [
        { stream: 'run/a', status: 'intact', events: 3 },
        shortVerdict,
        { stream: 'run/e', status: 'damaged', fromSeq: 1, reason: 'Its own.', readableEvents: 0 },
        goneVerdict('run/c', 4),
        goneVerdict('run/d', 2),
        goneVerdict('other', 1),
      ],
    });
  });
});
