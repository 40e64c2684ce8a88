import { expect, it } from 'vitest';
import { applyEdit } from '#shared/workflow/edits.ts';
import { toDocument } from '../../../tests/support/workflow-builder.ts';
import { findRenamed } from './follow-renames.ts';

const document = toDocument({ a: { kind: 'prompt' }, b: { kind: 'prompt' } }, ['a.text->b.in']);

it('finds the pinned node that is called otherwise now, and back', () => {
  const renamed = applyEdit(document, { type: 'changeNodeId', node: 'a', newId: 'ask' });
  expect(findRenamed(document, renamed, ['a', 'b'])).toEqual([['a', 'ask']]);
  expect(findRenamed(renamed, document, ['ask'])).toEqual([['ask', 'a']]);
  expect(findRenamed(document, renamed, ['b'])).toEqual([]);
});

it('leaves the pin of a node that was removed where it is: it may come back', () => {
  expect(findRenamed(document, applyEdit(document, { type: 'removeNodes', nodes: ['a'] }), ['a'])).toEqual([]);
});
