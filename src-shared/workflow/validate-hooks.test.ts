import { expect, it } from 'vitest';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import type { HookDeclaration } from './document.ts';
import { formatWorkflowFile, parseWorkflowFile } from './document-file.ts';
import { validateWorkflow } from './validation.ts';

const plain = toDocument({ given: { kind: 'input' }, result: { kind: 'output' } }, ['given.text->result.value']);
const hook = (more: Partial<HookDeclaration> = {}): HookDeclaration => ({
  id: 'guard',
  point: 'beforeToolCall',
  action: { type: 'expression', expression: 'null' },
  ...more,
});
const codesOf = (...hooks: HookDeclaration[]) =>
  validateWorkflow({ ...plain, hooks }, { tools: null, providers: null }).flatMap(({ code, path }) =>
    path?.[0] === 'hooks' ? [code] : [],
  );

it('a hook that can be read is no problem', () => {
  expect(codesOf(hook({ when: 'value.tool == "pay" && node.id == "given"', nodes: ['given'] }))).toEqual([]);
});

it('names that are used twice, nodes that are not there, and expressions that cannot be read are reported', () => {
  expect(codesOf(hook(), hook())).toEqual(['hook.repeatedId']);
  expect(codesOf(hook({ nodes: ['gone'] }))).toEqual(['hook.unknownNode']);
  expect(codesOf(hook({ when: 'value ==' }))).toEqual(['expression.invalid']);
  expect(codesOf(hook({ action: { type: 'expression', expression: 'other.thing' } }))).toEqual(['hook.unknownName']);
});

it('hooks, lanes and compensations stay in the file', () => {
  const [given, result] = plain.nodes;
  if (given === undefined || result === undefined) throw new Error('The document has two nodes');
  const document = { ...plain, hooks: [hook()], nodes: [{ ...given, lane: 'slow', compensation: 'result' }, result] };
  expect(parseWorkflowFile(formatWorkflowFile(document))).toEqual(document);
});
