import { describe, expect, test } from 'vitest';
import type { CodeForm } from '#shared/workflow/code/code-form.ts';
import { readRecorded } from '#shared/workflow/code/read-code.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { applyEdit, invertEdit } from '#shared/workflow/edits.ts';
import { type CodeSession, type CodeState, createCodeSession } from './code-session.ts';

const start: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Brief',
  nodes: [
    { id: 'start', kind: 'input', name: 'Start', position: { x: 1, y: 2 }, config: { fields: [{ name: 'topic', type: 'string' }] } },
    { id: 'out', kind: 'output', name: 'Out', position: { x: 301, y: 2 }, config: { name: 'text' } },
  ],
  edges: [{ from: { node: 'start', port: 'topic' }, to: { node: 'out', port: 'value' } }],
};

/** An editor and a canvas without a window. */
function open(form: CodeForm, isOnline = true) {
  let document = start;
  const undo: WorkflowEdit[] = [];
  const seen = { text: '', state: null as CodeState | null, edits: [] as WorkflowEdit[] };
  let session: CodeSession | undefined;
  const put = (edit: WorkflowEdit) => {
    document = applyEdit(document, edit);
    session?.documentChanged();
  };
  const change = (edit: WorkflowEdit) => {
    undo.push(invertEdit(document, edit));
    put(edit);
  };
  session = createCodeSession(form, {
    document: () => document,
    edit: (edit) => {
      seen.edits.push(edit);
      change(edit);
    },
    show: (text) => {
      seen.text = text;
    },
    run: (text, before) =>
      isOnline
        ? Promise.resolve(readRecorded(text, [{ method: 'workflow', args: ['Computed'], start: 0 }], before))
        : Promise.reject(new Error('no connection')),
    onState: (state) => {
      seen.state = state;
    },
  });
  return {
    ...seen,
    seen,
    session,
    canvas: change,
    undoLast: () => put(undo.pop() as WorkflowEdit),
    document: () => document,
    type: (before: string, after: string) => {
      expect(seen.text).toContain(before);
      seen.text = seen.text.replace(before, after);
      return (session as CodeSession).textChanged(seen.text);
    },
  };
}

const rename: WorkflowEdit = { type: 'renameNode', node: 'out', name: 'Result' };

