import { expect, it } from 'vitest';
import { findConflicts } from './find-conflicts.ts';

const list = { source: 'suppliers.md', text: 'Flax yarn from Olmo has a lead time of 7 weeks.' };
const minutes = { source: 'minutes.md', text: 'Karl says that flax yarn from Olmo has a lead time of 3 weeks, so May is early enough.' };

it('finds two sources that say the same thing with different figures', () => {
  expect(findConflicts([list, { source: 'other.md', text: 'Revenue was 412,300 euros.' }, minutes])).toEqual([
    { first: list.text, firstSource: list.source, second: minutes.text, secondSource: minutes.source },
  ]);
});

it('finds nothing when the figures agree, one side adds one, or both are of one source', () => {
  const agreeing = { ...minutes, text: minutes.text.replace('3', '7') };
  expect(findConflicts([list, agreeing])).toEqual([]);
  expect(findConflicts([list, { ...agreeing, text: `${agreeing.text} 2026` }])).toEqual([]);
  expect(findConflicts([list, { ...minutes, source: list.source }])).toEqual([]);
});

it('finds nothing in sentences that share only their form', () => {
  expect(
    findConflicts([
      { source: 'a', text: 'The online shop grew by 31 % last year.' },
      { source: 'b', text: 'The restaurant business shrank by 4 % last year.' },
    ]),
  ).toEqual([]);
});

it('gets through thousands of sentences that are nearly alike', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({
    source: `f${index}`,
    text: `The parcel with name w${index}x took ${index} days to come.`,
  }));
  const startedAtMs = performance.now();
  expect(findConflicts(many).length).toBeLessThanOrEqual(10);
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});
