import { expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { agentKind } from '../nodes/agent/agent.ts';
import { findKind } from '../nodes/registry.ts';
import { toEdgeId, type WorkflowDocument, type WorkflowNode } from './document.ts';
import { formatWorkflowFile } from './document-file.ts';
import { applyEdit, invertEdit } from './edits.ts';
import { toKindReplacement } from './replace-kind.ts';

const node = (id: string, kind: string, config: JsonObject, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id,
  kind,
  name: id.toUpperCase(),
  position: { x: 0, y: 0 },
  config: { ...findKind(kind)?.defaultConfig, ...config },
  ...more,
});
const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Kinds',
  nodes: [
    node('brief', 'input', {}),
    node('writer', 'prompt', { model: 'a/b', system: 'Be brief', prompt: '{{ brief.topic }}' }, { policy: { maxAttempts: 3 } }),
    node('check', 'transform', { expression: 'size(writer.text) + size(writer["text"])' }),
    node('result', 'output', { name: 'text' }),
  ],
  edges: [
    { from: { node: 'brief', port: 'topic' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'writer', port: 'text' }, to: { node: 'check', port: 'in' }, label: 'draft' },
    { from: { node: 'check', port: 'value' }, to: { node: 'result', port: 'value' } },
  ],
};
const replace = (kind: string, id = 'writer') => {
  const found = findKind(kind);
  if (found === undefined) throw new Error(kind);
  const { edit, lostEdges } = toKindReplacement(document, id, found, found.defaultConfig);
  const after = applyEdit(document, edit);
  expect(formatWorkflowFile(applyEdit(after, invertEdit(document, edit)))).toBe(formatWorkflowFile(document));
  return { after, lostEdges };
};

test('a prompt that becomes an agent keeps its name, policy, model, system text and edges', () => {
  const { after, lostEdges } = replace('agent');
  expect(after.nodes[1]).toEqual({
    ...document.nodes[1],
    kind: 'agent',
    config: { ...agentKind.defaultConfig, model: 'a/b', system: 'Be brief', prompt: '{{ brief.topic }}' },
  });
  expect([after.edges, lostEdges]).toEqual([document.edges, []]);
});

test('an edge goes to the port that fits, with its label, and expressions follow the output', () => {
  const { after, lostEdges } = replace('transform');
  expect(after.edges.map(toEdgeId)).toEqual(['brief.topic->writer.in', 'check.value->result.value', 'writer.value->check.in']);
  expect(after.edges[2]?.label).toBe('draft');
  expect(after.nodes[2]?.config.expression).toBe('size(writer.value) + size(writer.value)');
  expect(lostEdges).toEqual([]);
});

test('what has no place at the new kind is lost and named', () => {
  const { after, lostEdges } = replace('note');
  expect(after.edges.map(toEdgeId)).toEqual(['check.value->result.value']);
  expect(lostEdges).toEqual(['brief.topic->writer.in', 'writer.text->check.in']);
});
