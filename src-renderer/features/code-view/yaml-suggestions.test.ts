import { expect, test } from 'vitest';
import { findKind, nodeKindNames } from '#shared/nodes/registry.ts';
import { toCodeSchema, toConfigSchema } from '#shared/workflow/code/code-schema.ts';
import { suggestYaml, toSchemaAt } from './yaml-suggestions.ts';

const schema = toCodeSchema();

/** What is offered where `|` stands. */
function offered(text: string): readonly string[] {
  const [before = '', after = ''] = text.split('|');
  const toConfig = (kind: string) => nodeKindNames.filter((name) => name === findKind(kind)?.kind).map(toConfigSchema)[0];
  return suggestYaml(before, after, toSchemaAt(schema, before, toConfig)).map(({ label }) => label);
}

test('at the beginning: the members of a workflow that are not there yet', () => {
  expect(offered('name: A\n|\nedges: []\n')).toEqual(expect.arrayContaining(['description', 'nodes', 'hooks']));
  expect(offered('name: A\n|\nedges: []\n')).not.toContain('edges');
  expect(offered('name: A\n|\nedges: []\n')).not.toContain('name');
});

test('in a node: its members, and every kind as a value', () => {
  expect(offered('nodes:\n  - |')).toEqual(expect.arrayContaining(['id', 'kind', 'config', 'policy']));
  const more = offered('nodes:\n  - id: a\n    kind: agent\n    |\n  - id: b\n    lane: x\n');
  expect(more).toEqual(expect.arrayContaining(['config', 'policy', 'lane']));
  expect(more).not.toContain('kind');
  expect(offered('nodes:\n  - id: a\n    kind: |')).toEqual(expect.arrayContaining([...nodeKindNames]));
});

test('in a config: what its kind has, with the values of those that have few', () => {
  const before = 'nodes:\n  - id: a\n    kind: prompt\n  - id: b\n    kind: map\n    config:\n      workflow: x\n      ';
  expect(offered(`${before}|`)).toEqual(expect.arrayContaining(['items', 'onItemFailure', 'aggregation']));
  expect(offered(`${before}|`)).not.toContain('workflow');
  expect(offered(`${before}onItemFailure: |`)).toEqual(expect.arrayContaining(['keep']));
  expect(offered('nodes:\n  - id: a\n    kind: agent\n    policy:\n      onFailure: |')).toEqual(['stop', 'skip']);
});

test('in a text: nothing', () => {
  expect(offered('description: some words |')).toEqual([]);
});
