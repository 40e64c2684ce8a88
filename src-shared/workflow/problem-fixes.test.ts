import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import { applyEdit, invertEdit } from './edits.ts';
import type { Fix, FixWorld } from './fix.ts';
import type { Problem } from './problem.ts';
import { fixAllOfKind, listFixes } from './problem-fixes.ts';
import { validateWorkflow } from './validation.ts';

const world: FixWorld = {
  tools: [
    {
      name: 'read_file',
      inputSchema: { type: 'object', properties: { path: {}, maxBytes: {} }, required: ['path'], additionalProperties: false },
    },
    { name: 'write_file', inputSchema: {} },
  ],
  providers: ['scripted', 'local'],
  workflows: ['parts/answer.heddle.json'],
  defaultModel: 'local/small',
  models: ['local/small', 'scripted/demo'],
};

function node(id: string, kind: string, config: JsonObject = {}, more: Partial<WorkflowNode> = {}): WorkflowNode {
  return { id, kind, name: id, position: { x: 0, y: 0 }, config, ...more };
}

/** Edges are written `a.x>b.y`. */
function draw(nodes: readonly WorkflowNode[], edges = '', more: Partial<WorkflowDocument> = {}): WorkflowDocument {
  const toReference = (text = '') => ({ node: text.slice(0, text.indexOf('.')), port: text.slice(text.indexOf('.') + 1) });
  return {
    schemaVersion: 1,
    name: 'test',
    nodes: nodes.map((drawn, index) => ({ ...drawn, position: { x: index * 240, y: 0 } })),
    edges: edges
      .split(' ')
      .filter(Boolean)
      .map((edge) => ({ from: toReference(edge.split('>')[0]), to: toReference(edge.split('>')[1]) })),
    ...more,
  };
}

const brief = node('brief', 'input', {
  fields: [
    { name: 'topic', type: 'string', required: true },
    { name: 'count', type: 'integer', required: true },
  ],
});
const writer = (config: JsonObject = {}, more: Partial<WorkflowNode> = {}) =>
  node('writer', 'prompt', { model: 'scripted/demo', prompt: 'x', ...config }, more);
const result = node('result', 'output', { name: 'text' });
const chain = 'brief.topic>writer.in writer.text>result.value';
const withWriter = (config: JsonObject, more: Partial<WorkflowNode> = {}) => draw([brief, writer(config, more), result], chain);
const middle = (made: WorkflowNode, ports = 'in') =>
  draw([brief, made, result], `brief.topic>${made.id}.${ports} brief.topic>result.value`);
const takesNumber = node('code', 'code', {
  inputs: [{ name: 'n', type: 'number', required: true }],
  outputs: [{ name: 'o', type: 'any' }],
  source: 'return {};',
});

