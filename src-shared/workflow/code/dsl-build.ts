import type { JsonObject, JsonValue } from '../../base/json.ts';
import { findKind } from '../../nodes/registry.ts';
import { isRecord, toDefaultName } from './code-content.ts';
import { completeConfig, findMainPort } from './dsl-node.ts';
import type { Place } from './located.ts';

/** One call of the builder, with plain values: the first is `workflow(…)`, each other one of its methods. */
export interface DslCall {
  readonly method: string;
  readonly args: readonly JsonValue[];
}

/** A part of a call: the call's index, and the way to it from the list of its arguments. */
export interface CallPart {
  readonly call: number;
  readonly path: Place;
}

/** What the calls say: the content of the workflow's file, where each place of it was said, and what is wrong. */
export interface BuiltContent {
  readonly content: JsonObject;
  readonly places: readonly (CallPart & { readonly place: Place })[];
  readonly problems: readonly (CallPart & { readonly message: string })[];
}

/** Methods of a builder that are not the names of kinds. */
const dslMethods = ['agent', 'task', 'node', 'edge', 'hook'] as const;

/** The content that the calls of a builder describe. A pure fold: the builder itself only writes down what it is called with. */
export function buildContent(calls: readonly DslCall[]): BuiltContent {
  const places: (CallPart & { place: Place })[] = [];
  const problems: (CallPart & { message: string })[] = [];
  const nodes: JsonObject[] = [];
  const hooks: JsonObject[] = [];
  const roles = new Map<string, JsonObject>();
  const edges: (CallPart & { readonly target: string | null; readonly item: JsonValue })[] = [];

  const [first, ...rest] = calls;
  const [name = null, members = {}] = first?.args ?? [];
  if (typeof name !== 'string' || name === '')
    problems.push({ call: 0, path: [0], message: 'workflow(…) needs a name for the workflow, a text.' });
  if (!isRecord(members)) problems.push({ call: 0, path: [1], message: 'What a workflow has besides its name is an object.' });
  places.push({ place: [], call: 0, path: [] });
  const details = isRecord(members) ? members : {};
  for (const key of Object.keys(details)) {
    places.push({ place: [key], call: 0, path: [1, key] });
    if (['heddle', 'schemaVersion', 'name', 'nodes', 'edges', 'hooks', 'comments'].includes(key))
      problems.push({ call: 0, path: [1, key], message: `“${key}” cannot be given here.` });
  }

  for (const [index, { method, args }] of rest.entries()) {
    const call = index + 1;
    const refuse = (path: Place, message: string) => {
      const isKnown = problems.some((problem) => problem.call === call && problem.message === message);
      if (!isKnown) problems.push({ call, path, message });
    };
    const record = (at: number): JsonObject => {
      const value = args[at];
      if (value === undefined || isRecord(value)) return value ?? {};
      refuse([at], `Argument ${at + 1} of .${method}() is an object.`);
      return {};
    };
    const text = (at: number, what: string): string => {
      const value = args[at];
      if (typeof value === 'string') return value;
      refuse([at], `Argument ${at + 1} of .${method}() is ${what}, a text.`);
      return '';
    };

    if (method === 'edge') {
      const { label } = record(2);
      edges.push({
        call,
        path: [],
        target: null,
        item: {
          from: text(0, 'the output it leads from'),
          to: text(1, 'the input it leads to'),
          ...(label === undefined ? {} : { label }),
        },
      });
    } else if (method === 'hook') {
      const id = text(0, 'the id of the hook');
      hooks.push({ id, ...record(1) });
      places.push(
        { place: ['hooks', id], call, path: [] },
        ...Object.keys(record(1)).map((key) => ({ place: ['hooks', id, key], call, path: [1, key] })),
      );
    } else if (method === 'agent') {
      const role = text(0, 'the name of the role');
      if (roles.has(role)) refuse([0], `There already is an agent “${role}”.`);
      roles.set(role, record(1));
      places.push(
        { place: ['metadata', 'roles', role], call, path: [] },
        ...Object.keys(record(1)).map((key) => ({ place: ['metadata', 'roles', role, key], call, path: [1, key] })),
      );
    } else if (method === 'node' || method === 'task' || findKind(method) !== undefined) {
      const isGeneral = method === 'node';
      const isTask = method === 'task';
      const id = text(0, 'the id of the node');
      const kind = isGeneral ? text(1, 'the kind of the node') : isTask ? 'agent' : method;
      const configAt = isGeneral ? 2 : 1;
      const detailsAt = configAt + 1;
      const depsAt = isGeneral ? detailsAt : configAt;
      const { deps = [] } = record(depsAt);
      const own = isGeneral ? record(configAt) : withoutMembers(record(configAt), isTask ? ['deps', 'agent'] : ['deps']);
      const { agent = [...roles.keys()].at(-1) ?? null } = isTask ? record(configAt) : { agent: null };
      const role = typeof agent === 'string' ? roles.get(agent) : undefined;
      if (agent !== null && role === undefined) refuse([configAt, 'agent'], `There is no .agent(${JSON.stringify(agent)}, …) before this.`);
      const { deps: _given, metadata, ...more } = record(detailsAt);
      const allMetadata = { ...(isRecord(metadata) ? metadata : {}), ...(role === undefined ? {} : { role: agent }) };
      const config = isGeneral ? own : completeConfig(kind, own, role);
      nodes.push({
        name: toDefaultName(id),
        ...more,
        id,
        kind,
        config,
        ...(metadata === undefined && role === undefined
          ? {}
          : { metadata: metadata === undefined || isRecord(metadata) ? allMetadata : metadata }),
      });
      places.push(
        { place: ['nodes', id], call, path: [] },
        ...Object.keys(own).map((key) => ({ place: ['nodes', id, 'config', key], call, path: [configAt, key] })),
        ...Object.keys(more).map((key) => ({ place: ['nodes', id, key], call, path: [detailsAt, key] })),
        ...(metadata === undefined ? [] : [{ place: ['nodes', id, 'metadata'], call, path: [detailsAt, 'metadata'] }]),
      );
      if (Array.isArray(deps))
        for (const [at, item] of (deps as readonly JsonValue[]).entries())
          edges.push({ call, path: [depsAt, 'deps', at], target: id, item });
      else refuse([depsAt, 'deps'], '“deps” is a list of what the node waits for.');
    } else {
      const known = [...dslMethods].join(', .');
      refuse([], `There is no .${method}(). A workflow has .${known}, and a method for each kind of node.`);
    }
  }

  const byId = new Map(nodes.map((node) => [node.id as string, node]));
  const builtEdges = edges.flatMap(({ call, path, target, item }): JsonObject[] => {
    const made = toEdge(item, target, byId);
    if (typeof made === 'string') {
      problems.push({ call, path, message: made });
      return [];
    }
    places.push({ place: ['edges', `${String(made.from)}->${String(made.to)}`], call, path });
    return [made];
  });
  const { metadata } = details;
  const allMetadata = { ...(isRecord(metadata) ? metadata : {}), ...(roles.size === 0 ? {} : { roles: Object.fromEntries(roles) }) };
  const content: JsonObject = {
    heddle: 1,
    name: typeof name === 'string' ? name : '',
    ...details,
    ...(metadata === undefined && roles.size === 0 ? {} : { metadata: allMetadata }),
    ...(hooks.length === 0 ? {} : { hooks }),
    nodes,
    edges: builtEdges,
  };
  return { content, places, problems };
}

