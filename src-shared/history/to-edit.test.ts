import { expect, it } from 'vitest';
import { createRandom } from '../../tests/support/random.ts';
import { toRandomEdit } from '../../tests/support/random-edits.ts';
import type { WorkflowDocument } from '../workflow/document.ts';
import { applyEdit, invertEdit } from '../workflow/edits.ts';
import { toEdit } from './to-edit.ts';

const start: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Start',
  nodes: [{ id: 'a', kind: 'prompt', name: 'A', position: { x: 0, y: 0 }, config: {} }],
  edges: [],
};

it('leads from any document to any other, and back', () => {
  const random = createRandom(3);
  let [before, after] = [start, start];
  for (let step = 0; step < 1_000; step += 1) {
    try {
      after = applyEdit(after, toRandomEdit(after, random));
      if (random() < 0.3) before = applyEdit(before, toRandomEdit(before, random));
    } catch {
      continue;
    }
    const edit = toEdit(before, after);
    if (edit === null) expect(before).toEqual(after);
    else {
      expect(applyEdit(before, edit)).toEqual(after);
      expect(applyEdit(after, invertEdit(before, edit))).toEqual(before);
    }
  }
});

it('is nothing between equal documents, and the whole where ids stand twice', () => {
  expect(toEdit(start, structuredClone(start))).toBeNull();
  const twice = { ...start, nodes: [...start.nodes, ...start.nodes] };
  expect(toEdit(start, twice)).toEqual({ type: 'replaceDocument', document: twice });
});
