import { describe, expect, test } from 'vitest';
import { type JsonObject, jsonObjectSchema } from '../base/json.ts';
import { findKind, nodeKindNames, nodeKinds } from './registry.ts';

describe.each(nodeKindNames)('the %s kind', (name) => {
  const kind = nodeKinds[name];

  test('is registered under its own name', () => {
    expect(kind.kind).toBe(name);
  });

  test('has a default config that its schema accepts unchanged and that is JSON', () => {
    expect(kind.configSchema.parse(kind.defaultConfig)).toEqual(kind.defaultConfig);
    expect(jsonObjectSchema.parse(kind.defaultConfig)).toEqual(kind.defaultConfig);
  });

  test('says something about itself on the card and in the palette', () => {
    expect(kind.summary(kind.defaultConfig)).not.toBe('');
    expect(kind.description.endsWith('.')).toBe(true);
  });

  test('has differently named ports on each side', () => {
    const { inputs, outputs } = kind.ports(kind.defaultConfig);
    for (const side of [inputs, outputs]) expect(new Set(side.map((port) => port.name)).size).toBe(side.length);
  });

  test('lists expressions that stand where their path says', () => {
    for (const use of kind.expressions(kind.defaultConfig)) {
      const found = use.path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], kind.defaultConfig);
      expect(found).toBe(use.source);
    }
  });

  test('describes inspector fields for keys its config knows', () => {
    for (const field of kind.fields) {
      const [first = ''] = field.key.split('.');
      const probe = kind.configSchema.safeParse({ ...kind.defaultConfig, [first]: Symbol('not JSON') });
      expect(probe.success, field.key).toBe(false);
    }
  });
});

test('no two kinds share a shortcut, and none takes a key the canvas needs', () => {
  const shortcuts = nodeKindNames.map((name) => nodeKinds[name].shortcut);
  expect(new Set(shortcuts).size).toBe(shortcuts.length);
  for (const shortcut of shortcuts) expect(shortcut).toMatch(/^[A-MO-Z]$/);
});

test('an unknown kind, or a name every object inherits, is not found', () => {
  expect(findKind('loom')).toBeUndefined();
  expect(findKind('constructor')).toBeUndefined();
  expect(findKind('agent')).toBe(nodeKinds.agent);
});

describe('ports follow the config', () => {
  const portsOf = (name: (typeof nodeKindNames)[number], config: JsonObject) =>
    nodeKinds[name].ports(nodeKinds[name].configSchema.parse(config));

  test('an input gives one typed port per field, nullable when it may be left empty', () => {
    const config = {
      fields: [
        { name: 'topic', type: 'string', required: true },
        { name: 'limit', type: 'integer', default: 3 },
        { name: 'folder', type: 'folder', description: 'Where to look' },
        { name: 'extra', type: 'any' },
      ],
    };
    expect(portsOf('input', config).outputs).toEqual([
      { name: 'topic', schema: { type: 'string' } },
      { name: 'limit', schema: { type: 'integer' } },
      { name: 'folder', schema: { type: ['string', 'null'], format: 'folder' }, description: 'Where to look' },
      { name: 'extra', schema: {} },
    ]);
  });

  test('a prompt gives json only when it has an output schema, and an agent its turns as well', () => {
    const outputSchema = { type: 'object', properties: { score: { type: 'number' } } };
    const names = (name: 'prompt' | 'agent', config: JsonObject) => portsOf(name, config).outputs.map((port) => port.name);
    expect(names('prompt', {})).toEqual(['text']);
    expect(names('prompt', { outputSchema })).toEqual(['text', 'json']);
    expect(names('agent', { outputSchema })).toEqual(['text', 'json', 'turns']);
    expect(portsOf('prompt', { outputSchema }).outputs[1]?.schema).toEqual(outputSchema);
  });

  test('a branch has one way out per case, and else', () => {
    const cases = [
      { name: 'small', when: 'inputs.in < 10' },
      { name: 'large', when: 'inputs.in >= 10' },
    ];
    expect(portsOf('branch', { cases }).outputs.map((port) => port.name)).toEqual(['small', 'large', 'else']);
  });

  test('code takes and gives its fields, requiring those that are required', () => {
    const config = {
      inputs: [{ name: 'rows', type: 'array', required: true }],
      outputs: [{ name: 'sum', type: 'number', required: true }],
      source: 'return {}',
    };
    expect(portsOf('code', config)).toEqual({
      inputs: [{ name: 'rows', schema: { type: 'array' }, isRequired: true }],
      outputs: [{ name: 'sum', schema: { type: 'number' } }],
    });
  });
});

describe('configs are refused', () => {
  const problemsOf = (name: (typeof nodeKindNames)[number], config: JsonObject) =>
    nodeKinds[name].configSchema.safeParse(config).error?.issues.map((issue) => [issue.path.join('.'), issue.message]);

  test('when a field name is used twice or is no identifier', () => {
    expect(
      problemsOf('input', {
        fields: [
          { name: 'a', type: 'any' },
          { name: 'a', type: 'any' },
        ],
      }),
    ).toEqual([['fields.1.name', '“a” is used twice']]);
    expect(problemsOf('input', { fields: [{ name: 'a b', type: 'any' }] })?.[0]?.[0]).toBe('fields.0.name');
  });

  test('when a default is not of its field’s type', () => {
    expect(problemsOf('input', { fields: [{ name: 'a', type: 'integer', default: 1.5 }] })).toEqual([
      ['fields.0.default', 'must be a whole number'],
    ]);
  });

  test('when a case takes the name of else', () => {
    expect(problemsOf('branch', { cases: [{ name: 'else', when: 'true' }] })?.[0]?.[0]).toBe('cases.0.name');
  });
});

test('every text inside a tool node’s arguments is a template, at any depth', () => {
  const config = nodeKinds.tool.configSchema.parse({
    tool: 'write_file',
    arguments: { path: '{{ a }}', options: { tags: ['{{ b }}', 3] } },
  });
  expect(nodeKinds.tool.expressions(config)).toEqual([
    { path: ['arguments', 'path'], form: 'template', source: '{{ a }}', gives: 'any' },
    { path: ['arguments', 'options', 'tags', 0], form: 'template', source: '{{ b }}', gives: 'any' },
  ]);
});
