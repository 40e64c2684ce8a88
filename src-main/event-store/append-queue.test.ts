import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAppendQueue, type JournalMedium } from './append-queue.ts';
import type { StoredEvent } from './chain.ts';
import type { StreamHead } from './event-store.ts';

describe('commits that react to commits', () => {
  it('wait for the next turn of the event loop when the disk is slow', async () => {
    expect(await commitsInTurns(3, 1)).toEqual([1, 2, 3]);
  });

  it('go on for a millisecond when it is not', async () => {
    expect(await commitsInTurns(3, 0.25)).toEqual([4, 8, 12]);
  });

  it('give way after a dozen however quick they are', async () => {
    expect(await commitsInTurns(3, 0)).toEqual([13, 26, 39]);
  });

  it('are made together by all who react, some of them through several promises', async () => {
    const batches: number[] = [];
    const queue = createAppendQueue({ ...emptyMedium, commit: (writes) => void batches.push(writes.length) }, () => 0);
    const write = async (stream: string, depth: number): Promise<void> => {
      for (let seq = 0; seq < 3; seq += 1) {
        await queue.append(stream, seq, [note]);
        for (let hop = 0; hop < depth; hop += 1) await Promise.resolve();
      }
    };
    await Promise.all([write('a', 0), write('b', 4), write('c', 9)]);
    expect(batches).toEqual([3, 3, 3]);
  });
});

describe('the ends of streams', () => {
  it('are forgotten when there are many, but never of one that is being written or has stopped', async () => {
    const heads = new Map<string, StreamHead>();
    const loads = new Map<string, number>();
    let failing: string | undefined;
    const queue = createAppendQueue(
      {
        loadHead(stream) {
          loads.set(stream, (loads.get(stream) ?? 0) + 1);
          return heads.get(stream) ?? { stream, lastSeq: 0, lastHash: '' };
        },
        commit(writes) {
          if (writes.some(({ stream }) => stream === failing)) throw new Error('The disk is full');
          for (const { stream, events } of writes) {
            const { seq, hash } = events.at(-1) as StoredEvent;
            heads.set(stream, { stream, lastSeq: seq, lastHash: hash });
          }
        },
        explainFailure: (error) => ({ reason: String(error), isFatal: false }),
      },
      () => 0,
    );
    failing = 'stopped';
    await expect(queue.append('stopped', 0, [note])).rejects.toThrow('The disk is full');
    failing = undefined;
    await queue.append('old', 0, [note]);
    const writing = queue.append('written', 0, [note]);
    const many = Array.from({ length: 5000 }, (_, index) => queue.append(`run/${index}`, 0, [note]));
    const written = queue.append('written', 1, [note]);
    await Promise.all([writing, written, ...many]);
    for (let index = 0; index < 5000; index += 1) await queue.append(`run/${index}`, 1, [note]);
    expect(await queue.append('old', 1, [note])).toMatchObject({ lastSeq: 2 });
    await expect(queue.append('stopped', 0, [note])).rejects.toThrow('The disk is full');
    expect([loads.get('old'), loads.get('written'), loads.get('stopped')]).toEqual([2, 1, 1]);
  });
});

const note = { type: 'note.taken', version: 1, atMs: 1, data: {} };

const emptyMedium: JournalMedium = {
  loadHead: (stream) => ({ stream, lastSeq: 0, lastHash: '' }),
  commit: () => undefined,
  explainFailure: (error) => ({ reason: String(error), isFatal: false }),
};

/** How many commits there were after each turn, when one writer never pauses and every commit takes `commitMs`. */
async function commitsInTurns(turns: number, commitMs: number): Promise<number[]> {
  let nowMs = 0;
  let commits = 0;
  const medium: JournalMedium = {
    ...emptyMedium,
    commit() {
      nowMs += commitMs;
      commits += 1;
    },
  };
  const queue = createAppendQueue(medium, () => nowMs);
  let isDone = false;
  const writer = (async () => {
    for (let seq = 0; !isDone; seq += 1) await queue.append('run/1', seq, [note]);
  })();
  const counts: number[] = [];
  for (let count = 0; count < turns; count += 1) {
    await turn();
    counts.push(commits);
  }
  isDone = true;
  await writer;
  return counts;
}
