import { expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { applyEdit } from '#shared/workflow/edits.ts';
import { findGroupOf, toGroupChange, toGroupEdit, toUngroupEdit } from './grouping.ts';

const document: WorkflowDocument = { schemaVersion: 1, name: 'Groups', nodes: [], edges: [] };

test('nodes are grouped, leave the group they were in, and an emptied group goes', () => {
  const first = applyEdit(document, toGroupEdit(document, ['a', 'b', 'c']).edit);
  const second = applyEdit(first, toGroupEdit(first, ['c', 'd']).edit);
  expect(second.groups).toEqual([
    { id: 'group', title: 'Group', nodes: ['a', 'b'] },
    { id: 'group2', title: 'Group 2', nodes: ['c', 'd'] },
  ]);
  const third = applyEdit(second, toGroupEdit(second, ['a', 'b', 'd']).edit);
  expect(third.groups?.map(({ id, nodes }) => [id, nodes])).toEqual([
    ['group2', ['c']],
    ['group3', ['a', 'b', 'd']],
  ]);
});

test('a group is found by exactly its nodes, renamed, coloured and taken away', () => {
  const grouped = applyEdit(document, toGroupEdit(document, ['a', 'b']).edit);
  expect([findGroupOf(grouped, ['b', 'a'])?.id, findGroupOf(grouped, ['a'])]).toEqual(['group', undefined]);
  const changed = applyEdit(grouped, toGroupChange(grouped, 'group', { title: 'Draft', colour: 'green' }));
  expect(changed.groups).toEqual([{ id: 'group', title: 'Draft', colour: 'green', nodes: ['a', 'b'] }]);
  expect(toUngroupEdit(changed, ['x'])).toBeNull();
  expect(toUngroupEdit(changed, ['a'])).toEqual({ type: 'changeGroups', groups: null });
});
