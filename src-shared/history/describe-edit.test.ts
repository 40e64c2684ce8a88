import { expect, it } from 'vitest';
import { describeEdit } from './describe-edit.ts';

const position = { x: 0, y: 0 };

it('says what an edit did, with the nodes that it touched', () => {
  expect(describeEdit({ type: 'moveNodes', positions: ['a', 'b'].map((node) => ({ node, position })) })).toBe('moved a and b');
  expect(describeEdit({ type: 'removeNodes', nodes: ['a', 'b', 'c'] })).toBe('removed 3 nodes');
  expect(describeEdit({ type: 'setDisabled', node: 'a', disabled: null })).toBe('enabled a');
  expect(describeEdit({ type: 'restore', nodes: [], edges: [] })).toBe('');
});

it('says of a batch what is in it, each thing once, and counts the rest', () => {
  const change = (node: string) => ({ type: 'changeConfig', node, config: {} }) as const;
  expect(describeEdit({ type: 'batch', edits: [change('a'), change('a'), { type: 'batch', edits: [change('b')] }] })).toBe(
    'changed the settings of a, changed the settings of b',
  );
  expect(describeEdit({ type: 'batch', edits: ['a', 'b', 'c', 'd', 'e'].map(change) })).toBe(
    'changed the settings of a, changed the settings of b, changed the settings of c and 2 more',
  );
});
