import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toEdgeId } from '#shared/workflow/document.ts';
import { applyEdit } from '#shared/workflow/edits.ts';
import { judge, toConnectEdit, toEdgeFrom, toInsertEdit, toOpenEnd } from './connecting.ts';

const node = (id: string, kind: string, config: WorkflowDocument['nodes'][number]['config']) => ({
  id,
  kind,
  name: id,
  position: { x: 0, y: 0 },
  config,
});
const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'T',
  nodes: [
    node('brief', 'input', { fields: [{ name: 'topic', type: 'string', required: true }] }),
    node('other', 'prompt', { model: '', prompt: 'x' }),
    node('writer', 'prompt', { model: '', prompt: 'x' }),
    node('result', 'output', { name: 'text' }),
  ],
  edges: [{ from: { node: 'brief', port: 'topic' }, to: { node: 'result', port: 'value' }, label: 'kept' }],
};
const edgeId = toEdgeId(document.edges[0]!);

describe('drawing edges', () => {
  test('an edge that is moved does not stand in its own way', () => {
    const [from, to] = [
      { node: 'writer', port: 'text' },
      { node: 'result', port: 'value' },
    ];
    expect(judge(document, from, to, null).verdict).toBe('refused');
    expect(judge(document, from, to, edgeId).verdict).toBe('fits');
    expect(applyEdit(document, toConnectEdit(document, { from, to }, edgeId)).edges).toEqual([{ from, to, label: 'kept' }]);
  });

  test('what undoes another node is connected to nothing', () => {
    const undone = { ...document, nodes: document.nodes.map((one) => (one.id === 'writer' ? { ...one, compensation: 'other' } : one)) };
    const ends = [
      { node: 'brief', port: 'topic' },
      { node: 'other', port: 'in' },
    ] as const;
    expect(judge(document, ...ends, null).verdict).not.toBe('refused');
    expect(judge(undone, ...ends, null)).toEqual({ verdict: 'refused', reason: '“other” runs only to undo “writer”, and has no edges' });
  });

  test('a dangling end knows its port and becomes an edge in its own direction', () => {
    expect(toOpenEnd(document, { node: 'writer', port: 'text', side: 'outputs' }).port?.schema).toEqual({ type: 'string' });
    expect(toOpenEnd(document, { node: 'gone', port: 'text', side: 'outputs' }).port).toBe(undefined);
    expect(toEdgeFrom({ node: 'result', port: 'value', side: 'inputs' }, { node: 'writer', port: 'text' })).toEqual({
      from: { node: 'writer', port: 'text' },
      to: { node: 'result', port: 'value' },
    });
  });

  test('a node is put into an edge by the ports that fit', () => {
    const edit = toInsertEdit(document, 'writer', edgeId);
    expect(applyEdit(document, edit!).edges.map(toEdgeId)).toEqual(['brief.topic->writer.in', 'writer.text->result.value']);
  });

  test('a node that cannot pass anything on is not put into an edge', () => {
    expect(toInsertEdit(document, 'brief', edgeId)).toBe(null);
    expect(toInsertEdit({ ...document, nodes: [...document.nodes, node('end', 'output', { name: 'b' })] }, 'end', edgeId)).toBe(null);
  });
});
