import type { JsonObject, JsonValue } from '../../base/json.ts';
import { findKind } from '../../nodes/registry.ts';
import { toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from '../document.ts';
import { type CodeLayout, isRecord, toContent, toDefaultName } from './code-content.ts';
import { placeComments, type Remarks } from './comments.ts';
import type { DslCall } from './dsl-build.ts';
import { findMainPort, toGivenConfig } from './dsl-node.ts';
import type { Place } from './located.ts';
import { listPlaces, type Printable, print, toLineComment, toPrintable, typeScriptStyle } from './printable.ts';

/** The document as TypeScript that builds it, with its comments. */
export function writeDsl(document: WorkflowDocument, layout: CodeLayout): string {
  const calls = toCalls(document, layout);
  const remarks = placeComments(document, [[], ...calls.flatMap((call) => [call.place, ...call.args.flatMap(listPlaces)])]);
  const lines = [
    ...remarks.before([]).map(toLineComment),
    "import { workflow } from 'heddle';",
    '',
    ...calls.map((call, index) => printCall(call, remarks, { isFirst: index === 0, isLast: index === calls.length - 1 })),
    ...remarks.atEnd.map(toLineComment),
  ];
  return `${lines.join('\n')}\n`;
}

/** A call about to be written. */
interface PrintableCall {
  readonly method: string;
  readonly place: Place;
  readonly args: readonly Printable[];
}

type NodesById = ReadonlyMap<string, WorkflowNode>;

/** The calls that build this document, as plain values. */
export function listCalls(document: WorkflowDocument, layout: CodeLayout): DslCall[] {
  return toCalls(document, layout).map(({ method, args }) => ({ method, args: args.map(toPlain) }));
}

function toCalls(document: WorkflowDocument, layout: CodeLayout): PrintableCall[] {
  const { heddle: _version, name, nodes, edges: _edges, hooks, metadata, ...members } = toContent(document, layout);
  const roles = findRoles(metadata);
  const plainMetadata = roles === undefined ? metadata : withoutMember(metadata as JsonObject, 'roles');
  const details = { ...members, ...(plainMetadata === undefined ? {} : { metadata: plainMetadata }) };
  const { deps, loose } = shareEdges(document, layout);
  const byId = new Map(document.nodes.toReversed().map((node) => [node.id, node]));
  const edgeCalls = (after: number) => (loose.get(after) ?? []).map((edge) => toEdgeCall(edge, byId));
  return [
    {
      method: 'workflow',
      place: [],
      args: [
        toNotation(name as string),
        ...(Object.keys(details).length === 0
          ? []
          : [toMembers(Object.entries(details).map(([key, value]) => [key, toPrintable(value as JsonValue, [key])]))]),
      ],
    },
    ...Object.entries(roles ?? {}).map(
      ([role, settings]): PrintableCall => ({
        method: 'agent',
        place: ['metadata', 'roles', role],
        args: [toNotation(role), withoutPlace(toPrintable(settings, ['metadata', 'roles', role]))],
      }),
    ),
    ...edgeCalls(-1),
    ...(nodes as readonly JsonObject[]).flatMap((node, index) => [
      toNodeCall(node, deps.get(index) ?? [], roles ?? {}, byId, layout),
      ...edgeCalls(index),
    ]),
    ...((hooks ?? []) as readonly JsonObject[]).map(
      ({ id, ...hook }): PrintableCall => ({
        method: 'hook',
        place: ['hooks', id as string],
        args: [toNotation(id as string), withoutPlace(toPrintable(hook, ['hooks', id as string]))],
      }),
    ),
  ];
}

function toNodeCall(
  node: JsonObject,
  deps: readonly WorkflowEdge[],
  roles: Readonly<Record<string, JsonObject>>,
  byId: NodesById,
  layout: CodeLayout,
): PrintableCall {
  const { id, kind, name, config, metadata, ...details } = node as JsonObject & {
    readonly id: string;
    readonly kind: string;
    readonly config: JsonObject;
  };
  const place = ['nodes', id];
  const role = kind === 'agent' ? findRole(metadata, roles) : undefined;
  const isTask = kind === 'agent';
  const own =
    findKind(kind) === undefined
      ? undefined
      : toGivenConfig(kind, config, (role === undefined ? undefined : roles[role]) ?? {}, layout.withLayout);
  const isGeneral = own === undefined || Object.hasOwn(own, 'deps') || (isTask && Object.hasOwn(own, 'agent'));
  const playsRole = role !== undefined && !isGeneral;
  const plainMetadata = playsRole ? withoutMember(metadata as JsonObject, 'role') : metadata;
  const waits: [string, Printable][] =
    deps.length === 0 ? [] : [['deps', { type: 'list', place: null, items: deps.map((edge) => toDependency(edge, byId)) }]];
  const more = toMembers([
    ...(name === toDefaultName(id) ? [] : [['name', toPrintable(name as string, [...place, 'name'])] as [string, Printable]]),
    ...Object.entries(details).map(([key, value]): [string, Printable] => [key, toPrintable(value as JsonValue, [...place, key])]),
    ...(plainMetadata === undefined ? [] : [['metadata', toPrintable(plainMetadata, [...place, 'metadata'])] as [string, Printable]]),
    ...(isGeneral ? waits : []),
  ]);
  const hasMore = more.type === 'record' && more.members.length > 0;
  if (isGeneral) {
    return {
      method: 'node',
      place,
      args: [toNotation(id), toNotation(kind), withoutPlace(toPrintable(config, [...place, 'config'])), ...(hasMore ? [more] : [])],
    };
  }
  const agent: [string, Printable][] =
    !isTask || (Object.keys(roles).length === 0 && !playsRole) ? [] : [['agent', toNotation(playsRole ? role : null)]];
  const settings = Object.entries(own).map(([key, value]): [string, Printable] => [
    key,
    toPrintable(value as JsonValue, [...place, 'config', key]),
  ]);
  const options = toMembers([...agent, ...waits, ...settings]);
  const hasOptions = options.type === 'record' && options.members.length > 0;
  return {
    method: isTask ? 'task' : kind,
    place,
    args: [toNotation(id), ...(hasOptions || hasMore ? [options] : []), ...(hasMore ? [more] : [])],
  };
}

/** The settings of the roles, when they stand where `.agent()` puts them. */
function findRoles(metadata: JsonValue | undefined): Readonly<Record<string, JsonObject>> | undefined {
  if (!isRecord(metadata) || Object.keys(metadata).at(-1) !== 'roles') return undefined;
  const { roles } = metadata;
  return isRecord(roles) && Object.keys(roles).length > 0 && Object.values(roles).every(isRecord)
    ? (roles as Readonly<Record<string, JsonObject>>)
    : undefined;
}

function findRole(metadata: JsonValue | undefined, roles: Readonly<Record<string, JsonObject>>): string | undefined {
  if (!isRecord(metadata) || Object.keys(metadata).at(-1) !== 'role') return undefined;
  const { role } = metadata;
  return typeof role === 'string' && Object.hasOwn(roles, role) ? role : undefined;
}

/** Undefined when nothing else is in it. */
function withoutMember(whole: JsonObject, key: string): JsonObject | undefined {
  const { [key]: _left, ...rest } = whole;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

/**
 * The edges that each node (by index) says it waits for, and those that are calls of their own behind a node (-1: before the first).
 * With the layout, in exactly the order of the document; without, every edge stands with the node that it leads to.
 */
function shareEdges({ nodes, edges }: WorkflowDocument, { withLayout }: CodeLayout) {
  const indices = new Map(nodes.map((node, index) => [node.id, index]));
  const deps = new Map<number, WorkflowEdge[]>();
  const loose = new Map<number, WorkflowEdge[]>();
  const put = (map: Map<number, WorkflowEdge[]>, at: number, edge: WorkflowEdge) => map.set(at, [...(map.get(at) ?? []), edge]);
  const targets = edges.map((edge) => indices.get(edge.to.node));
  const kept = withLayout ? longestUnfalling(targets) : undefined;
  let current = -1;
  let isClosed = false;
  for (const [at, edge] of edges.entries()) {
    const target = targets[at];
    const isDependency =
      target !== undefined && (kept === undefined || (kept.has(at) && (target > current || (target === current && !isClosed))));
    if (isDependency) {
      put(deps, target, edge);
      if (kept !== undefined && target > current) [current, isClosed] = [target, false];
    } else {
      put(loose, kept === undefined ? nodes.length - 1 : current, edge);
      isClosed = true;
    }
  }
  return { deps, loose };
}

/** The indices of a longest subsequence that never falls. */
function longestUnfalling(values: readonly (number | undefined)[]): ReadonlySet<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    let low = 0;
    for (let high = tails.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] as number] as number) <= value) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const kept = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at !== -1; at = previous[at] as number) kept.add(at);
  return kept;
}

