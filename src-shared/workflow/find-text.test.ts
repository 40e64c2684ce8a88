import { expect, test } from 'vitest';
import type { WorkflowDocument } from './document.ts';
import { formatWorkflowFile } from './document-file.ts';
import { applyEdit, invertEdit } from './edits.ts';
import { type FindOptions, findText, toReplaceEdit } from './find-text.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Texts',
  groups: [{ id: 'group', title: 'Draft work', nodes: ['writer'] }],
  nodes: [
    {
      id: 'writer',
      kind: 'prompt',
      name: 'Draft Writer',
      position: { x: 0, y: 0 },
      config: { model: '', system: '', prompt: 'Draft it. Redraft the draft.' },
    },
    {
      id: 'check',
      kind: 'branch',
      name: 'Check',
      position: { x: 0, y: 0 },
      config: {
        cases: [
          { name: 'long', when: 'size(writer.text) > 80' },
          { name: 'draft', when: 'writer.text == "draft"' },
        ],
      },
    },
  ],
  edges: [{ from: { node: 'writer', port: 'text' }, to: { node: 'check', port: 'in' }, label: 'the draft' }],
};
const find = (query: string, more: Partial<FindOptions> = {}) =>
  findText(document, { query, matchCase: false, wholeWord: false, isPattern: false, ...more });
const places = (found: ReturnType<typeof find>) =>
  found.matches.map(({ place, label, text, start, end }) => [place.node, label, text.slice(start, end)]);

test('a text is found in names, settings, conditions, labels and titles, by the field it stands in', () => {
  expect(places(find('draft'))).toEqual([
    ['writer', 'Name', 'Draft'],
    ['writer', 'Task', 'Draft'],
    ['writer', 'Task', 'draft'],
    ['writer', 'Task', 'draft'],
    ['check', 'Cases › 2 › name', 'draft'],
    ['check', 'Cases › 2 › when', 'draft'],
    ['writer', 'Edge to Check', 'draft'],
    ['writer', 'Title of its group', 'Draft'],
  ]);
  expect(find('').matches).toEqual([]);
});

test('case, whole words and patterns narrow it down; a wrong pattern says why', () => {
  expect(places(find('Draft', { matchCase: true })).map(([, label]) => label)).toEqual(['Name', 'Task', 'Title of its group']);
  expect(find('draft', { wholeWord: true }).matches).toHaveLength(7);
  expect(places(find('size\\(.*?\\) > [0-9]+', { isPattern: true }))).toEqual([['check', 'Cases › 1 › when', 'size(writer.text) > 80']]);
  expect(find('(', { isPattern: true })).toMatchObject({ matches: [], problem: expect.stringContaining('(at') });
  expect(find('a(b', {}).problem).toBeNull();
});

test('all of it is replaced as one edit that can be taken back exactly; ids and kinds are left', () => {
  const edit = toReplaceEdit(document, find('draft').matches, 'Sketch');
  const after = applyEdit(document, edit);
  expect(after.nodes[0]).toMatchObject({ id: 'writer', name: 'Sketch Writer', config: { prompt: 'Sketch it. ReSketch the Sketch.' } });
  expect(after.nodes[1]?.config.cases).toEqual([
    { name: 'long', when: 'size(writer.text) > 80' },
    { name: 'Sketch', when: 'writer.text == "Sketch"' },
  ]);
  expect([after.edges[0]?.label, after.groups?.[0]?.title]).toEqual(['the Sketch', 'Sketch work']);
  expect(formatWorkflowFile(applyEdit(after, invertEdit(document, edit)))).toBe(formatWorkflowFile(document));
  const ids = find('writer', { matchCase: true }).matches;
  expect(ids.map(({ label }) => label)).toEqual(['In expressions', 'Cases › 1 › when', 'Cases › 2 › when']);
  expect(applyEdit(document, toReplaceEdit(document, ids, 'author')).nodes[0]?.id).toBe('writer');
});

test('a name that would become too long is refused', () => {
  expect(() => toReplaceEdit(document, find('writer', { matchCase: false }).matches, 'x'.repeat(300))).toThrow(
    'longer than the 200 characters',
  );
});
