import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { WorkflowDocument, WorkflowNode } from './document.ts';
import type { Problem } from './problem.ts';
import { refuseInvalid, validateWorkflow } from './validation.ts';
import type { WorkflowCatalogue } from './validation-subject.ts';

const nothingKnown: WorkflowCatalogue = { tools: null, providers: null };

function node(id: string, kind: string, config: JsonObject = {}, more: Partial<WorkflowNode> = {}): WorkflowNode {
  return { id, kind, name: id, position: { x: 0, y: 0 }, config, ...more };
}

/** Edges are written `a.x>b.y`. */
function draw(nodes: readonly WorkflowNode[], edges = ''): WorkflowDocument {
  const toReference = (text = '') => ({ node: text.slice(0, text.indexOf('.')), port: text.slice(text.indexOf('.') + 1) });
  return {
    schemaVersion: 1,
    name: 'test',
    nodes: [...nodes],
    edges: edges
      .split(' ')
      .filter(Boolean)
      .map((edge) => ({ from: toReference(edge.split('>')[0]), to: toReference(edge.split('>')[1]) })),
  };
}

const brief = node('brief', 'input', {
  fields: [
    { name: 'topic', type: 'string', required: true },
    { name: 'count', type: 'integer', required: true },
  ],
});
const writer = node('writer', 'prompt', { model: 'scripted/demo', prompt: 'About {{ brief.topic }}' });
const result = node('result', 'output', { name: 'text' });
const sound = draw([brief, writer, result], 'brief.topic>writer.in writer.text>result.value');

/** `code node.port`, one for each problem; warnings in brackets. */
function told(document: WorkflowDocument, catalogue = nothingKnown): string[] {
  return validateWorkflow(document, catalogue).map((problem) => {
    const place = `${problem.code} ${problem.node ?? '-'}${problem.port === null ? '' : `.${problem.port}`}`;
    return problem.severity === 'warning' ? `(${place})` : place;
  });
}
const withNode = (changed: WorkflowNode): WorkflowDocument => ({
  ...sound,
  nodes: sound.nodes.map((old) => (old.id === changed.id ? changed : old)),
});
const withWriter = (config: JsonObject, more: Partial<WorkflowNode> = {}) =>
  withNode({ ...writer, config: { ...writer.config, ...config }, ...more });
const only = (problems: readonly Problem[]) => {
  expect(problems).toHaveLength(1);
  return problems[0] as Problem;
};

test('a sound workflow has no problems', () => {
  expect(validateWorkflow(sound, { tools: [], providers: ['scripted'] })).toEqual([]);
});

describe('nodes', () => {
  test('of an unknown kind are named, and nothing is guessed about their ports', () => {
    const document = draw([brief, node('odd', 'loom', { x: 1 }), result], 'brief.topic>odd.any odd.thing>result.value');
    expect(told(document)).toEqual(['node.unknownKind odd']);
  });

  test('with a bad config are told by place and in words', () => {
    const problem = only(validateWorkflow(withNode(node('writer', 'prompt', { model: 'a/b', temperature: 9 })), nothingKnown));
    expect(problem).toMatchObject({ code: 'node.badConfig', severity: 'error', node: 'writer', path: ['temperature'] });
    expect(problem.message).toMatch(/^“writer”, Temperature: /);
  });

  test('with a config key that their kind does not use are warned of', () => {
    expect(only(validateWorkflow(withWriter({ temprature: 1 }), nothingKnown))).toMatchObject({
      code: 'node.unknownConfigKey',
      severity: 'warning',
      path: ['temprature'],
    });
  });

  test('with the same id, an unusable id or a word CEL keeps are told', () => {
    expect(told({ ...sound, nodes: [...sound.nodes, brief] })).toContain('node.duplicateId brief');
    expect(told(draw([node('a b', 'note')]))).toContain('node.invalidId a b');
    expect(told({ ...sound, nodes: [...sound.nodes, node('if', 'note')] })).toEqual(['(node.reservedId if)']);
  });

  test('without cases are no branches', () => {
    const document = draw([brief, node('b', 'branch', { cases: [] }), result], 'brief.topic>b.in b.else>result.value');
    expect(told(document)).toEqual(['branch.noCases b']);
  });
});

