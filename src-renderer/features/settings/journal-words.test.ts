import { describe, expect, it } from 'vitest';
import { toBackupWords, toCompactionWords } from './journal-words.ts';

const report = { dryRun: false, runs: 2, events: 900, bytesBefore: 400_000, bytesAfter: 50_000, freedBytes: 360_000, skipped: [] };

describe('the words of compaction', () => {
  it('say what was gained', () => {
    expect(toCompactionWords(report)).toMatch(/^Compressed 2 runs with 900 events, .*, to .*; the journal is .* smaller\.$/);
  });
  it('say what can be gained', () => {
    expect(toCompactionWords({ ...report, dryRun: true, bytesAfter: null, freedBytes: 0 })).toMatch(
      /^2 runs with 900 events, .*, can be compressed\.$/,
    );
  });
  it('say that there is nothing to gain, and what was left alone', () => {
    const skipped = [{ runId: 'a', reason: 'damaged' }];
    expect(toCompactionWords({ ...report, runs: 0, events: 0, skipped })).toBe(
      'There is nothing to compress. 1 damaged run is left as it is.',
    );
  });
});

describe('the words of a backup', () => {
  it('say what it holds, and what is damaged in it', () => {
    const backup = { path: '/b', atMs: 0, bytes: 4096, runs: 1, events: 12, damagedRuns: [] };
    expect(toBackupWords(backup)).toMatch(/^Backed up 1 run with 12 events, \S+ \S+$/);
    expect(toBackupWords({ ...backup, damagedRuns: ['a', 'b'] })).toMatch(/2 runs are damaged in the journal and in the backup$/);
  });
});