/** How a node says that it waits for this edge, as short as it can. */
function toDependency(edge: WorkflowEdge, byId: NodesById): Printable {
  const place = ['edges', toEdgeId(edge)];
  const target = byId.get(edge.to.node);
  const isMain = target !== undefined && findMainPort(target, 'inputs') === edge.to.port;
  const from = toSource(edge, byId);
  if (isMain && edge.label === undefined) return { type: 'scalar', place, value: from };
  const members: [string, Printable][] = [
    ['from', toNotation(from)],
    ...(isMain ? [] : [['to', toNotation(edge.to.port)] as [string, Printable]]),
    ...(edge.label === undefined ? [] : [['label', toNotation(edge.label)] as [string, Printable]]),
  ];
  return { type: 'record', place, isOneLine: true, members };
}

/** The first output goes without saying, except of inputs, whose outputs are what is asked for. */
function toSource({ from }: WorkflowEdge, byId: NodesById): string {
  const source = byId.get(from.node);
  const isMain = source !== undefined && source.kind !== 'input' && findMainPort(source, 'outputs') === from.port;
  return isMain ? from.node : `${from.node}.${from.port}`;
}

function toEdgeCall(edge: WorkflowEdge, byId: NodesById): PrintableCall {
  const to = `${edge.to.node}.${edge.to.port}`;
  const label: Printable[] = edge.label === undefined ? [] : [toMembers([['label', toNotation(edge.label)]])];
  return { method: 'edge', place: ['edges', toEdgeId(edge)], args: [toNotation(toSource(edge, byId)), toNotation(to), ...label] };
}

