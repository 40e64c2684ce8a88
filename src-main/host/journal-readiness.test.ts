import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createJournalReadiness } from './journal-readiness.ts';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

it('says that the disk is full, and within a second that it no longer is, however often it is asked', () => {
  let nowMs = 0;
  const answers = [full, undefined];
  let probes = 0;
  const readiness = createJournalReadiness('/journal', null, { monotonicMs: () => nowMs }, () => answers[probes++]);
  for (let times = 0; times < 50; times += 1)
    expect(readiness()).toMatchObject({ isOk: false, message: expect.stringMatching(/disk is full.*Free some space/) });
  expect(probes).toBe(1);
  nowMs = 1_000;
  expect(readiness()).toEqual({ isOk: true, message: 'writable' });
});

it('really writes, leaves nothing behind, and says why it could not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-ready-'));
  expect(createJournalReadiness(folder, null, { monotonicMs: () => 0 })()).toEqual({ isOk: true, message: 'writable' });
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
  expect(createJournalReadiness(folder, null, { monotonicMs: () => 0 })()).toMatchObject({
    isOk: false,
    message: expect.stringContaining('ENOENT'),
  });
});

it('a journal that is open for reading only is not asked', () => {
  const readiness = createJournalReadiness('/journal', 'It was opened for reading only.', { monotonicMs: () => 0 }, () => {
    throw new Error('asked');
  });
  expect(readiness()).toEqual({ isOk: false, message: 'It was opened for reading only.' });
});
