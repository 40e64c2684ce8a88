import { describe, expect, test } from 'vitest';
import { HeddleError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { nodeKindNames, nodeKinds } from '../nodes/registry.ts';
import { type HookDeclaration, toEdgeId, type WorkflowDocument, type WorkflowNode, workflowDocumentSchema } from './document.ts';
import { formatWorkflowFile } from './document-file.ts';
import { type WorkflowEdit, workflowEditSchema } from './edit.ts';
import { applyEdit, invertEdit } from './edits.ts';

const node = (id: string, kind: string, config: JsonObject = {}): WorkflowNode => ({
  id,
  kind,
  name: id,
  position: { x: 0, y: 0 },
  config,
});
const start: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Start',
  nodes: [
    node('brief', 'input', { fields: [{ name: 'topic', type: 'string', required: true }] }),
    {
      ...node('writer', 'prompt', {
        model: 'a/b',
        system: 'plain',
        prompt: 'On {{ brief.topic }}: {{ brief.topic + later.x }}',
        extra: { kept: [1] },
      }),
      disabled: false,
    },
    node('call', 'tool', { tool: 't', arguments: { a: ['{{ brief.topic }}', '{{ [1].map(fresh, brief.topic) }}'] } }),
    node('odd', 'loom', { '{{ brief }}': '{{ brief.topic }}' }),
    node('result', 'output', { name: 'text' }),
  ],
  edges: [
    { from: { node: 'brief', port: 'topic' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'brief', port: 'topic' }, to: { node: 'call', port: 'in' }, label: 'x' },
    { from: { node: 'writer', port: 'text' }, to: { node: 'result', port: 'value' } },
  ],
};

const withDangling: WorkflowDocument = {
  ...start,
  edges: [
    { from: { node: 'later', port: 'x' }, to: { node: 'writer', port: 'in' } },
    ...start.edges,
    { from: { node: 'brief', port: 'topic' }, to: { node: 'later', port: 'in' } },
  ],
};

/** Applies the edit, takes it back, and gives what stood in between. */
function tryEdit(edit: WorkflowEdit, document = start): WorkflowDocument {
  const after = applyEdit(document, edit);
  expect(workflowEditSchema.parse(edit)).toEqual(edit);
  const inverse = workflowEditSchema.parse(invertEdit(document, edit));
  expect(formatWorkflowFile(applyEdit(after, inverse))).toBe(formatWorkflowFile(document));
  return after;
}

