import { describe, expect, test } from 'vitest';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { toCardHeight, toCards } from './card-model.ts';

const node = (id: string, kind: string, config: WorkflowNode['config'] = {}): WorkflowNode => ({
  id,
  kind,
  name: '',
  position: { x: 0, y: 0 },
  config,
});
const of = (nodes: WorkflowNode[], edges: WorkflowDocument['edges'] = []): WorkflowDocument => ({
  schemaVersion: 1,
  name: 'T',
  nodes,
  edges,
});

describe('the card of a node', () => {
  test('has its kind’s title while it has no name, what it does, and its ports', () => {
    const [card] = toCards(of([node('writer', 'agent', { model: 'anthropic/sonnet', tools: [{ name: 'read_file' }] })]));
    expect(card).toMatchObject({
      name: 'Agent',
      summary: 'sonnet · 1 tool',
      category: 'agent',
      note: null,
      inputs: [{ name: 'in', isMissing: false }],
      outputs: [{ name: 'text' }, { name: 'turns' }],
      size: { width: 184, height: 64 },
    });
  });

  test('keeps an unknown kind visible, with the ports that its edges use', () => {
    const edges = [{ from: { node: 'odd', port: 'cloth' }, to: { node: 'odd2', port: 'yarn' } }];
    const [card, second] = toCards(of([node('odd', 'loom', { speed: 3 }), node('odd2', 'loom')], edges));
    expect(card).toMatchObject({ category: 'unknown', summary: 'unknown kind “loom”', outputs: [{ name: 'cloth', isMissing: false }] });
    expect(second?.inputs).toEqual([{ name: 'yarn', description: null, isMissing: false }]);
  });

  test('says when its settings cannot be read', () => {
    expect(toCards(of([node('a', 'output', { name: 7 })]))[0]?.summary).toBe('its settings cannot be read');
  });

  test('shows a port that an edge names but the node lost', () => {
    const edges = [{ from: { node: 'a', port: 'gone' }, to: { node: 'b', port: 'value' } }];
    const [card] = toCards(
      of([node('a', 'input', { fields: [{ name: 'topic', type: 'string' }] }), node('b', 'output', { name: 'r' })], edges),
    );
    expect(card?.outputs.map((port) => [port.name, port.isMissing])).toEqual([
      ['topic', false],
      ['gone', true],
    ]);
  });

  test('of a note is its text, without a footer', () => {
    const [card] = toCards(of([node('n', 'note', { text: '# Why\nBecause.' })]));
    expect(card?.note).toBe('# Why\nBecause.');
    expect(toCardHeight(card!, true)).toBe(card!.size.height);
  });

  test('is the same object while node and edges are the same', () => {
    const document = of([node('a', 'agent')]);
    expect(toCards({ ...document, name: 'Other' })[0]).toBe(toCards(document)[0]);
  });
});