describe('models and tools', () => {
  const agent = (tools: readonly string[]) =>
    draw(
      [brief, node('agent', 'agent', { model: 'openai/gpt', tools: tools.map((name) => ({ name })) }), result],
      'brief.topic>agent.in agent.text>result.value',
    );
  const catalogue: WorkflowCatalogue = {
    tools: [
      { name: 'read_file', inputSchema: { type: 'object', properties: { path: {} }, required: ['path'], additionalProperties: false } },
    ],
    providers: ['scripted'],
  };

  test('a model that is missing, malformed or of an unknown provider is told', () => {
    expect(told(withWriter({ model: '' }))).toEqual(['(model.missing writer)']);
    expect(told(withWriter({ model: 'gpt' }))).toEqual(['model.malformed writer']);
    expect(told(withWriter({ model: 'openai/gpt' }), catalogue)).toEqual(['model.unknownProvider writer']);
    expect(told(withWriter({ model: 'openai/gpt' }))).toEqual([]);
  });

  test('a tool that is not here is told with its place in the list', () => {
    expect(validateWorkflow(agent(['read_file', 'fly']), { ...catalogue, providers: null }).map(({ code, path }) => [code, path])).toEqual([
      ['tool.unknown', ['tools', 1]],
    ]);
    expect(told(agent(['fly']))).toEqual([]);
  });

  test('a tool node must have a tool and give it what it needs', () => {
    const tool = (config: JsonObject) => draw([node('t', 'tool', config), result], 't.result>result.value');
    expect(told(tool({}))).toEqual(['tool.missing t']);
    expect(told(tool({ tool: 'read_file', arguments: { paht: 'x' } }), catalogue)).toEqual([
      'tool.argumentMissing t',
      'tool.argumentUnknown t',
    ]);
    expect(told(tool({ tool: 'read_file', arguments: { path: 'x' } }), catalogue)).toEqual([]);
  });
});

describe('edges and ports', () => {
  test('an edge to or from a node that is not there is told', () => {
    expect(told({ ...sound, edges: [...sound.edges, ...draw([], 'gone.x>writer.in writer.text>gone.y gone.a>lost.b').edges] })).toEqual([
      'edge.dangling writer.in',
      'edge.dangling writer.text',
      'edge.dangling -',
    ]);
  });

  test('an edge at a port that does not exist is told on the node that lacks it', () => {
    expect(told({ ...sound, edges: [...sound.edges, ...draw([], 'brief.nothing>writer.in brief.topic>writer.nowhere').edges] })).toEqual([
      'edge.unknownPort brief.nothing',
      'edge.unknownPort writer.nowhere',
    ]);
  });

  test('a mistyped edge says what is given and what is needed', () => {
    const code = node('code', 'code', {
      inputs: [{ name: 'n', type: 'number', required: true }],
      outputs: [{ name: 'o', type: 'any' }],
      source: 'return {}',
    });
    const document = draw([brief, code, result], 'brief.topic>code.n code.o>result.value');
    expect(only(validateWorkflow(document, nothingKnown))).toEqual({
      code: 'edge.mistyped',
      severity: 'error',
      node: 'code',
      port: 'n',
      edge: 'brief.topic->code.n',
      message: 'What brief.topic gives does not fit the input “n” of “code”: it is a text, but a number is needed.',
    });
    expect(told(draw([brief, code, result], 'brief.count>code.n code.o>result.value'))).toEqual([]);
  });

  test('a required input without an edge and an input with too many are told', () => {
    expect(told(draw([brief, writer, result], 'brief.topic>writer.in'))).toEqual([
      'port.notConnected result.value',
      '(node.unconnected result)',
    ]);
    expect(told({ ...sound, edges: [...sound.edges, ...draw([], 'brief.topic>result.value').edges] })).toEqual([
      'port.tooManyEdges result.value',
    ]);
    expect(told({ ...sound, edges: [...sound.edges, ...draw([], 'brief.count>writer.in').edges] })).toEqual([]);
  });

  test('the same edge twice is a warning', () => {
    expect(told({ ...sound, edges: [...sound.edges, sound.edges[1]!] })).toEqual(['(edge.duplicate result.value)']);
  });
});