function refusalOf(edit: WorkflowEdit, document = start): string {
  try {
    applyEdit(document, edit);
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'workflow.invalid') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('an edit', () => {
  test('that removes nodes takes their edges along, and brings all back to its place', () => {
    const after = tryEdit({ type: 'removeNodes', nodes: ['brief', 'call'] });
    expect([after.nodes.map((item) => item.id), after.edges.map(toEdgeId)]).toEqual([
      ['writer', 'odd', 'result'],
      ['writer.text->result.value'],
    ]);
  });

  test('that changes an id takes comments along, also those about edges, and one about what is not there yet is left alone', () => {
    const commented: WorkflowDocument = {
      ...start,
      comments: [
        { at: ['nodes', 'brief', 'config'], text: 'why' },
        { at: ['edges', 'brief.topic->writer.in'], side: 'beside', text: 'main' },
        { at: ['nodes', 'later'], text: 'lost' },
        { at: ['name'], text: 'name' },
      ],
    };
    const after = tryEdit({ type: 'changeNodeId', node: 'brief', newId: 'later' }, commented);
    expect(after.comments?.map(({ at }) => at.join())).toEqual([
      'nodes,later,config',
      'edges,later.topic->writer.in',
      'nodes,later',
      'name',
    ]);
    expect(tryEdit({ type: 'removeNodes', nodes: ['brief'] }, commented).comments).toEqual(commented.comments);
    expect(tryEdit({ type: 'changeComments', comments: null }, commented).comments).toBeUndefined();
  });

  test('that changes hooks sets all of them, and puts back those that were there or none', () => {
    const hook: HookDeclaration = { id: 'guard', point: 'afterNode', action: { type: 'expression', expression: 'null' } };
    const after = tryEdit({ type: 'changeHooks', hooks: [hook] });
    expect(after.hooks).toEqual([hook]);
    expect(tryEdit({ type: 'changeHooks', hooks: [{ ...hook, order: 2 }, hook] }, after).hooks?.[0]?.order).toBe(2);
    expect('hooks' in tryEdit({ type: 'changeHooks', hooks: null }, after)).toBe(false);
  });

  test('that changes an id is followed by the hooks of that node, also where one named the new id in vain', () => {
    const hook = (id: string, nodes?: string[]): HookDeclaration => ({
      id,
      point: 'afterNode',
      ...(nodes === undefined ? {} : { nodes }),
      action: { type: 'expression', expression: 'null' },
    });
    const hooked = { ...start, hooks: [hook('all'), hook('some', ['brief', 'call']), hook('vain', ['start'])] };
    const after = tryEdit({ type: 'changeNodeId', node: 'brief', newId: 'start' }, hooked);
    expect(after.hooks?.map(({ nodes }) => nodes)).toEqual([undefined, ['start', 'call'], ['start']]);
  });

  test('that changes an id is followed by edges and expressions, but not by texts, unknown kinds or captured names', () => {
    const after = tryEdit({ type: 'changeNodeId', node: 'brief', newId: 'start' });
    expect(after.nodes.map((item) => item.id)).toEqual(['start', 'writer', 'call', 'odd', 'result']);
    expect(after.nodes[1]?.config).toEqual({
      model: 'a/b',
      system: 'plain',
      prompt: 'On {{ start.topic }}: {{ start.topic + later.x }}',
      extra: { kept: [1] },
    });
    expect(after.nodes[3]).toEqual(start.nodes[3]);
    expect(after.edges.map(toEdgeId)).toEqual(['start.topic->writer.in', 'start.topic->call.in', 'writer.text->result.value']);
    const captured = tryEdit({ type: 'changeNodeId', node: 'brief', newId: 'fresh' });
    expect(captured.nodes[2]?.config.arguments).toEqual({ a: ['{{ fresh.topic }}', '{{ [1].map(fresh, brief.topic) }}'] });
  });

  test('that changes an id to one that expressions already speak of is taken back exactly', () => {
    tryEdit({ type: 'changeNodeId', node: 'brief', newId: 'later' });
  });

  test('that changes a kind is taken back with its config as it was', () => {
    const after = tryEdit({ type: 'changeKind', node: 'writer', kind: 'agent', config: { task: 'x' } });
    expect([after.nodes[1]?.kind, after.nodes[1]?.config, after.nodes[1]?.name]).toEqual(['agent', { task: 'x' }, 'writer']);
  });

  test('that removes or renames the nodes of groups is followed by the groups, and both come back', () => {
    const groups = [
      { id: 'a', title: 'A', nodes: ['brief', 'writer'] },
      { id: 'b', title: 'B', colour: 'blue' as const, nodes: ['call'] },
      { id: 'empty', title: '', nodes: [] },
    ];
    const grouped = tryEdit({ type: 'changeGroups', groups });
    expect(grouped.groups).toEqual(groups);
    const fewer = tryEdit({ type: 'removeNodes', nodes: ['brief', 'call'] }, grouped);
    expect(fewer.groups?.map(({ id, nodes }) => [id, nodes])).toEqual([
      ['a', ['writer']],
      ['empty', []],
    ]);
    expect(tryEdit({ type: 'changeNodeId', node: 'writer', newId: 'author' }, grouped).groups?.[0]?.nodes).toEqual(['brief', 'author']);
    tryEdit({ type: 'changeNodeId', node: 'writer', newId: 'later' }, { ...grouped, groups: [{ id: 'v', title: '', nodes: ['later'] }] });
    tryEdit({ type: 'addNode', node: node('later', 'merge') }, { ...grouped, groups: [{ id: 'v', title: '', nodes: ['later'] }] });
    expect('groups' in tryEdit({ type: 'removeNodes', nodes: ['call'] }, { ...grouped, groups: [groups[1]!] })).toBe(false);
    expect('groups' in tryEdit({ type: 'changeGroups', groups: null }, grouped)).toBe(false);
  });

  test('that gives a node an id some edges already led to, in vain, is taken back exactly', () => {
    tryEdit({ type: 'changeNodeId', node: 'brief', newId: 'later' }, withDangling);
    tryEdit({ type: 'addNode', node: node('later', 'merge') }, withDangling);
    tryEdit({ type: 'restore', nodes: [{ index: 1, node: node('later', 'merge') }], edges: [] }, withDangling);
  });

  test('that sets and removes details leaves no trace when taken back', () => {
    expect(tryEdit({ type: 'changePolicy', node: 'brief', policy: { maxAttempts: 2 } }).nodes[0]?.policy).toEqual({ maxAttempts: 2 });
    expect(tryEdit({ type: 'setDisabled', node: 'writer', disabled: null }).nodes[1]).not.toHaveProperty('disabled');
    expect(tryEdit({ type: 'setLocked', node: 'brief', locked: true }).nodes[0]?.locked).toBe(true);
    expect(tryEdit({ type: 'setDisabled', node: 'brief', disabled: true }).nodes[0]?.disabled).toBe(true);
    expect(tryEdit({ type: 'changeDetails', name: 'New', description: 'd', labels: ['l'] })).toMatchObject({
      name: 'New',
      description: 'd',
      labels: ['l'],
    });
    expect(tryEdit({ type: 'changeNodeDetails', node: 'brief', priority: 3, metadata: { a: 1 } }).nodes[0]).toMatchObject({
      priority: 3,
      metadata: { a: 1 },
    });
    expect(tryEdit({ type: 'changeEdgeLabel', edge: 'brief.topic->call.in', label: null }).edges[1]).not.toHaveProperty('label');
    expect(tryEdit({ type: 'renameNode', node: 'brief', name: 'B' }).nodes[0]?.name).toBe('B');
    expect(tryEdit({ type: 'moveNodes', positions: [{ node: 'brief', position: { x: 5, y: 6 } }] }).nodes[0]?.position).toEqual({
      x: 5,
      y: 6,
    });
  });

  test('made of several is applied and taken back as one', () => {
    const after = tryEdit({
      type: 'batch',
      edits: [
        { type: 'addNode', node: node('again', 'merge') },
        { type: 'addEdge', edge: { from: { node: 'writer', port: 'text' }, to: { node: 'again', port: 'in' } } },
        { type: 'batch', edits: [{ type: 'removeEdges', edges: ['brief.topic->writer.in'] }] },
      ],
    });
    expect(after.edges.map(toEdgeId)).toEqual(['brief.topic->call.in', 'writer.text->result.value', 'writer.text->again.in']);
  });

  test.each<[string, WorkflowEdit]>([
    ['There already is a node “brief”. Choose another id.', { type: 'addNode', node: node('brief', 'note') }],
    ['There already is a node “call”. Choose another id.', { type: 'changeNodeId', node: 'brief', newId: 'call' }],
    [
      '“a b” cannot be the id of a node: it must start with a letter and hold only letters, digits and _ (at most 64).',
      { type: 'changeNodeId', node: 'brief', newId: 'a b' },
    ],
    ['There is no node “gone” any more.', { type: 'removeNodes', nodes: ['gone'] }],
    ['There is no node “gone” any more.', { type: 'moveNodes', positions: [{ node: 'gone', position: { x: 0, y: 0 } }] }],
    ['There is no edge a.b->c.d any more.', { type: 'removeEdges', edges: ['a.b->c.d'] }],
    [
      'The edge writer.text->writer.in cannot be drawn: a node cannot feed itself.',
      { type: 'addEdge', edge: { from: { node: 'writer', port: 'text' }, to: { node: 'writer', port: 'in' } } },
    ],
    ['The edge brief.topic->writer.in cannot be drawn: this edge is already there.', { type: 'addEdge', edge: start.edges[0]! }],
  ])('is refused: %s', (message, edit) => {
    expect(refusalOf(edit)).toBe(message);
  });

  test('that names an id two nodes have is refused', () => {
    const twice = { ...start, nodes: [...start.nodes, node('brief', 'note')] };
    expect(refusalOf({ type: 'renameNode', node: 'brief', name: 'x' }, twice)).toContain('Several nodes have the id “brief”');
  });
});

describe.each([1, 2, 3])('two thousand random edits (seed %i)', (seed) => {
  test('and their inverses give the first document back byte for byte', () => {
    const random = createRandom(seed);
    const first = formatWorkflowFile(withDangling);
    let document = withDangling;
    const inverses: WorkflowEdit[] = [];
    const applied = new Map<string, number>();
    while (inverses.length < 2_000) {
      const edit = inventEdit(document, random, inverses.length);
      let inverse: WorkflowEdit;
      try {
        inverse = invertEdit(document, edit);
        document = applyEdit(document, edit);
      } catch (error) {
        if (error instanceof HeddleError) continue; // refused edits change nothing
        throw error;
      }
      applied.set(edit.type, (applied.get(edit.type) ?? 0) + 1);
      inverses.push(inverse);
    }
    expect(applied.size, 'every type of edit was tried').toBe(18);
    expect(formatWorkflowFile(document)).not.toBe(first);
    expect(workflowDocumentSchema.parse(document)).toEqual(document);
    for (const inverse of inverses.reverse()) document = applyEdit(document, inverse);
    expect(formatWorkflowFile(document)).toBe(first);
  });
});

type Random = (below: number) => number;

function createRandom(seed: number): Random {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) % below;
  };
}

