import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createAppendQueue, type JournalMedium } from './append-queue.ts';

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