describe('expressions', () => {
  const messageOf = (prompt: string) => only(validateWorkflow(withWriter({ prompt }), nothingKnown));

  test.each([
    ['{{ brief.topic + }}', 'expression.invalid', '“writer”, Task: it ends too early (line 1, column 18).'],
    [
      'Hi\n{{ brief.topic',
      'expression.invalid',
      '“writer”, Task: “{{” is never closed; write “}}” after the expression (line 2, column 1).',
    ],
    ['{{ breif.topic }}', 'expression.unknownReference', '“writer”, Task: there is no node “breif”. Did you mean “brief”?'],
    ['{{ brief.tpoic }}', 'expression.unknownOutput', '“writer”, Task: “brief” has no output “tpoic”. It has: topic, count.'],
    ['{{ inputs.text }}', 'expression.unknownInput', '“writer”, Task: this node has no input “text”. It has: in.'],
    ['{{ writer.text }}', 'expression.notUpstream', '“writer”, Task: it speaks of its own node, which has no outputs yet.'],
    [
      '{{ result }}',
      'expression.notUpstream',
      '“writer”, Task: “result” does not lead to this node, so its outputs may not be there yet. Connect it, directly or through other nodes.',
    ],
  ])('%j: %s', (prompt, code, message) => {
    expect(messageOf(prompt)).toMatchObject({ code, severity: 'error', node: 'writer', port: null, path: ['prompt'], message });
  });

  test('may speak of nodes far upstream', () => {
    const document = draw(
      [brief, node('a', 'merge'), node('b', 'merge'), writer, result],
      'brief.topic>a.in a.value>b.in b.value>writer.in writer.text>result.value',
    );
    expect(told(document)).toEqual([]);
  });

  test('as conditions must give true or false', () => {
    const branch = (when: string) =>
      draw([brief, node('b', 'branch', { cases: [{ name: 'x', when }] }), result], 'brief.topic>b.in b.x>result.value');
    expect(told(branch('size(brief.topic)'))).toEqual(['expression.wrongType b']);
    expect(told(branch('inputs.in == "x"'))).toEqual([]);
    expect(only(validateWorkflow(branch(''), nothingKnown))).toMatchObject({ code: 'expression.invalid', path: ['cases', 0, 'when'] });
  });
});

describe('the flow', () => {
  test('a cycle is listed node by node', () => {
    const merges = ['a', 'b', 'c'].map((id) => node(id, 'merge'));
    const problems = validateWorkflow(
      draw([...merges, result], 'a.value>b.in b.value>c.in c.value>a.in c.value>result.value'),
      nothingKnown,
    );
    expect(only(problems)).toMatchObject({
      code: 'workflow.cycle',
      node: 'a',
      message: 'These nodes wait for each other in a circle: a → b → c → a. Remove one of the edges.',
    });
  });

  test('a disabled node, and what can only be reached through it, is warned of', () => {
    expect(told(withWriter({}, { disabled: true }))).toEqual(['(node.unreachable result.value)']);
    expect(told(withWriter({ prompt: '{{ nobody }}' }, { disabled: true }))).toEqual([
      '(expression.unknownReference writer)',
      '(node.unreachable result.value)',
    ]);
    const aside = draw(
      [brief, node('off', 'merge', {}, { disabled: true }), writer, result],
      'brief.topic>off.in brief.topic>writer.in off.value>writer.in writer.text>result.value',
    );
    expect(told(aside)).toEqual([]);
    const spoken = {
      ...aside,
      nodes: aside.nodes.map((old) => (old.id === 'writer' ? { ...old, config: { ...old.config, prompt: '{{ off.value }}' } } : old)),
    };
    expect(told(spoken)).toEqual(['(expression.disabledReference writer)']);
  });

  test('a workflow without output, or with two outputs of one name, is told', () => {
    expect(told(draw([brief, writer], 'brief.topic>writer.in'))).toEqual(['(workflow.noOutput -)']);
    const twice = draw(
      [brief, writer, result, node('again', 'output', { name: 'text' })],
      'brief.topic>writer.in writer.text>result.value writer.text>again.value',
    );
    expect(told(twice)).toEqual(['output.duplicateName again']);
  });

  test('a node that is connected to nothing is warned of, a note is not', () => {
    expect(
      told({ ...sound, nodes: [...sound.nodes, node('loose', 'prompt', { model: 'a/b' }), node('words', 'note', { text: 'x' })] }),
    ).toEqual(['(node.unconnected loose)']);
  });
});

test('ten thousand nodes with long chains and references are validated', () => {
  const count = 10_000;
  const nodes = Array.from({ length: count }, (_, index) =>
    node(`n${index}`, 'prompt', { model: 'a/b', prompt: `{{ n${Math.max(0, index - 7)}.text }} and {{ n0.text }} ${index}` }),
  );
  const edges = Array.from({ length: count - 1 }, (_, index) => ({
    from: { node: `n${index}`, port: 'text' },
    to: { node: `n${index + 1}`, port: 'in' },
  }));
  const document: WorkflowDocument = { schemaVersion: 1, name: 'large', nodes, edges };
  expect(told(document)).toEqual(['expression.notUpstream n0', 'expression.notUpstream n0', '(workflow.noOutput -)']);
});

test('a document with errors is refused by the first of them; warnings do not refuse', () => {
  expect(() => refuseInvalid(withWriter({ model: '' }))).not.toThrow();
  expect(() => refuseInvalid(withWriter({ model: 'gpt', prompt: '{{ breif.topic }}' }))).toThrow(
    expect.objectContaining({
      code: 'workflow.invalid',
      message: '“test” cannot run: “writer” names the model “gpt”; write it as provider/model. (and 1 more)',
    }),
  );
});