function inventEdit(document: WorkflowDocument, random: Random, count: number): WorkflowEdit {
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const ids = [...document.nodes.map((item) => item.id), 'gone'];
  const id = pick(ids);
  const edgeIds = [...document.edges.map(toEdgeId), 'no->edge'];
  const mention = `{{ ${pick(ids)}.text }} and {{ rows.map(${pick(ids)}, ${pick(ids)}.x) }}`;
  switch (random(document.nodes.length > 40 ? 20 : 17)) {
    case 0:
    case 1: {
      const name = pick(nodeKindNames);
      return {
        type: 'addNode',
        node: {
          ...node(random(5) === 0 ? 'later' : `n${count}`, name, nodeKinds[name].defaultConfig),
          position: { x: random(900), y: random(900) },
        },
      };
    }
    case 2:
      return {
        type: 'moveNodes',
        positions: [id, pick(ids)].map((moved) => ({ node: moved, position: { x: random(900), y: random(900) } })),
      };
    case 3:
      return { type: 'changeConfig', node: id, config: { prompt: mention, system: 's', message: mention, [`k${random(5)}`]: random(9) } };
    case 4:
      return { type: 'renameNode', node: id, name: `name ${random(99)}` };
    case 5:
      return {
        type: 'changeNodeId',
        node: id,
        newId: random(4) === 0 ? 'later' : `m${count}`,
        ...(random(3) === 0 ? { keepExpressions: true } : {}),
      };
    case 6:
    case 7:
      return {
        type: 'addEdge',
        edge: { from: { node: id, port: pick(['text', 'value', 'topic', 'else']) }, to: { node: pick(ids), port: pick(['in', 'value']) } },
      };
    case 8:
      return { type: 'removeEdges', edges: [pick(edgeIds), pick(edgeIds)] };
    case 9:
      return { type: 'changeEdgeLabel', edge: pick(edgeIds), label: random(2) === 0 ? null : `l${random(9)}` };
    case 10:
      return { type: 'changePolicy', node: id, policy: random(2) === 0 ? null : { maxAttempts: 1 + random(9) } };
    case 11:
      return { type: 'setDisabled', node: id, disabled: pick([true, false, null]) };
    case 12:
      return { type: 'changeNodeDetails', node: id, priority: pick([null, 1, 2]), ...(random(2) === 0 ? { labels: ['a'] } : {}) };
    case 13:
      return {
        type: 'changeDetails',
        description: pick([null, 'd']),
        ...(random(2) === 0 ? { name: `w${random(9)}` } : { metadata: { n: random(9) } }),
      };
    case 14:
      return random(2) === 0
        ? { type: 'batch', edits: [inventEdit(document, random, count), { type: 'renameNode', node: pick(ids), name: 'b' }] }
        : { type: 'restore', nodes: [{ index: random(document.nodes.length), node: node(`r${count}`, 'merge') }], edges: [] };
    case 15:
      return random(2) === 0
        ? { type: 'setLocked', node: id, locked: pick([true, null]) }
        : { type: 'changeKind', node: id, kind: pick(nodeKindNames), config: { prompt: mention } };
    case 16:
      return {
        type: 'changeGroups',
        groups: pick([
          null,
          [],
          [1, 2, 3].map((each) => ({ id: `g${each}`, title: `${random(9)}`, nodes: [pick(ids), pick(ids), 'later'] })),
        ]),
      };
    default:
      return { type: 'removeNodes', nodes: [id, pick(ids)] };
  }
}
