import { expect, it } from 'vitest';
import { beginRun, type Fact, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { listCompensations, listUndoing } from './compensations.ts';

const saga: Fact = ['saga.started', { scope: '', reason: '' }];
const document = toDocument(
  {
    ...{ a: { kind: 'transform', compensation: 'undoA' }, b: { kind: 'transform', compensation: 'undoB' }, c: { kind: 'transform' } },
    ...{ undoA: { kind: 'transform' }, undoB: { kind: 'transform' } },
  },
  [],
);

it('what completed last is undone first, wherever it stands in the document', () => {
  const done = (first: string, second: string) => {
    const run = recordFacts(
      beginRun(document),
      started('a'),
      started('b'),
      started('c'),
      succeeded(first),
      succeeded(second),
      succeeded('c'),
    );
    return listCompensations(run, '', run).map(({ address }) => address);
  };
  expect(done('a', 'b')).toEqual(['undoB', 'undoA']);
  expect(done('b', 'a')).toEqual(['undoA', 'undoB']);
});

it('what has not completed has nothing to undo, and nothing is undone before the saga begins', () => {
  const run = recordFacts(beginRun(document), started('a'), started('b'), succeeded('b'));
  expect(listCompensations(run, '', run).map(({ address }) => address)).toEqual(['undoB']);
  expect(listUndoing(run)).toEqual([]);
  expect(listUndoing(recordFacts(run, saga)).map(({ address }) => address)).toEqual(['undoB']);
});
