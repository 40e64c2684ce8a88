import { expect, it } from 'vitest';
import { aLane } from './lane-rows.test-data.ts';
import { formatRate, isFull, sortBreakers, toBreakerName, toPressureWords } from './lane-words.ts';

it('says what a lane does with more than it takes', () => {
  expect([
    toPressureWords(aLane({})),
    toPressureWords(aLane({ maxDepth: 1 })),
    toPressureWords(aLane({ maxDepth: 20, whenFull: 'reject' })),
    toPressureWords(aLane({ maxDepth: 20, whenFull: 'shed' })),
  ]).toEqual([
    'takes all who come',
    '1 place, then lets them wait outside',
    '20 places, then refuses',
    '20 places, then drops the least important',
  ]);
});

it('calls a lane full when its places are taken or somebody stands outside', () => {
  expect([
    isFull(aLane({ depth: 500 })),
    isFull(aLane({ depth: 19, maxDepth: 20 })),
    isFull(aLane({ depth: 20, maxDepth: 20 })),
    isFull(aLane({ depth: 0, maxDepth: 0 })),
    isFull(aLane({ outside: 1 })),
  ]).toEqual([false, false, true, false, true]);
});

it('writes a rate with its unit, and never 0 for what is not known', () => {
  expect([0, 0.04, 0.5, 3.26, 12.6, 1234.5].map(formatRate)).toEqual(['–', '< 0.1/s', '0.5/s', '3.3/s', '13/s', '1,235/s']);
});

it('names circuits by what they stand before, and puts what is wrong first', () => {
  const breaker = (key: string, state: 'closed' | 'open' | 'halfOpen') => ({
    key,
    state,
    failuresInRow: 0,
    calls: 0,
    failed: 0,
    retryAfterMs: 0,
    lastFailure: null,
    opened: 0,
  });
  expect([toBreakerName('model:openai'), toBreakerName('tool:mcp:files')]).toEqual(['Provider openai', 'Tool mcp:files']);
  const sorted = sortBreakers([
    breaker('tool:b', 'closed'),
    breaker('tool:a', 'closed'),
    breaker('tool:z', 'open'),
    breaker('tool:c', 'halfOpen'),
  ]);
  expect(sorted.map(({ key }) => key)).toEqual(['tool:z', 'tool:c', 'tool:a', 'tool:b']);
});