/** A document with one problem of the code, and the titles of the fixes, the best first. */
const cases: readonly (readonly [code: string, document: WorkflowDocument, titles: readonly string[]])[] = [
  ['expression.unknownReference', withWriter({ prompt: 'On {{ breif.topic }}' }), ['Write “brief”']],
  ['expression.unknownReference', withWriter({ prompt: '{{ research.topic }}' }), ['Write “brief”']],
  ['expression.unknownOutput', withWriter({ prompt: '{{ brief.tpoic }}' }), ['Write “brief.topic”']],
  ['expression.unknownInput', withWriter({ prompt: '{{ inputs.text }}' }), ['Write “inputs.in”']],
  [
    'expression.notUpstream',
    draw(
      [brief, node('other', 'prompt', { model: 'scripted/demo' }), writer({ prompt: '{{ other.text }}' }), result],
      'brief.topic>other.in brief.topic>writer.in writer.text>result.value',
    ),
    ['Connect other (text) with writer'],
  ],
  [
    'expression.disabledReference',
    draw(
      [brief, writer({}, { disabled: true }), node('next', 'prompt', { model: 'scripted/demo', prompt: '{{ writer.text }}' }), result],
      'brief.topic>writer.in writer.text>next.in brief.count>next.in next.text>result.value',
    ),
    ['Enable writer'],
  ],
  [
    'edge.mistyped',
    draw([brief, takesNumber, result], 'brief.topic>code.n code.o>result.value'),
    ['Insert a transform that reads it as a number', 'Remove the edge'],
  ],
  ['edge.dangling', draw([brief, writer(), result], `${chain} gone.text>writer.in`), ['Remove the edge']],
  [
    'edge.unknownPort',
    draw([brief, writer(), result], 'brief.tpic>writer.in writer.text>result.value'),
    ['Let it begin at “topic”', 'Remove the edge'],
  ],
  [
    'edge.unknownPort',
    draw([brief, writer(), result], 'brief.topic>writer.prompt writer.answer>result.value'),
    ['Let it end at “in”', 'Remove the edge'],
  ],
  ['edge.duplicate', draw([brief, writer(), result], `${chain} brief.topic>writer.in`), ['Keep one of them']],
  [
    'port.notConnected',
    draw([brief, writer(), result], 'brief.topic>writer.in'),
    ['Connect writer (text) with result', 'Connect brief (count) with result', 'Connect brief (topic) with result'],
  ],
  [
    'port.tooManyEdges',
    draw([brief, writer(), result], `${chain} brief.topic>result.value`),
    ['Put a merge in between, for the first that arrives', 'Keep only the edge from writer.text'],
  ],
  ['model.missing', withWriter({ model: '' }), ['Use local/small', 'Use scripted/demo']],
  ['model.malformed', withWriter({ model: 'demo' }), ['Use scripted/demo', 'Use local/small']],
  ['model.unknownProvider', withWriter({ model: 'remote/small' }), ['Use local/small', 'Use scripted/demo']],
  [
    'tool.unknown',
    middle(node('agent', 'agent', { model: 'scripted/demo', tools: [{ name: 'reed_file' }] })),
    ['Use read_file', 'Take “reed_file” out'],
  ],
  ['tool.unknown', middle(node('call', 'tool', { tool: 'write_fil', arguments: {} })), ['Use write_file']],
  ['tool.argumentMissing', middle(node('call', 'tool', { tool: 'read_file', arguments: {} })), ['Give “path” what arrives']],
  [
    'tool.argumentUnknown',
    middle(node('call', 'tool', { tool: 'read_file', arguments: { path: 'a', maxByte: 3 } })),
    ['Call it “maxBytes”', 'Take “maxByte” out'],
  ],
  [
    'workflow.unknown',
    middle(node('sub', 'subflow', { workflow: 'answer.heddle.json', inputs: {} })),
    ['Run parts/answer.heddle.json', 'Make the workflow “answer”'],
  ],
  ['node.duplicateId', draw([brief, writer(), { ...writer(), name: 'again' }, result], chain), ['Call the second one “writer2”']],
  [
    'node.invalidId',
    draw([brief, { ...writer(), id: '2nd try' }, result], 'brief.topic>2nd_try.in brief.topic>result.value'),
    ['Call it “n2nd_try”'],
  ],
  ['node.reservedId', draw([brief, writer(), result, node('if', 'note')], chain), ['Call it “ifNode”']],
  ['node.unknownKind', draw([brief, writer(), result, node('odd', 'teleport')], chain), ['Remove the node']],
  ['node.unknownConfigKey', withWriter({ modle: 'x' }), ['Take “modle” out']],
  ['node.badConfig', withWriter({ prompt: 7 }), ['Set “prompt” back to how it begins']],
  ['branch.noCases', middle(node('fork', 'branch', { cases: [] })), ['Add a case']],
  ['node.unreachable', draw([brief, writer({}, { disabled: true }), result], chain), ['Enable writer', 'Disable it']],
  [
    'node.unconnected',
    draw([brief, writer(), result, node('loose', 'prompt', { model: 'scripted/demo' })], chain),
    ['Connect brief (count) with loose', 'Connect writer (text) with loose', 'Disable it', 'Remove it'],
  ],
  [
    'workflow.cycle',
    draw(
      [brief, writer(), node('critic', 'prompt', { model: 'scripted/demo' }), result],
      'brief.topic>writer.in writer.text>critic.in critic.text>writer.in critic.text>result.value',
    ),
    ['Remove the edge from critic to writer', 'Remove the edge from writer to critic'],
  ],
  ['workflow.noOutput', draw([brief, writer()], 'brief.topic>writer.in'), ['Add an output for what writer gives']],
  [
    'output.duplicateName',
    draw([brief, writer(), result, { ...result, id: 'second' }], `${chain} brief.topic>second.value`),
    ['Call it “text2”'],
  ],
  ['compensation.missing', withWriter({}, { compensation: 'gone' }), ['Undo it by nothing']],
  ['compensation.itself', withWriter({}, { compensation: 'writer' }), ['Undo it by nothing']],
  [
    'compensation.connected',
    draw(
      [brief, writer({}, { compensation: 'undo' }), result, node('undo', 'tool', { tool: 'write_file' })],
      `${chain} brief.topic>undo.in`,
    ),
    ['Remove its edges', 'Undo it by nothing'],
  ],
  [
    'hook.unknownNode',
    draw([brief, writer(), result], chain, {
      hooks: [{ id: 'h', point: 'beforeNode', nodes: ['gone', 'writer'], action: { type: 'expression', expression: 'null' } }],
    }),
    ['Take the nodes that are gone out of the hook'],
  ],
  [
    'hook.repeatedId',
    draw([brief, writer(), result], chain, {
      hooks: [1, 2].map(() => ({ id: 'h', point: 'beforeRun', action: { type: 'expression', expression: 'null' } })),
    }),
    ['Call it “h2”'],
  ],
  [
    'group.unknownNode',
    draw([brief, writer(), result], chain, { groups: [{ id: 'g', title: 'G', nodes: ['gone', 'writer'] }] }),
    ['Take the nodes that are gone out of the group'],
  ],
];

