import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openNotedEnds } from './noted-ends.ts';

let folder: string;
const path = () => join(folder, 'journal.db');
const nothing = () => 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-ends-'));
  writeFileSync(path(), 'a journal');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a writer that died after these notes leaves behind. */
function noteAndDie(...ends: (readonly [stream: string, lastSeq: number])[]): void {
  const notes = openNotedEnds(path(), nothing, false);
  for (const [stream, lastSeq] of ends) notes.note([{ stream, lastSeq }]);
  notes.close(false);
}
const lostAt = (toLastSeq: (stream: string) => number) => {
  const notes = openNotedEnds(path(), toLastSeq, true);
  notes.close(true);
  return [...notes.lost];
};

test('a stream that is shorter than was noted has lost its end, whatever its name', () => {
  noteAndDie(['run/a', 3], ['run/b "\n 2', 7], ['run/a', 5], ['run/c', 2]);
  expect(lostAt((stream) => (stream === 'run/c' ? 2 : 4))).toEqual([
    ['run/a', 5],
    ['run/b "\n 2', 7],
  ]);
});

test('notes of another database file say nothing of this one', () => {
  noteAndDie(['run/a', 3]);
  writeFileSync(`${path()}.other`, 'another journal');
  renameSync(`${path()}.other`, path());
  expect(lostAt(nothing)).toEqual([]);
});

test('a note that was half written or changed is skipped', () => {
  noteAndDie(['run/a', 3], ['run/b', 4]);
  const text = readFileSync(`${path()}-ends`, 'latin1');
  writeFileSync(`${path()}-ends`, text.replace('"run/a"', '"run/x"'), 'latin1');
  expect(lostAt(nothing)).toEqual([['run/b', 4]]);
});

test('more notes than the file holds go round behind the losses, which stay', () => {
  noteAndDie(['run/lost', 9]);
  const notes = openNotedEnds(path(), nothing, false);
  expect([...notes.lost]).toEqual([['run/lost', 9]]);
  for (let seq = 1; seq <= 12_000; seq += 1) notes.note([{ stream: 'run/a', lastSeq: seq }]);
  notes.close(false);
  expect(statSync(`${path()}-ends`).size).toBe(256 * 1024);
  expect(lostAt(nothing)).toEqual([
    ['run/lost', 9],
    ['run/a', 12_000],
  ]);
});

test('the notes go when all has moved into the database, unless something was lost', () => {
  const notes = openNotedEnds(path(), nothing, false);
  notes.note([{ stream: 'run/a', lastSeq: 1 }]);
  notes.close(true);
  expect(statSync(`${path()}-ends`, { throwIfNoEntry: false })).toBeUndefined();
  noteAndDie(['run/a', 1]);
  openNotedEnds(path(), nothing, false).close(true);
  expect(lostAt(nothing)).toEqual([['run/a', 1]]);
});

test('where no notes can be kept there are none, and the journal works on', () => {
  const nowhere = join(folder, 'nowhere', 'journal.db');
  const notes = openNotedEnds(nowhere, nothing, false);
  notes.note([{ stream: 'run/a', lastSeq: 1 }]);
  notes.close(true);
  expect([...notes.lost]).toEqual([]);
});
