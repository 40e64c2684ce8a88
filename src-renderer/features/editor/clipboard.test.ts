import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { applyEdit, invertEdit } from '#shared/workflow/edits.ts';
import { formatFragment, parseClipboard, toFragment, toPasteEdit } from './clipboard.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Notes',
  nodes: [
    { id: 'brief', kind: 'input', name: 'Brief', position: { x: 0, y: 0 }, config: { fields: [{ name: 'topic', type: 'string' }] } },
    {
      id: 'writer',
      kind: 'prompt',
      name: 'Writer',
      position: { x: 240, y: 40 },
      config: { prompt: 'On {{ brief.topic }} as {{ other.text }}' },
    },
    { id: 'result', kind: 'output', name: 'Result', position: { x: 480, y: 0 }, config: { name: 'text' } },
  ],
  edges: [
    { from: { node: 'brief', port: 'topic' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'writer', port: 'text' }, to: { node: 'result', port: 'value' } },
  ],
};
const fragment = toFragment(document, new Set(['brief', 'writer']));

describe('copied nodes', () => {
  test('come with the edges between them, and back from their text as they were', () => {
    expect(fragment.edges).toHaveLength(1);
    expect(parseClipboard(formatFragment(fragment))).toEqual({ type: 'fragment', fragment });
  });

  test('are pasted under free ids and names, in the same arrangement, and speak of the copies', () => {
    const { edit, ids } = toPasteEdit(document, fragment, { x: 100, y: 203 });
    const after = applyEdit(document, edit);
    expect(ids).toEqual(['brief2', 'writer2']);
    expect(after.nodes.slice(3).map(({ name, position }) => ({ name, position }))).toEqual([
      { name: 'Brief 2', position: { x: 104, y: 200 } },
      { name: 'Writer 2', position: { x: 344, y: 240 } },
    ]);
    expect(after.nodes[4]?.config).toEqual({ prompt: 'On {{ brief2.topic }} as {{ other.text }}' });
    expect(after.edges[2]).toEqual({ from: { node: 'brief2', port: 'topic' }, to: { node: 'writer2', port: 'in' } });
    expect(formatWorkflowFile(applyEdit(after, invertEdit(document, edit)))).toBe(formatWorkflowFile(document));
  });

  test('keep their ids in a workflow where these are free', () => {
    const { edit, ids } = toPasteEdit({ ...document, nodes: [], edges: [] }, fragment, { x: 0, y: 0 });
    expect(ids).toEqual(['brief', 'writer']);
    expect(applyEdit({ ...document, nodes: [], edges: [] }, edit).edges).toEqual(fragment.edges);
  });

  test('can be a whole workflow file', () => {
    expect(parseClipboard(formatWorkflowFile(document))).toEqual({
      type: 'fragment',
      fragment: { nodes: document.nodes, edges: document.edges, groups: [] },
    });
  });

  test('bring the groups that are wholly among them, and are no longer locked', () => {
    const groups = [
      { id: 'group', title: 'Draft', nodes: ['brief', 'writer'] },
      { id: 'other', title: 'Rest', nodes: ['result', 'writer'] },
    ];
    const locked = { ...document, groups, nodes: document.nodes.map((node) => ({ ...node, locked: true as const })) };
    const copied = toFragment(locked, new Set(['brief', 'writer']));
    expect(parseClipboard(formatFragment(copied))).toEqual({ type: 'fragment', fragment: copied });
    const after = applyEdit(locked, toPasteEdit(locked, copied, { x: 0, y: 0 }).edit);
    expect(after.groups).toEqual([...groups, { id: 'group2', title: 'Draft', nodes: ['brief2', 'writer2'] }]);
    expect(after.nodes.slice(3).map((node) => 'locked' in node)).toEqual([false, false]);
  });

  test.each(['Remember the milk', '{"a": 1}', '- [ ] one'])('are words for a note when the clipboard holds %s', (text) => {
    expect(parseClipboard(text)).toEqual({ type: 'words', text });
  });

  test.each([
    ['', 'The clipboard holds no text.'],
    ['{"nodes": [}', 'their text is broken: } cannot stand here (line 1, column 12).'],
    ['{"nodes":[]}', '“heddleFragment” is missing'],
    ['{"heddleFragment":1,"nodes":[{"id":"1x"}],"edges":[]}', 'nodes › 0 › id'],
    ['{"heddle":99,"name":"x","nodes":[],"edges":[]}', 'version'],
  ])('are refused with the reason when the clipboard holds %s', (text, reason) => {
    const parsed = parseClipboard(text);
    expect(parsed.type === 'unusable' && parsed.reason).toContain(reason);
  });
});
