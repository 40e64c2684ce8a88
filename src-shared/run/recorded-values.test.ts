import { describe, expect, it } from 'vitest';
import { beginRun, recordFacts, started, succeeded } from '../../tests/support/recorded-facts.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { toInnerValues, toRecordedValues } from './recorded-values.ts';

const document = toDocument(
  {
    a: { kind: 'prompt' },
    b: { kind: 'prompt' },
    c: { kind: 'prompt' },
    both: { kind: 'tool' },
    each: { kind: 'map', config: { workflow: 'w', items: 'a.text' } },
  },
  ['a.text->both.in', 'b.text->both.in'],
);
const run = recordFacts(beginRun(document), started('a'), succeeded('a', { text: 'A' }), [
  'node.skipped',
  { node: 'b', reason: 'disabled' },
]);

describe('what a run recorded', () => {
  it('is the outputs of every node that came to an end, and what the edges bring', () => {
    expect(toRecordedValues(document, 'both', run)).toEqual({ a: { text: 'A' }, b: null, inputs: { in: { a: 'A' } } });
  });

  it('gives way to what is pinned', () => {
    expect(toRecordedValues(document, 'both', run, { b: { text: 'B' } })).toMatchObject({
      b: { text: 'B' },
      inputs: { in: { a: 'A', b: 'B' } },
    });
    expect(toRecordedValues(document, 'both', null, { b: { text: 'B' } })).toEqual({ b: { text: 'B' }, inputs: { in: { b: 'B' } } });
  });

  it('leaves out an input of which nobody knows what comes', () => {
    expect(toRecordedValues(document, 'both', null)).toEqual({ inputs: {} });
  });

  it('has the first item for what a map gives each, once its list is known', () => {
    const each = document.nodes.find(({ id }) => id === 'each');
    if (each === undefined) throw new Error('no map');
    expect(toInnerValues(each, 'inputs', run, { a: { text: ['p', 'q'] } })).toEqual({ item: 'p', index: 0 });
    expect(toInnerValues(each, 'inputs', run, {})).toEqual({});
    expect(toInnerValues(each, 'items', run, {})).toEqual({});
  });
});
