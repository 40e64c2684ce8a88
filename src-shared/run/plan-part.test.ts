import { describe, expect, it } from 'vitest';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { listBlocking, planPart, toPartDocument } from './plan-part.ts';

const tool = (args: Record<string, string> = {}, more: object = {}) => ({
  kind: 'tool' as const,
  config: { tool: 'look', arguments: args },
  ...more,
});

/** given → a → b → c, and c speaks of a too; a → side. */
const chain = toDocument(
  {
    given: {
      kind: 'input',
      config: {
        fields: [
          { name: 'x', type: 'string' },
          { name: 'y', type: 'string' },
        ],
      },
    },
    a: tool({ at: '{{ given.x }}' }),
    b: tool({ at: '{{ a.result }}' }),
    c: tool({ at: '{{ a.result }} {{ b }}' }),
    side: tool(),
    note: { kind: 'note' },
    undo: { kind: 'tool', config: { tool: 'undo', arguments: { what: '{{ given.y }}' } } },
    done: { kind: 'output', config: { name: 'text' }, compensation: 'undo' },
  },
  ['given.x->a.in', 'a.result->b.in', 'b.result->c.in', 'a.result->side.in', 'c.result->done.value'],
);
const plan = (mode: 'only' | 'to' | 'from', node: string, ...pinned: string[]) => {
  const { nodes, needs } = planPart(chain, { mode, node }, new Set(pinned));
  return { nodes, needs: needs.map((need) => `${need.node}: ${need.ports.map(({ name }) => name).join(' ')}`) };
};

describe('a part of a workflow', () => {
  it('of one node needs what is connected to it and what it speaks of', () => {
    expect(plan('only', 'c')).toEqual({ nodes: ['c'], needs: ['a: result', 'b: result'] });
  });

  it('up to a node needs nothing: what leads there runs, and nothing else does', () => {
    expect(plan('to', 'c')).toEqual({ nodes: ['given', 'a', 'b', 'c'], needs: [] });
  });

  it('up to a node begins behind what is pinned, and what only that needs does not run', () => {
    expect(plan('to', 'c', 'a')).toEqual({ nodes: ['b', 'c'], needs: ['a: result'] });
    expect(plan('to', 'c', 'b')).toEqual({ nodes: ['given', 'a', 'c'], needs: ['b: result'] });
  });

  it('from a node runs what follows, with what comes before and beside it given', () => {
    expect(plan('from', 'b')).toEqual({ nodes: ['b', 'c', 'done'], needs: ['given: y', 'a: result'] });
    expect(plan('from', 'a', 'b')).toEqual({ nodes: ['a', 'c', 'side', 'done'], needs: ['given: x y', 'b: result'] });
  });

  it('runs the node that was asked for even where it is pinned', () => {
    expect(plan('only', 'b', 'b').nodes).toEqual(['b']);
  });

  it('needs what the node that undoes one of it speaks of', () => {
    expect(plan('only', 'done')).toEqual({ nodes: ['done'], needs: ['given: y', 'c: result'] });
    expect(toPartDocument(chain, ['done']).nodes.map(({ id }) => id)).toEqual(['undo', 'done']);
  });

  it('asks nothing of a node that is disabled', () => {
    const off = { ...chain, nodes: chain.nodes.map((node) => (node.id === 'a' ? { ...node, disabled: true } : node)) };
    expect(planPart(off, { mode: 'only', node: 'c' }, new Set()).needs.map(({ node }) => node)).toEqual(['b']);
    expect(() => planPart(off, { mode: 'only', node: 'a' }, new Set())).toThrow('a is disabled. Enable it to run it.');
  });

  it.each([
    ['note', 'note is there for people to read; it does not run.'],
    ['undo', 'undo runs only to undo another node, so it cannot be run by itself.'],
    ['gone', '“Test workflow” has no node “gone”.'],
  ])('of %s is refused', (node, message) => {
    expect(() => planPart(chain, { mode: 'only', node }, new Set())).toThrow(
      expect.objectContaining({ code: 'run.partInvalid', message }) as Error,
    );
  });
});

describe('what would keep the first node from running', () => {
  const given = (outputs: Record<string, string> | null) => ({ outputs, source: { type: 'typed' } as const });

  it('is a given node that gives its port nothing', () => {
    expect(listBlocking(chain, 'b', ['b'], { a: given(null) })).toEqual(['a']);
    expect(listBlocking(chain, 'b', ['b'], { a: given({ other: 'x' }) })).toEqual(['a']);
    expect(listBlocking(chain, 'b', ['b'], { a: given({ result: 'x' }) })).toEqual([]);
    expect(listBlocking(chain, 'b', ['a', 'b'], {})).toEqual([]);
  });
});
