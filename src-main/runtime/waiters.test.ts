import { expect, it } from 'vitest';
import { createWaiters } from './waiters.ts';

const never = new AbortController().signal;

it('whoever waits goes on when what was waited for holds at a wake of its key, and not before', async () => {
  const waiters = createWaiters();
  const true_ = new Set<string>();
  const ended: string[] = [];
  const wait = (name: string, key: string) => waiters.until(key, () => true_.has(name), never).then(() => ended.push(name));
  const both = [wait('first', 'a'), wait('second', 'a')];
  const other = wait('other', 'b');
  true_.add('first');
  waiters.wake('a');
  waiters.wake('nobody waits for this');
  await both[0];
  expect(ended).toEqual(['first']);
  true_.add('second').add('other');
  waiters.wake('a');
  await both[1];
  expect(ended).toEqual(['first', 'second']);
  waiters.wake('b');
  await other;
});

it('what already holds is not waited for', async () => {
  await createWaiters().until('a', () => true, never);
});

it('whoever is aborted leaves with the reason, and the others of its key still hear of a wake', async () => {
  const waiters = createWaiters();
  let isOver = false;
  const leaving = new AbortController();
  const left = waiters.until('a', () => isOver, leaving.signal);
  const stays = waiters.until('a', () => isOver, never);
  leaving.abort(new Error('leaving'));
  await expect(left).rejects.toThrow('leaving');
  isOver = true;
  waiters.wake('a');
  await stays;
});

it('whoever begins to wait in the moment in which the last left is not forgotten', async () => {
  const waiters = createWaiters();
  let round = 1;
  const first = waiters.until('a', () => round > 1, never);
  round = 2;
  waiters.wake('a');
  // Those of the first round have not left the list yet.
  const second = waiters.until('a', () => round > 2, never);
  await first;
  round = 3;
  waiters.wake('a');
  await second;
});
