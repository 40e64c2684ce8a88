import { expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { transformKind } from '../nodes/transform/transform.ts';
import type { WorkflowDocument } from './document.ts';
import { verdictOnEdge } from './edge-verdict.ts';
import { evaluateExpression } from './expression.ts';
import { suggestTransform } from './suggest-transform.ts';

const code = (id: string, config: JsonObject) => ({
  id,
  kind: 'code',
  name: id,
  position: { x: 0, y: 0 },
  config: { source: '', ...config },
});
const between = (given: string, wanted: string): WorkflowDocument => ({
  schemaVersion: 1,
  name: 'Types',
  nodes: [
    code('a', { inputs: [], outputs: [{ name: 'value', type: given, required: true }] }),
    code('b', { inputs: [{ name: 'in', type: wanted, required: true }], outputs: [] }),
  ],
  edges: [],
});
const [from, to] = [
  { node: 'a', port: 'value' },
  { node: 'b', port: 'in' },
];

test.each([
  ['object', 'string', { k: [1] }, '{"k":[1]}'],
  ['array', 'string', ['x', 'y'], 'x'],
  ['array', 'number', [4, 5], 4],
  ['number', 'string', 2.5, '2.5'],
  ['boolean', 'string', true, 'true'],
  ['string', 'number', '2.5', 2.5],
  ['string', 'integer', '7', 7],
  ['string', 'boolean', 'true', true],
  ['number', 'boolean', 0, false],
  ['string', 'array', 'x', ['x']],
  ['number', 'object', 3, { value: 3 }],
] as const)('from %s to %s a transform helps, computes that, and fits at both ends', (given, wanted, value, expected) => {
  const document = between(given, wanted);
  expect(verdictOnEdge(document, from, to).verdict).toBe('refused');
  const suggested = suggestTransform(document, from, to);
  expect(evaluateExpression(suggested?.expression ?? '', { a: { value } } as JsonObject)).toEqual(expected);
  const { expression = '', outputType = 'any' } = suggested ?? {};
  const transform = {
    id: 't',
    kind: 'transform',
    name: 't',
    position: { x: 0, y: 0 },
    config: { ...transformKind.defaultConfig, expression, outputType },
  };
  const put = { ...document, nodes: [...document.nodes, transform] };
  expect(verdictOnEdge(put, from, { node: 't', port: 'in' }).verdict).not.toBe('refused');
  expect(verdictOnEdge(put, { node: 't', port: 'value' }, to).verdict).not.toBe('refused');
});

test('none is suggested where types are no hindrance, or not the only one', () => {
  expect(suggestTransform(between('string', 'string'), from, to)).toBeNull();
  const taken = between('number', 'string');
  const other = code('c', { inputs: [], outputs: [{ name: 'value', type: 'string', required: true }] });
  const edge = { from: { node: 'c', port: 'value' }, to };
  expect(suggestTransform({ ...taken, nodes: [...taken.nodes, other], edges: [edge] }, from, to)).toBeNull();
  const cycle = { ...taken, edges: [{ from: { node: 'b', port: 'x' }, to: { node: 'a', port: 'y' } }] };
  expect(suggestTransform(cycle, from, to)).toBeNull();
  expect(suggestTransform(taken, { node: 'a', port: 'none' }, to)).toBeNull();
});
