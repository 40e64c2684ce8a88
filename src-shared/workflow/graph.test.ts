import { describe, expect, test } from 'vitest';
import type { WorkflowDocument } from './document.ts';
import { verdictOnEdge } from './edge-verdict.ts';
import { buildGraph, createUpstreamTest, findCycles, listAncestors, listDescendants, orderTopologically } from './graph.ts';

/** `a>b b>c` as a document of merge nodes, which take and give anything. */
function draw(edges: string, more: readonly string[] = []): WorkflowDocument {
  const pairs = edges
    .split(' ')
    .filter(Boolean)
    .map((pair) => pair.split('>') as [string, string]);
  const ids = [...new Set([...pairs.flat(), ...more])];
  return {
    schemaVersion: 1,
    name: 'test',
    nodes: ids.map((id) => ({ id, kind: 'merge', name: id, position: { x: 0, y: 0 }, config: {} })),
    edges: pairs.map(([from, to]) => ({ from: { node: from, port: 'value' }, to: { node: to, port: 'in' } })),
  };
}

const orderOf = (document: WorkflowDocument) => {
  const graph = buildGraph(document);
  return orderTopologically(graph).map((index) => graph.ids[index]);
};

test('the order puts every node after what leads to it', () => {
  expect(orderOf(draw('a>c b>c c>d a>d'))).toEqual(['a', 'b', 'c', 'd']);
  expect(orderOf(draw('z>y y>x'))).toEqual(['z', 'y', 'x']);
});

test('nodes in a cycle and behind it are not ordered', () => {
  expect(orderOf(draw('a>b b>c c>b c>d', ['e']))).toEqual(['a', 'e']);
});

describe('cycles', () => {
  test.each([
    ['a>b b>c', []],
    ['a>a', [['a']]],
    ['a>b b>c c>a', [['a', 'b', 'c']]],
    ['x>b b>c c>b c>y', [['b', 'c']]],
    [
      'a>b b>a c>d d>c',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a>b b>c c>d d>a b>a', [['a', 'b']]],
  ])('in %s: %j', (edges, expected) => {
    expect(findCycles(buildGraph(draw(edges)))).toEqual(expected);
  });

  test('are found in a ring of twenty thousand nodes without recursion', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
    const cycles = findCycles(buildGraph(draw(ids.map((id, index) => `${id}>${ids[(index + 1) % ids.length]}`).join(' '))));
    expect(cycles.map((cycle) => cycle.length)).toEqual([20_000]);
  });
});

test('upstream is asked of graphs with and without cycles', () => {
  const isUpstream = createUpstreamTest(buildGraph(draw('a>b b>c x>c')));
  expect([
    isUpstream('a', 'c'),
    isUpstream('a', 'b'),
    isUpstream('c', 'a'),
    isUpstream('x', 'b'),
    isUpstream('a', 'a'),
    isUpstream('no', 'a'),
  ]).toEqual([true, true, false, false, false, false]);
  const inCycle = createUpstreamTest(buildGraph(draw('a>b b>c c>b')));
  expect([inCycle('a', 'c'), inCycle('c', 'c'), inCycle('c', 'a')]).toEqual([true, true, false]);
});

test('ancestors and descendants are listed by every way', () => {
  const graph = buildGraph(draw('a>b b>c x>c c>d'));
  expect([...listAncestors(graph, 'c')].sort()).toEqual(['a', 'b', 'x']);
  expect([...listDescendants(graph, 'b')].sort()).toEqual(['c', 'd']);
  expect(listAncestors(graph, 'nobody').size).toBe(0);
});

describe('a new edge', () => {
  const document: WorkflowDocument = {
    ...draw('a>b b>c'),
    nodes: [
      ...draw('a>b b>c').nodes,
      { id: 'out', kind: 'output', name: 'Result', position: { x: 0, y: 0 }, config: { name: 'r' } },
      {
        id: 'start',
        kind: 'input',
        name: 'Start',
        position: { x: 0, y: 0 },
        config: { fields: [{ name: 'n', type: 'number', required: true }] },
      },
      {
        id: 'code',
        kind: 'code',
        name: 'Code',
        position: { x: 0, y: 0 },
        config: { inputs: [{ name: 't', type: 'string', required: true }] },
      },
      { id: 'odd', kind: 'loom', name: '', position: { x: 0, y: 0 }, config: {} },
    ],
    edges: [...draw('a>b b>c').edges, { from: { node: 'c', port: 'value' }, to: { node: 'out', port: 'value' } }],
  };
  const verdict = (from: string, to: string) => {
    const [fromNode = '', fromPort = ''] = from.split('.');
    const [toNode = '', toPort = ''] = to.split('.');
    return verdictOnEdge(document, { node: fromNode, port: fromPort }, { node: toNode, port: toPort });
  };

  test.each([
    ['a.value', 'nobody.in', 'there is no node “nobody”'],
    ['nobody.x', 'a.in', 'there is no node “nobody”'],
    ['a.value', 'a.in', 'a node cannot feed itself'],
    ['a.wrong', 'c.in', '“a” has no output “wrong”'],
    ['a.value', 'c.wrong', '“c” has no input “wrong”'],
    ['a.value', 'b.in', 'this edge is already there'],
    ['a.value', 'out.value', '“value” takes one edge; put a merge in between to bring several together'],
    ['c.value', 'a.in', 'it would close a cycle: a → b → c → a'],
    ['start.n', 'code.t', 'it is a number, but a text is needed'],
  ])('%s to %s is refused: %s', (from, to, reason) => {
    expect(verdict(from, to)).toEqual({ verdict: 'refused', reason });
  });

  test('fits, or may fit, otherwise', () => {
    expect(verdict('a.value', 'c.in')).toEqual({ verdict: 'fits' });
    expect(verdict('a.value', 'odd.anything').verdict).toBe('maybe');
    expect(verdict('odd.anything', 'a.in').verdict).toBe('maybe');
  });
});