function withoutMembers(whole: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key)));
}

/** An edge as the file has it, or why there is none. What is left out of `node.port` is the node's first port. */
function toEdge(item: JsonValue, target: string | null, nodes: ReadonlyMap<string, JsonObject>): JsonObject | string {
  const { from, to = null, label, ...more } = typeof item === 'string' ? { from: item } : isRecord(item) ? item : {};
  if (typeof from !== 'string' || from === '' || Object.keys(more).length > 0)
    return 'What a node waits for is written "node", "node.output" or { from: "node.output", to: "input" }.';
  if (to !== null && typeof to !== 'string') return '“to” is the name of an input.';
  const source = toEnd(from, 'outputs', nodes);
  const end =
    target === null ? toEnd(to ?? '', 'inputs', nodes) : to === null ? toEnd(target, 'inputs', nodes) : { end: `${target}.${to}` };
  if (source.problem !== undefined) return source.problem;
  if (end.problem !== undefined) return end.problem;
  return { from: source.end as string, to: end.end as string, ...(label === undefined ? {} : { label }) };
}

function toEnd(
  written: string,
  side: 'inputs' | 'outputs',
  nodes: ReadonlyMap<string, JsonObject>,
): { readonly end?: string; readonly problem?: string } {
  if (written.includes('.')) return { end: written };
  const node = nodes.get(written);
  if (node === undefined) return { problem: `There is no node “${written}”.` };
  const port = findMainPort({ id: written, kind: String(node.kind), config: node.config as JsonObject }, side);
  const word = side === 'inputs' ? 'input' : 'output';
  return port === undefined
    ? { problem: `Say which ${word} of “${written}” is meant: "${written}.${word}".` }
    : { end: `${written}.${port}` };
}
