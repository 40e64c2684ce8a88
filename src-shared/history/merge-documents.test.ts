import { describe, expect, it } from 'vitest';
import { createRandom } from '../../tests/support/random.ts';
import { toRandomEdit } from '../../tests/support/random-edits.ts';
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '../workflow/document.ts';
import { applyEdit } from '../workflow/edits.ts';
import { mergeDocuments } from './merge-documents.ts';

const node = (id: string, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id,
  kind: 'prompt',
  name: id.toUpperCase(),
  position: { x: 0, y: 0 },
  config: { prompt: '', model: 'm' },
  ...more,
});
const edge = (from: string, to: string): WorkflowEdge => ({ from: { node: from, port: 'text' }, to: { node: to, port: 'in' } });
const base: WorkflowDocument = { schemaVersion: 1, name: 'Base', nodes: [node('a'), node('b'), node('c')], edges: [edge('a', 'b')] };
const withNodes = (...nodes: readonly WorkflowNode[]): WorkflowDocument => ({ ...base, nodes: [...nodes] });

describe('two versions of a workflow', () => {
  it('are put together where each changed something else, down to the fields of a node', () => {
    const ours = withNodes(node('a', { config: { prompt: 'ours', model: 'm' } }), node('b', { position: { x: 9, y: 9 } }), node('c'));
    const theirs: WorkflowDocument = {
      ...withNodes(node('a', { config: { prompt: '', model: 'theirs' }, name: 'Anna' }), node('b'), node('d'), node('c')),
      description: 'said',
      edges: [edge('a', 'b'), edge('b', 'd')],
    };
    expect(mergeDocuments(base, ours, theirs)).toEqual({
      document: {
        ...theirs,
        nodes: [
          node('a', { config: { prompt: 'ours', model: 'theirs' }, name: 'Anna' }),
          node('b', { position: { x: 9, y: 9 } }),
          node('d'),
          node('c'),
        ],
      },
      conflicts: [],
    });
  });

  it('that changed the same thing give theirs, and say where', () => {
    const ours = { ...withNodes(node('a', { config: { prompt: 'ours', model: 'm' } }), node('b'), node('c')), name: 'Ours' };
    const theirs = { ...withNodes(node('a', { config: { prompt: 'theirs', model: 'm' } }), node('b'), node('c')), name: 'Theirs' };
    expect(mergeDocuments(base, ours, theirs)).toEqual({ document: theirs, conflicts: ['“A”, config, prompt', 'the workflow, name'] });
  });

  it('that changed the same thing alike do not disagree', () => {
    const both = { ...base, name: 'Both' };
    expect(mergeDocuments(base, both, { ...both })).toEqual({ document: both, conflicts: [] });
  });

  it('lose what one removed and the other left alone, with the edges at it', () => {
    const ours = { ...withNodes(node('a'), node('c')), edges: [] };
    const theirs = withNodes(node('a'), node('b'));
    expect(mergeDocuments(base, ours, theirs)).toEqual({ document: { ...base, nodes: [node('a')], edges: [] }, conflicts: [] });
  });

  it('keep what one removed and the other changed or built upon', () => {
    const ours = { ...withNodes(node('a', { name: 'Mine' }), node('c')), edges: [] };
    const theirs = { ...withNodes(node('b'), node('c')), edges: [edge('b', 'c')] };
    const { document, conflicts } = mergeDocuments(base, ours, theirs);
    expect(document.nodes.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect([document.nodes.find(({ id }) => id === 'a')?.name, document.edges]).toEqual(['Mine', [edge('b', 'c')]]);
    expect(conflicts).toEqual(['“B” was changed here and removed there; it stays', '“Mine” was changed here and removed there; it stays']);
  });

  it('with ids that stand twice are not mixed', () => {
    const theirs = withNodes(node('a'), node('a'));
    expect(mergeDocuments(base, { ...base, name: 'Ours' }, theirs)).toEqual({ document: theirs, conflicts: ['the whole workflow'] });
  });

  it('come out as the other one where only one changed anything, whatever that was', () => {
    const random = createRandom(7);
    let changed = base;
    for (let step = 0; step < 2_000; step += 1) {
      try {
        changed = applyEdit(changed, toRandomEdit(changed, random));
      } catch {
        continue;
      }
      expect(mergeDocuments(base, base, changed)).toEqual({ document: changed, conflicts: [] });
      expect(mergeDocuments(base, changed, base)).toEqual({ document: changed, conflicts: [] });
    }
  });
});