describe('each fix takes its problem away, and can be undone', () => {
  test.each(cases)('%s', (code, document, titles) => {
    const problem = problemOf(document, code);
    const fixes = listFixes(document, problem, world);
    expect(fixes.map(({ title }) => title)).toEqual(titles);
    for (const fix of fixes) {
      const { edit, known } = toEdit(fix);
      const after = applyEdit(document, edit);
      const left = validateWorkflow(after, { ...world, workflows: [...(world.workflows ?? []), ...known] });
      expect(
        left.filter((other) => other.code === code),
        fix.title,
      ).toHaveLength(countOf(document, code) - 1);
      expect(applyEdit(after, invertEdit(document, edit))).toEqual(document);
    }
  });
});

test('a workflow that is made for a node takes what the node gives it and has no problems', () => {
  const document = middle(node('sub', 'loop', { workflow: '', inputs: { draft: '{{ last }}' }, until: 'true' }));
  const [fix] = listFixes(document, problemOf(document, 'workflow.missing'), world);
  expect(fix).toMatchObject({ type: 'newWorkflow', document: { name: 'sub', nodes: [{ config: { fields: [{ name: 'draft' }] } }, {}] } });
  expect(fix?.type === 'newWorkflow' && validateWorkflow(fix.document, world)).toEqual([]);
});

test('a locked node is not changed by a fix', () => {
  const document = withWriter({ model: '' }, { locked: true });
  expect(listFixes(document, problemOf(document, 'model.missing'), world)).toEqual([]);
});

test('what is only wrong in words has no fix', () => {
  const document = withWriter({ prompt: '{{ brief. }}' });
  expect(listFixes(document, problemOf(document, 'expression.invalid'), world)).toEqual([]);
});

test('all problems of a kind are fixed as one edit, those that cannot be stay', () => {
  const agents = ['a', 'b', 'c'].map((id) => node(id, 'prompt', { model: '' }, id === 'b' ? { locked: true } : {}));
  const document = draw([brief, ...agents, result], 'brief.topic>a.in a.text>b.in b.text>c.in c.text>result.value');
  const all = fixAllOfKind(document, 'model.missing', world);
  expect(all?.count).toBe(2);
  const after = applyEdit(document, all?.edit ?? { type: 'batch', edits: [] });
  expect(after.nodes.map(({ config }) => config.model)).toEqual([undefined, 'local/small', '', 'local/small', undefined]);
  expect(fixAllOfKind(after, 'model.missing', world)).toBeNull();
});

function problemOf(document: WorkflowDocument, code: string): Problem {
  const found = validateWorkflow(document, world).find((problem) => problem.code === code);
  if (found === undefined) throw new Error(`no ${code} among ${validateWorkflow(document, world).map((problem) => problem.code)}`);
  return found;
}

function countOf(document: WorkflowDocument, code: string): number {
  return validateWorkflow(document, world).filter((problem) => problem.code === code).length;
}

function toEdit(fix: Fix) {
  if (fix.type === 'edit') return { edit: fix.edit, known: [] };
  const path = `${fix.document.name}.made.heddle.json`;
  return { edit: fix.toEdit(path), known: [path] };
}
