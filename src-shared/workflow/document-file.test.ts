import { describe, expect, test } from 'vitest';
import { HeddleError } from '../base/errors.ts';
import type { WorkflowDocument } from './document.ts';
import { formatWorkflowFile, maxWorkflowFileLength, parseWorkflowFile } from './document-file.ts';
import { migrateWorkflow } from './migrations.ts';

const document: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Brief',
  description: 'Two\nlines',
  labels: ['demo'],
  nodes: [
    { id: 'brief', kind: 'input', name: 'Brief', position: { x: 10.4, y: -0.2 }, config: { fields: [{ name: 'topic', type: 'string' }] } },
    {
      id: 'future',
      kind: 'loom',
      name: 'From a newer build',
      position: { x: 300, y: 0 },
      config: { threads: [1, 2.5, { deep: null }], empty: {}, none: [], zeta: 1, alpha: 'ü “ \u2028 \\ "' },
      policy: { maxAttempts: 3 },
      disabled: false,
    },
  ],
  edges: [
    { from: { node: 'brief', port: 'topic' }, to: { node: 'future', port: 'a.b' } },
    { from: { node: 'brief', port: 'topic' }, to: { node: 'future', port: 'in' }, label: 'main' },
  ],
};

const text = `{
  "heddle": 1,
  "name": "Brief",
  "description": "Two\\nlines",
  "labels": [
    "demo"
  ],
  "nodes": [
    {
      "id": "brief",
      "kind": "input",
      "name": "Brief",
      "position": { "x": 10, "y": 0 },
      "config": {
        "fields": [
          {
            "name": "topic",
            "type": "string"
          }
        ]
      }
    },
    {
      "id": "future",
      "kind": "loom",
      "name": "From a newer build",
      "position": { "x": 300, "y": 0 },
      "config": {
        "threads": [
          1,
          2.5,
          {
            "deep": null
          }
        ],
        "empty": {},
        "none": [],
        "zeta": 1,
        "alpha": "ü “ \u2028 \\\\ \\""
      },
      "policy": {
        "maxAttempts": 3
      },
      "disabled": false
    }
  ],
  "edges": [
    { "from": "brief.topic", "to": "future.a.b" },
    { "from": "brief.topic", "to": "future.in", "label": "main" }
  ]
}
`;