describe('text and canvas', () => {
  test.each(['json', 'yaml', 'ts'] as const)('begin in step as %s, and a change of either is one of the other', async (form) => {
    const { seen, type, canvas, document } = open(form);
    expect(seen.state).toMatchObject({ status: 'same', problems: [] });
    await type('topic', 'subject');
    expect(seen.edits).toHaveLength(1);
    expect(document().nodes[0]).toMatchObject({ position: { x: 1, y: 2 }, config: { fields: [{ name: 'subject' }] } });
    canvas({ type: 'moveNodes', positions: [{ node: 'start', position: { x: 7, y: 7 } }] });
    canvas(rename);
    expect(seen.text).toContain('Result');
    expect(seen.text).toContain('subject');
  });

  test('keep what was typed as it was typed: comments, quotes, blank lines, and an undo brings it back', async () => {
    const { seen, type, canvas, undoLast, document } = open('yaml');
    await type('name: Brief\n', "name:   'Brief'   # ours\n\n\n");
    const typed = seen.text;
    expect(document().comments).toEqual([{ at: ['name'], side: 'beside', text: 'ours' }]);
    canvas(rename);
    expect(seen.text).toContain('name: Brief # ours');
    undoLast();
    expect(seen.text).toBe(typed);
    undoLast();
    expect(seen.text).not.toContain('ours');
  });

  test('leave the text alone when a card is moved, unless the text says where it stands', async () => {
    const { seen, type, canvas, document } = open('yaml');
    await type('name: Brief\n', 'name: "Brief"\n');
    const typed = seen.text;
    canvas({ type: 'moveNodes', positions: [{ node: 'start', position: { x: 50, y: 50 } }] });
    expect(seen.text).toBe(typed);
    await type('kind: input', 'kind: input\n    position: { x: 5, y: 5 }');
    expect(document().nodes[0]?.position).toEqual({ x: 5, y: 5 });
    canvas({ type: 'moveNodes', positions: [{ node: 'start', position: { x: 9, y: 9 } }] });
    expect(seen.text).not.toContain('position');
    await type('name: Brief', 'name: Longer');
    expect(document().nodes[0]?.position).toEqual({ x: 9, y: 9 });
  });

  test('part while the text cannot be read: the canvas keeps what it has, and both changes are there in the end', async () => {
    const { seen, type, canvas, document } = open('yaml');
    await type('kind: input', 'kind: [input');
    expect(seen.state?.status).toBe('broken');
    expect(seen.edits).toEqual([]);
    canvas(rename);
    expect(seen.text).toContain('kind: [input');
    await type('kind: [input', 'kind: input\n    lane: slow');
    expect(seen.state?.status).toBe('same');
    expect(document().nodes).toMatchObject([{ lane: 'slow' }, { name: 'Result' }]);
    expect(seen.text).toContain('lane: slow');
    expect(seen.text).toContain('Result');
  });

  test('stay as they are while someone types', async () => {
    const { seen, session, canvas, document } = open('yaml');
    session.typing();
    const typed = seen.text.replace('Brief', 'Longer');
    seen.text = typed;
    canvas(rename);
    expect(seen.text).toBe(typed);
    await session.textChanged(typed);
    expect(document()).toMatchObject({ name: 'Longer', nodes: [{}, { name: 'Result' }] });
  });

  test('come back together by giving up what was typed', async () => {
    const { seen, type, session, document } = open('json');
    await type('"nodes"', 'nodes');
    expect(seen.state).toMatchObject({ status: 'broken', problems: [{ severity: 'error' }] });
    session.discard();
    expect(seen.state).toMatchObject({ status: 'same', problems: [] });
    expect(formatWorkflowFile(document())).toBe(formatWorkflowFile(start));
  });

  test('keep what cannot be read yet, in another form and over a session, as a change of what it was typed over', async () => {
    const { seen, type, session, canvas, document } = open('yaml');
    await type('kind: input', 'kind: [input');
    const typed = seen.text;
    session.switchTo('json');
    expect(seen.text).toContain('"kind": "input"');
    canvas(rename);
    session.switchTo('yaml');
    expect(seen.text).toBe(typed);
    expect(seen.state?.status).toBe('broken');
    await type('kind: [input', 'kind: input\n    lane: slow');
    expect(document().nodes).toMatchObject([{ lane: 'slow' }, { name: 'Result' }]);
  });

  test('say why an edit is refused', async () => {
    const { seen, type } = open('yaml');
    await type('id: out', 'id: start');
    expect(seen.state).toMatchObject({ status: 'broken', problems: [{ message: expect.stringContaining('“start”') }] });
  });

  test('ask the host what code that computes builds, and say so while nobody can', async () => {
    const online = open('ts');
    await online.type("workflow('Brief')", "workflow('Bri' + 'ef')");
    expect(online.seen.state).toMatchObject({ status: 'same', isComputed: true });
    expect(online.document().name).toBe('Computed');
    const offline = open('ts', false);
    await offline.type("workflow('Brief')", "workflow('Bri' + 'ef')");
    expect(offline.seen.state).toMatchObject({ status: 'broken', isComputed: true });
    expect(offline.seen.state?.problems.at(-1)?.message).toContain('The host cannot be reached');
  });

  test('show the same workflow in another form', () => {
    const { seen, session } = open('json');
    session.switchTo('ts');
    expect(seen.text).toContain("export default workflow('Brief')");
    expect(seen.state).toMatchObject({ form: 'ts', status: 'same' });
  });
});
