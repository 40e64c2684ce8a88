import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import {
  isDirty,
  type OpenDocument,
  toOpenDocument,
  withEdit,
  withGroupEnded,
  withRedo,
  withReloaded,
  withSaved,
  withUndo,
} from './open-document.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Notes',
  nodes: [{ id: 'writer', kind: 'prompt', name: 'Writer', position: { x: 0, y: 0 }, config: { prompt: '' } }],
  edges: [],
};
const open = toOpenDocument({ path: 'notes.heddle.json', revision: 'r1', document });
const type = (state: OpenDocument, prompt: string, group: string | null = 'writer.prompt') =>
  withEdit(state, { type: 'changeConfig', node: 'writer', config: { prompt } }, 'Change Writer', group);

describe('an open document', () => {
  test('is dirty until the host has written exactly what it holds', () => {
    const edited = type(open, 'a');
    expect(isDirty(open)).toBe(false);
    expect(isDirty(edited)).toBe(true);
    expect(isDirty(withSaved(edited, edited.document, 'r2'))).toBe(false);
    const meanwhile = type(edited, 'ab');
    const saved = withSaved(meanwhile, edited.document, 'r2');
    expect([isDirty(saved), saved.revision]).toEqual([true, 'r2']);
  });

  test('takes what is typed into one field as one step', () => {
    const typed = type(type(type(open, 'a'), 'ab'), 'abc');
    expect(typed.undo).toHaveLength(1);
    expect(withUndo(typed).document).toEqual(document);
    expect(withRedo(withUndo(typed)).document).toEqual(typed.document);
  });

  test('begins a new step after the field has lost the focus', () => {
    const typed = type(withGroupEnded(type(open, 'a')), 'ab');
    expect(typed.undo).toHaveLength(2);
    expect(withUndo(typed).document.nodes[0]?.config).toEqual({ prompt: 'a' });
  });

  test('does not join an edit to a step that was undone', () => {
    const typed = type(withRedo(withUndo(type(open, 'a'))), 'b');
    expect(withUndo(typed).document.nodes[0]?.config).toEqual({ prompt: 'a' });
  });

  test('joins different edits of one group in both directions', () => {
    const moved = withEdit(open, { type: 'moveNodes', positions: [{ node: 'writer', position: { x: 8, y: 0 } }] }, 'Move', 'nudge');
    const renamed = withEdit(moved, { type: 'renameNode', node: 'writer', name: 'Author' }, 'Rename', 'nudge');
    expect(renamed.undo).toHaveLength(1);
    expect(withUndo(renamed).document).toEqual(document);
    expect(withRedo(withUndo(renamed)).document).toEqual(renamed.document);
  });

  test('forgets what was undone when something else is done', () => {
    expect(type(withUndo(type(open, 'a')), 'b').redo).toEqual([]);
  });

  test('leaves everything as it is when an edit cannot be applied', () => {
    expect(() => withEdit(open, { type: 'removeNodes', nodes: ['gone'] }, 'Delete')).toThrow('There is no node “gone” any more.');
    expect(withUndo(open)).toBe(open);
    expect(withRedo(open)).toBe(open);
  });

  test('can go back to the edits that a reload replaced', () => {
    const edited = type(open, 'mine');
    const hooks: WorkflowDocument['hooks'] = [{ id: 'guard', point: 'afterNode', action: { type: 'expression', expression: 'null' } }];
    const theirs: WorkflowDocument = { ...document, name: 'Theirs', hooks, nodes: [], edges: [] };
    const reloaded = withReloaded({ ...edited, trouble: { type: 'conflict' } }, theirs, 'r9');
    expect([reloaded.document, reloaded.revision, isDirty(reloaded), reloaded.trouble]).toEqual([theirs, 'r9', false, null]);
    expect(withUndo(reloaded).document).toEqual(edited.document);
    expect(isDirty(withUndo(reloaded))).toBe(true);
    expect(withRedo(withUndo(reloaded)).document).toEqual(theirs);
  });
});
