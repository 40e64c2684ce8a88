import { describe, expect, it } from 'vitest';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import { applyEdit, invertEdit } from './edits.ts';
import { planWorkflow } from './plan.ts';
import { validateWorkflow } from './validation.ts';

const node = (id: string, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id,
  kind: 'transform',
  name: '',
  position: { x: 0, y: 0 },
  config: { expression: '1' },
  ...more,
});
const document = (nodes: readonly WorkflowNode[], edges: readonly (readonly [string, string])[] = []): WorkflowDocument => ({
  schemaVersion: 1,
  name: 'T',
  nodes: [...nodes],
  edges: edges.map(([from, to]) => ({ from: { node: from, port: 'value' }, to: { node: to, port: 'in' } })),
});
const codesOf = (checked: WorkflowDocument, workflows: readonly string[] | null = null) =>
  validateWorkflow(checked, { tools: null, providers: null, workflows })
    .filter(({ code }) => code !== 'workflow.noOutput')
    .map(({ code, node: at }) => [at, code]);

describe('a compensation', () => {
  it('stands outside the flow without being called loose, and may speak of what it undoes and of what leads there', () => {
    const brief = node('brief', { kind: 'input', config: { fields: [{ name: 'value', type: 'any' }] } });
    const undo = node('undo', { config: { expression: 'book.value + brief.value' } });
    const checked = document([brief, node('book', { compensation: 'undo' }), undo], [['brief', 'book']]);
    expect(codesOf(checked)).toEqual([]);
    expect(planWorkflow(checked).layers.flat()).toEqual(['brief', 'book']);
    const later = { ...undo, config: { expression: 'after.value' } };
    expect(
      codesOf(
        document(
          [brief, node('book', { compensation: 'undo' }), node('after'), later],
          [
            ['brief', 'book'],
            ['book', 'after'],
          ],
        ),
      ),
    ).toEqual([['undo', 'expression.notUpstream']]);
  });

  it('must be another node that runs, without edges, for one node only, and not undone itself', () => {
    const check = (nodes: readonly WorkflowNode[], edges: readonly (readonly [string, string])[] = []) =>
      codesOf(document(nodes, edges)).filter(([, code]) => code?.startsWith('compensation.'));
    expect(check([node('a', { compensation: 'gone' })])).toEqual([['a', 'compensation.missing']]);
    expect(check([node('a', { compensation: 'a' })])).toEqual([['a', 'compensation.itself']]);
    expect(check([node('a', { compensation: 'n' }), node('n', { kind: 'note', config: {} })])).toEqual([
      ['a', 'compensation.notExecutable'],
    ]);
    expect(check([node('a', { compensation: 'u' }), node('u'), node('b')], [['u', 'b']])).toEqual([['a', 'compensation.connected']]);
    expect(check([node('a', { compensation: 'u' }), node('b', { compensation: 'u' }), node('u')])).toEqual([['b', 'compensation.shared']]);
    expect(check([node('a', { compensation: 'u' }), node('u', { compensation: 'v' }), node('v')])).toEqual([['a', 'compensation.undone']]);
  });

  it('follows a new id and goes with its node, and both can be undone', () => {
    const before = document([node('a', { compensation: 'u' }), node('u')]);
    const edits: readonly WorkflowEdit[] = [
      { type: 'changeNodeId', node: 'u', newId: 'back' },
      { type: 'removeNodes', nodes: ['u'] },
      { type: 'changeNodeDetails', node: 'a', compensation: null, lane: 'slow' },
    ];
    const after = edits.map((edit) => applyEdit(before, edit).nodes[0]);
    expect(after.map((changed) => [changed?.compensation, changed?.lane])).toEqual([
      ['back', undefined],
      [undefined, undefined],
      [undefined, 'slow'],
    ]);
    for (const edit of edits) expect(applyEdit(applyEdit(before, edit), invertEdit(before, edit))).toEqual(before);
  });

  it('keeps a name that meant nothing yet when a node of that id comes and goes', () => {
    const before = document([node('a', { compensation: 'later' }), node('u')]);
    const edits: readonly WorkflowEdit[] = [
      { type: 'addNode', node: node('later') },
      { type: 'changeNodeId', node: 'u', newId: 'later' },
    ];
    for (const edit of edits) expect(applyEdit(applyEdit(before, edit), invertEdit(before, edit))).toEqual(before);
  });
});

describe('a node that runs a workflow', () => {
  const map = (workflow: string, more: Partial<WorkflowNode> = {}) => node('each', { kind: 'map', config: { workflow }, ...more });

  it('must name one, unless it is disabled', () => {
    expect(codesOf(document([map('')]))).toEqual([['each', 'workflow.missing']]);
    const disabled = validateWorkflow(document([map('', { disabled: true })]), { tools: null, providers: null });
    expect(disabled.find(({ code }) => code === 'workflow.missing')?.severity).toBe('warning');
  });

  it('must name one of the workspace, where that is known', () => {
    expect(codesOf(document([map('a.heddle.json')]), ['b.heddle.json'])).toEqual([['each', 'workflow.unknown']]);
    expect(codesOf(document([map('a.heddle.json')]), null)).toEqual([]);
  });

  it('may speak of its item in its inputs, and of nothing else that is not there', () => {
    const inputs = { a: '{{ item }} {{ index }}', b: '{{ last }}' };
    expect(codesOf(document([node('each', { kind: 'map', config: { workflow: 'a.heddle.json', inputs } })]))).toEqual([
      ['each', 'expression.unknownReference'],
    ]);
  });
});
