import type { JsonObject, JsonValue } from '../base/json.ts';
import { portNameSchema } from '../nodes/field.ts';
import { findKind } from '../nodes/registry.ts';
import { toWorkflowWords } from '../nodes/workflow-inputs.ts';
import { type WorkflowDocument, type WorkflowNode, workflowSchemaVersion } from './document.ts';
import type { WorkflowEdit } from './edit.ts';
import { applyEdit } from './edits.ts';
import type { Fix, Fixer, FixWorld } from './fix.ts';
import { toFreeId } from './free-names.ts';
import { findNearest } from './near-name.ts';
import type { Problem } from './problem.ts';

/** Ways out of what is wrong with nodes by themselves. */
export const nodeFixers: Readonly<Record<string, Fixer>> = {
  'node.duplicateId': (document, problem) => renameSecond(document, problem),
  'node.invalidId': (document, { node }) =>
    node === null ? [] : changeId(document, node, toUsableId(node)).map((fix) => asWhole(document, fix)),
  'node.reservedId': (document, { node }) => (node === null ? [] : changeId(document, node, `${node}Node`)),
  'node.unknownKind': (_document, { node }) =>
    node === null ? [] : [{ type: 'edit', title: 'Remove the node', edit: { type: 'removeNodes', nodes: [node] } }],
  'node.unknownConfigKey': withKey((node, key) => {
    const known = Object.keys(findKind(node.kind)?.defaultConfig ?? {}).filter((name) => !Object.hasOwn(node.config, name));
    const near = findNearest(key, known);
    const { [key]: value, ...rest } = node.config;
    return [
      ...(near === undefined ? [] : [change(`Call it “${near}”`, node, { ...rest, [near]: value as JsonValue })]),
      change(`Take “${key}” out`, node, rest),
    ];
  }),
  'node.badConfig': withKey((node, key) => {
    const defaults = findKind(node.kind)?.defaultConfig ?? {};
    const { [key]: _wrong, ...rest } = node.config;
    const first = defaults[key];
    return [change(`Set “${key}” back to how it begins`, node, first === undefined ? rest : { ...rest, [key]: first })];
  }),
  'branch.noCases': withKey((node) => [
    change('Add a case', node, { ...node.config, cases: [{ name: 'yes', when: 'inputs.in == true' }] }),
  ]),
  'model.missing': chooseModel,
  'model.malformed': chooseModel,
  'model.unknownProvider': chooseModel,
  'tool.unknown': chooseTool,
  'tool.argumentMissing': withKey((node, key, { path }) => {
    const name = path?.[1];
    if (typeof name !== 'string') return [];
    return [
      change(`Give “${name}” what arrives`, node, {
        ...node.config,
        [key]: { ...(node.config[key] as JsonObject), [name]: '{{ inputs.in }}' },
      }),
    ];
  }),
  'tool.argumentUnknown': withKey((node, key, { path }, world) => {
    const name = path?.[1];
    const given = node.config[key] as JsonObject;
    if (typeof name !== 'string' || given === undefined) return [];
    const { [name]: value, ...rest } = given;
    const schema = world.tools?.find((tool) => tool.name === node.config.tool)?.inputSchema;
    const free = Object.keys((schema?.properties ?? {}) as JsonObject).filter((property) => !Object.hasOwn(given, property));
    const near = findNearest(name, free);
    return [
      ...(near === undefined
        ? []
        : [change(`Call it “${near}”`, node, { ...node.config, [key]: { ...rest, [near]: value as JsonValue } })]),
      change(`Take “${name}” out`, node, { ...node.config, [key]: rest }),
    ];
  }),
  'workflow.unknown': withKey((node, key, _problem, world) => {
    const path = String(node.config[key]);
    const known = world.workflows ?? [];
    const near = known.find((other) => fileNameOf(other) === fileNameOf(path)) ?? findNearest(path, known);
    return [
      ...(near === undefined ? [] : [change(`Run ${near}`, node, { ...node.config, [key]: near })]),
      createWorkflow(node, key, toWorkflowWords(path)),
    ];
  }),
  'workflow.missing': withKey((node, key) => [createWorkflow(node, key, node.name || node.id)]),
};

/** For problems with a place in a node's config: the node and the first key of the place. */
function withKey(find: (node: WorkflowNode, key: string, problem: Problem, world: FixWorld) => readonly Fix[]): Fixer {
  return (document, problem, world) => {
    const node = document.nodes.find(({ id }) => id === problem.node);
    const key = problem.path?.[0];
    return node === undefined || typeof key !== 'string' ? [] : find(node, key, problem, world);
  };
}

