import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { Comment, WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';
import { toEdits } from './document-diff.ts';
import { formatWorkflowFile } from './document-file.ts';
import { workflowEditSchema } from './edit.ts';
import { applyEdit, invertEdit } from './edits.ts';

/** Numbers of chance from a seed (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Random = ReturnType<typeof createRandom>;

const maybe = <Value>(random: Random, value: () => Value): Value | undefined => (random(3) === 0 ? value() : undefined);

function without<Whole extends object>(whole: Whole): { [Key in keyof Whole]: Exclude<Whole[Key], undefined> } {
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as never;
}

/** A document from a small world, so that two of them share most of what they have; some edges lead nowhere, some stand twice. */
function drawDocument(random: Random, size: number): WorkflowDocument {
  const ids = Array.from({ length: size }, (_, index) => `n${index}`).filter(() => random(4) > 0);
  if (random(2) === 0) ids.sort(() => random(3) - 1);
  const nodes = ids.map(
    (id): WorkflowNode =>
      without({
        id,
        kind: ['agent', 'loom'][random(2)] as string,
        name: ['A', 'B'][random(2)] as string,
        position: { x: random(2) * 100, y: random(3) * 100 },
        config: { a: random(3), ...(random(2) === 0 ? { b: [random(2)] } : {}) } satisfies JsonObject,
        policy: maybe(random, () => ({ maxAttempts: 1 + random(2) })),
        disabled: maybe(random, () => random(2) === 0),
        locked: maybe(random, () => true),
        priority: maybe(random, () => random(2)),
        lane: maybe(random, () => 'slow'),
        compensation: maybe(random, () => `n${random(size)}`),
        labels: maybe(random, () => ['x']),
        metadata: maybe(random, () => ({ m: random(2) })),
      }) as WorkflowNode,
  );
  const end = (port: string) => ({ node: `n${random(size)}`, port });
  const edges = Array.from(
    { length: random(size * 2) },
    (): WorkflowEdge => without({ from: end('out'), to: end('in'), label: maybe(random, () => `l${random(2)}`) }) as WorkflowEdge,
  );
  return without({
    schemaVersion: 1 as const,
    name: ['One', 'Two'][random(2)] as string,
    description: maybe(random, () => 'text'),
    labels: maybe(random, () => ['y']),
    metadata: maybe(random, () => ({ m: 1 })),
    hooks: maybe(random, () => [
      { id: 'guard', point: 'afterNode' as const, action: { type: 'expression' as const, expression: `${random(2)}` } },
    ]),
    groups: maybe(random, () => [{ id: 'g', title: `G${random(2)}`, nodes: ids.slice(0, 2) }]),
    comments: maybe(random, (): Comment[] => [{ at: ['nodes', `n${random(size)}`], text: 'why' }]),
    nodes,
    edges,
  }) as WorkflowDocument;
}

describe('the edits from one document to another', () => {
  test('make the other out of it, byte for byte, and can be taken back', () => {
    for (let seed = 0; seed < 1_500; seed += 1) {
      const random = createRandom(seed);
      const [before, after] = [drawDocument(random, 8), drawDocument(random, 8)];
      const edit = toEdits(before, after);
      expect(workflowEditSchema.safeParse(edit).success).toBe(true);
      expect(formatWorkflowFile(applyEdit(before, edit)), `seed ${seed}`).toBe(formatWorkflowFile(after));
      expect(formatWorkflowFile(applyEdit(after, invertEdit(before, edit))), `back of seed ${seed}`).toBe(formatWorkflowFile(before));
      expect(toEdits(before, structuredClone(before)).edits).toEqual([]);
    }
  });

  const node = (id: string, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
    id,
    kind: 'agent',
    name: id,
    position: { x: 0, y: 0 },
    config: { a: 1 },
    ...more,
  });
  const edge = (from: string, to: string): WorkflowEdge => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } });
  const before: WorkflowDocument = {
    schemaVersion: 1,
    name: 'One',
    nodes: ['a', 'b', 'c', 'd'].map((id) => node(id)),
    edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'd')],
  };

  test('touch only what differs', () => {
    const [a, b, c, d] = before.nodes as [WorkflowNode, WorkflowNode, WorkflowNode, WorkflowNode];
    const after: WorkflowDocument = {
      ...before,
      nodes: [a, { ...b, config: { a: 2 } }, { ...c, position: { x: 9, y: 9 } }, node('new'), d],
      edges: [edge('a', 'b'), { ...edge('b', 'c'), label: 'then' }, edge('new', 'd'), edge('c', 'd')],
    };
    expect(toEdits(before, after).edits).toEqual([
      { type: 'restore', nodes: [{ index: 3, node: node('new') }], edges: [{ index: 2, edge: edge('new', 'd') }] },
      { type: 'changeEdgeLabel', edge: 'b.out->c.in', label: 'then' },
      { type: 'moveNodes', positions: [{ node: 'c', position: { x: 9, y: 9 } }] },
      { type: 'changeConfig', node: 'b', config: { a: 2 } },
    ]);
  });

  test('take out and put in as few nodes as a new order needs', () => {
    const [a, b, c, d] = before.nodes as [WorkflowNode, WorkflowNode, WorkflowNode, WorkflowNode];
    const { edits } = toEdits({ ...before, edges: [] }, { ...before, nodes: [d, a, b, c], edges: [] });
    expect(edits).toEqual([
      { type: 'removeNodes', nodes: ['d'] },
      { type: 'restore', nodes: [{ index: 0, node: d }], edges: [] },
    ]);
  });

  test('stay few steps when thousands of nodes have changed', () => {
    const many: WorkflowDocument = { ...before, nodes: Array.from({ length: 10_000 }, (_, index) => node(`n${index}`)), edges: [] };
    const changed = { ...many, nodes: many.nodes.map((item) => ({ ...item, name: 'x' })) };
    const edit = toEdits(many, changed);
    expect(edit.edits).toHaveLength(2);
    expect(applyEdit(many, edit)).toEqual(changed);
  });

  test('are refused where an id stands twice', () => {
    const twice = { ...before, nodes: [node('a'), node('a')], edges: [] };
    expect(() => toEdits(before, twice)).toThrow('Several nodes have the id “a”');
    expect(() => toEdits(twice, before)).toThrow('Several nodes have the id “a”');
  });
});