function printCall(
  { method, place, args }: PrintableCall,
  remarks: Remarks,
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): string {
  const indent = isFirst ? 0 : 2;
  const lead = isFirst ? 'export default workflow(' : `  .${method}(`;
  const beside = remarks.beside(place);
  const plain = printArguments(args, remarks, indent, lead.length, '');
  const isBroken = plain.includes('\n');
  const noted = beside === undefined ? plain : isBroken ? printArguments(args, remarks, indent, lead.length, ` // ${beside}`) : plain;
  const behind = beside === undefined || noted !== plain ? '' : ` // ${beside}`;
  const before = isFirst ? [] : remarks.before(place).map((line) => `  ${toLineComment(line)}`);
  return [...before, `${lead}${noted})${isLast ? ';' : ''}${behind}`].join('\n');
}

/** The arguments one after the other; `opening` stands behind the first bracket that is not closed on its line. */
function printArguments(args: readonly Printable[], remarks: Remarks, indent: number, column: number, opening: string): string {
  let at = column;
  let note = opening;
  const texts = args.map((argument) => {
    let text = print(argument, typeScriptStyle, remarks, indent, at);
    if (note !== '' && text.includes('\n') && argument.type !== 'scalar') {
      text = print(argument, typeScriptStyle, remarks, indent, at, note);
      note = '';
    }
    at = (text.includes('\n') ? 0 : at) + text.length - (text.lastIndexOf('\n') + 1) + 2;
    return text;
  });
  return texts.join(', ');
}

function toNotation(value: string | null): Printable {
  return { type: 'scalar', place: null, value };
}

function toMembers(members: readonly (readonly [string, Printable])[]): Printable {
  return { type: 'record', place: null, members };
}

/** The same value where the call itself stands for the place. */
function withoutPlace(printable: Printable): Printable {
  return { ...printable, place: null, isOneLine: false };
}

function toPlain(printable: Printable): JsonValue {
  switch (printable.type) {
    case 'scalar':
      return printable.value;
    case 'list':
      return printable.items.map(toPlain);
    default:
      return Object.fromEntries(printable.members.map(([key, member]) => [key, toPlain(member)]));
  }
}