function chooseModel(document: WorkflowDocument, problem: Problem, world: FixWorld): readonly Fix[] {
  return withKey((node, key) => {
    const wrong = String(node.config[key] ?? '');
    const isUsable = (model: string) => world.providers === null || world.providers.includes(model.slice(0, model.indexOf('/')));
    const likely = world.models.filter((model) => wrong !== '' && model.endsWith(`/${wrong.slice(wrong.indexOf('/') + 1)}`));
    const choices = [...new Set([...likely, world.defaultModel, ...world.models])].filter(
      (model) => model.includes('/') && isUsable(model),
    );
    return choices.slice(0, 3).map((model) => change(`Use ${model}`, node, { ...node.config, [key]: model }));
  })(document, problem, world);
}

function chooseTool(document: WorkflowDocument, problem: Problem, world: FixWorld): readonly Fix[] {
  return withKey((node, key, { path }) => {
    const index = path?.[1];
    const value = node.config[key];
    const list = Array.isArray(value) ? (value as readonly JsonObject[]) : null;
    const wrong = typeof index === 'number' ? String(list?.[index]?.name) : String(value);
    const names = (world.tools ?? []).map(({ name }) => name).filter((name) => list?.some((tool) => tool.name === name) !== true);
    // `files.read` is one slip away from `read_file` in meaning, not in letters; names that hold each other are near too.
    const near = findNearest(wrong, names) ?? names.find((name) => name.includes(wrong) || wrong.includes(name));
    const swap = (name: string): JsonValue => (list === null ? name : list.map((tool, at) => (at === index ? { ...tool, name } : tool)));
    return [
      ...(near === undefined ? [] : [change(`Use ${near}`, node, { ...node.config, [key]: swap(near) })]),
      ...(list === null ? [] : [change(`Take “${wrong}” out`, node, { ...node.config, [key]: list.filter((_, at) => at !== index) })]),
    ];
  })(document, problem, world);
}

/** Everything that names the id means the first node that has it; the last one gets another. */
function renameSecond(document: WorkflowDocument, { node: id }: Problem): readonly Fix[] {
  const last = document.nodes.findLastIndex((node) => node.id === id);
  const node = document.nodes[last];
  if (node === undefined) return [];
  const newId = toFreeId(new Set(document.nodes.map((other) => other.id)), node.id);
  const nodes = document.nodes.map((other, index) => (index === last ? { ...other, id: newId } : other));
  return [{ type: 'edit', title: `Call the second one “${newId}”`, edit: { type: 'replaceDocument', document: { ...document, nodes } } }];
}

function changeId(document: WorkflowDocument, node: string, wanted: string): readonly Fix[] {
  const newId = toFreeId(new Set(document.nodes.map(({ id }) => id)), wanted);
  return [{ type: 'edit', title: `Call it “${newId}”`, edit: { type: 'changeNodeId', node, newId } }];
}

/** As the whole document: the way back by a change of the id would be refused, as the id that was is no usable one. */
function asWhole(document: WorkflowDocument, fix: Fix): Fix {
  return fix.type === 'edit' ? { ...fix, edit: { type: 'replaceDocument', document: applyEdit(document, fix.edit) } } : fix;
}

function toUsableId(id: string): string {
  const plain = id.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, 60);
  return /^[A-Za-z]/.test(plain) ? plain : `n${plain}`;
}

/** A workflow that takes what the node gives it and passes the first of it on, to be filled. */
function createWorkflow(node: WorkflowNode, key: string, name: string): Fix {
  const given = Object.keys((node.config.inputs ?? {}) as JsonObject).filter((input) => portNameSchema.safeParse(input).success);
  const names = given.length === 0 ? ['item'] : given;
  const document: WorkflowDocument = {
    schemaVersion: workflowSchemaVersion,
    name,
    nodes: [
      {
        id: 'start',
        kind: 'input',
        name: 'Input',
        position: { x: 80, y: 160 },
        config: { fields: names.map((field) => ({ name: field, type: 'any' })) },
      },
      { id: 'result', kind: 'output', name: 'Result', position: { x: 320, y: 160 }, config: { name: 'result' } },
    ],
    edges: [{ from: { node: 'start', port: names[0] ?? 'item' }, to: { node: 'result', port: 'value' } }],
  };
  return {
    type: 'newWorkflow',
    title: `Make the workflow “${name}”`,
    document,
    toEdit: (path): WorkflowEdit => ({ type: 'changeConfig', node: node.id, config: { ...node.config, [key]: path } }),
  };
}

function change(title: string, node: WorkflowNode, config: JsonObject): Fix {
  return { type: 'edit', title, edit: { type: 'changeConfig', node: node.id, config } };
}

function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