function refusalOf(act: () => unknown): HeddleError {
  try {
    act();
  } catch (error) {
    if (error instanceof HeddleError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('a document is written the same way whatever order its keys were made in', () => {
  expect(formatWorkflowFile(document)).toBe(text);
  const [first, second] = document.nodes;
  const { id, ...rest } = second!;
  expect(
    formatWorkflowFile({
      edges: document.edges,
      nodes: [first!, { ...rest, id }],
      labels: ['demo'],
      description: 'Two\nlines',
      name: 'Brief',
      schemaVersion: 1,
    }),
  ).toBe(text);
});

test('what was written is read back and written again byte for byte, unknown kinds included', () => {
  expect(formatWorkflowFile(parseWorkflowFile(text))).toBe(text);
  expect(parseWorkflowFile(text).nodes[1]).toEqual(document.nodes[1]);
});

test('a file from an editor that adds a byte order mark or Windows line ends is read', () => {
  expect(formatWorkflowFile(parseWorkflowFile(`\uFEFF${text.replaceAll('\n', '\r\n')}`))).toBe(text);
});

test('config of a known kind keeps members that the kind does not know', () => {
  const extra = text.replace('"fields": [', '"later": { "b": 1, "a": [] },\n        "fields": [');
  expect(parseWorkflowFile(extra).nodes[0]?.config).toEqual({ later: { b: 1, a: [] }, fields: [{ name: 'topic', type: 'string' }] });
});

describe('malformed text is refused with line and column', () => {
  test.each<[string, number, number, string]>([
    ['', 1, 1, 'it ends too early'],
    ['{\n  "heddle": 1,\n}', 3, 1, '} cannot stand here'],
    ['{\n  "heddle" 1\n}', 2, 12, '“:” is missing before 1'],
    ['{ "a": 1 "b": 2 }', 1, 10, '“,” is missing before "b"'],
    ['{ "a": [1, 2 }', 1, 14, '“,” is missing before }'],
    ['{ "a": tru }', 1, 8, '"t" cannot stand here'],
    ['{ "a": "x }', 1, 8, 'a text is never closed or has a forbidden character'],
    ['{ "a": 01 }', 1, 9, '“,” is missing before 1'],
    ['{ "a": 1 }\nx', 2, 1, '"x" cannot stand here'],
    ['{ "a": 1 } 2', 1, 12, 'there is something after the end: 2'],
    ['{ a: 1 }', 1, 3, '"a" cannot stand here'],
    ['[1,,2]', 1, 4, ', cannot stand here'],
    ['{ 1: 2 }', 1, 3, '1 cannot stand here'],
  ])('%j', (source, line, column, problem) => {
    const refusal = refusalOf(() => parseWorkflowFile(source));
    expect([refusal.code, refusal.details]).toEqual(['workflow.malformed', { line, column, problem }]);
  });

  test('however deep it is nested', () => {
    const nested = (levels: number) =>
      `{"heddle":1,"name":"x","nodes":[],"edges":[],"metadata":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    expect(refusalOf(() => parseWorkflowFile(nested(1_000_000))).message).toContain('nested more than 200 levels deep');
    expect(refusalOf(() => parseWorkflowFile('{'.repeat(1_000))).message).toContain('nested more than 200');
    expect(parseWorkflowFile(nested(190)).name).toBe('x');
    const brackets = `\\\\\\"${'['.repeat(150)}`;
    expect(parseWorkflowFile(`{"heddle":1,"name":"${brackets}","description":"${'{'.repeat(300)}\\\\","nodes":[],"edges":[]}`).name).toBe(
      `\\"${'['.repeat(150)}`,
    );
  });

  test('and so is a key that would reach the prototype, however it is spelled', () => {
    for (const key of ['__proto__', '\\u005f_proto__']) {
      const source = text.replace('"zeta": 1', `"${key}": { "polluted": true }`);
      expect(refusalOf(() => parseWorkflowFile(source)).message).toContain('__proto__');
    }
  });
});

describe('content of the wrong shape is refused', () => {
  const minimal = { heddle: 1, name: 'x', nodes: [] as unknown[], edges: [] as unknown[] };
  test.each<[string, unknown, string, string]>([
    ['a list', [], 'workflow.malformed', 'it is not an object'],
    ['no version', { name: 'x' }, 'workflow.malformed', 'no "heddle" version number'],
    ['a version that is no number', { ...minimal, heddle: '1' }, 'workflow.malformed', 'its "heddle" version is "1"'],
    [
      'a newer version',
      { ...minimal, heddle: 2 },
      'workflow.unknownVersion',
      'newer Heddle (version 2 of the format; this one reads up to 1)',
    ],
    ['an unknown member', { ...minimal, extra: 1 }, 'workflow.malformed', 'extra'],
    [
      'an edge without a port',
      { ...minimal, edges: [{ from: 'a', to: 'b.c' }] },
      'workflow.malformed',
      'edge 1 must lead from "node.port" to "node.port", not "a"',
    ],
    [
      'a node with a wrong id',
      { ...minimal, nodes: [{ id: 'a b', kind: 'x', name: '', position: { x: 0, y: 0 }, config: {} }] },
      'workflow.malformed',
      'node “a b” › id',
    ],
  ])('%s', (_name, content, code, words) => {
    const refusal = refusalOf(() => parseWorkflowFile(JSON.stringify(content)));
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(words);
  });

  test('more than fifty million characters are refused unread', () => {
    expect(refusalOf(() => parseWorkflowFile(' '.repeat(maxWorkflowFileLength + 1))).code).toBe('workflow.tooLarge');
  });
});

test('older content goes through every step to the current version', () => {
  const steps = [
    { from: 2, name: 'second', migrate: (content: object) => ({ ...content, b: 2 }) },
    { from: 1, name: 'first', migrate: (content: object) => ({ ...content, a: 1 }) },
  ];
  expect(migrateWorkflow({}, 1, 3, steps)).toEqual({ a: 1, b: 2 });
  expect(migrateWorkflow({}, 2, 3, steps)).toEqual({ b: 2 });
  expect(migrateWorkflow({}, 3, 3, steps)).toEqual({});
  expect(refusalOf(() => migrateWorkflow({}, 4, 3, steps)).code).toBe('workflow.unknownVersion');
  expect(refusalOf(() => migrateWorkflow({}, 1, 3, steps.slice(0, 1))).code).toBe('workflow.unknownVersion');
});
