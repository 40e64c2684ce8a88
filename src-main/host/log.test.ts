import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createLog } from './log.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'heddle-log-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const lines = () =>
  readFileSync(join(home, 'logs', 'host.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('entries are lines of JSON at or above the level, for this user only, with keys blotted out', () => {
  const log = createLog(home, 'warn', createSimulatedClock(0));
  log('info', 'not this one');
  log('error', 'a call failed', { header: 'Bearer abcdefghijklmnop', key: 'sk-abcdef1234567890' });
  expect(lines()).toEqual([
    {
      at: '1970-01-01T00:00:00.000Z',
      level: 'error',
      pid: process.pid,
      message: 'a call failed',
      header: 'Bearer [redacted]',
      key: '[redacted]',
    },
  ]);
  expect(statSync(join(home, 'logs', 'host.log')).mode & 0o077).toBe(0);
});

test('a full file is put aside, and two older ones are kept', () => {
  const log = createLog(home, 'info', createSimulatedClock());
  for (let file = 0; file < 4; file++) {
    log('info', `begins file ${file}`);
    for (let entry = 0; entry < 6; entry++) log('info', 'x'.repeat(1024 * 1024));
  }
  expect(readdirSync(join(home, 'logs')).sort()).toEqual(['host.log', 'host.log.1', 'host.log.2']);
  expect(statSync(join(home, 'logs', 'host.log')).size).toBeLessThanOrEqual(5 * 1024 * 1024);
});

test('a log that cannot be written stops nobody', () => {
  writeFileSync(join(home, 'logs'), 'a file where the folder should be');
  expect(() => createLog(home, 'info', createSimulatedClock())('info', 'lost')).not.toThrow();
});
