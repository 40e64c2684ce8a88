import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { type WorkflowDocument, type WorkflowEdge, type WorkflowNode, workflowDocumentSchema, workflowSchemaVersion } from './document.ts';
import { parseJsonText } from './json-text.ts';
import { migrateWorkflow } from './migrations.ts';

/** Longer texts are refused before they are read. */
export const maxWorkflowFileLength = 50 * 1024 * 1024;

/**
 * The document in the text of a `*.heddle.json` file, migrated to the current version. Throws `workflow.malformed`,
 * `workflow.tooLarge` or `workflow.unknownVersion`; what is merely wrong (a repeated id, an unknown kind) is for `validateWorkflow` to report.
 */
export function parseWorkflowFile(text: string): WorkflowDocument {
  if (text.length > maxWorkflowFileLength) {
    throw new HeddleError(
      'workflow.tooLarge',
      `The file has ${Math.ceil(text.length / 1024 / 1024)} MB; a workflow may have ${maxWorkflowFileLength / 1024 / 1024} MB. Move large data into files that the workflow reads.`,
      {
        details: { length: text.length, limit: maxWorkflowFileLength },
      },
    );
  }
  return readWorkflowContent(parseJsonText(text.startsWith('\uFEFF') ? text.slice(1) : text));
}

/**
 * The document in the content of a workflow file, however it was written. Throws as `parseWorkflowFile` does; the details of
 * `workflow.malformed` list every `issue` of the shape with its path.
 */
export function readWorkflowContent(content: JsonValue): WorkflowDocument {
  if (!isObject(content)) throw malformed('it is not an object');
  const { heddle: version } = content;
  if (version === undefined) throw malformed('it has no "heddle" version number, so it is no Heddle workflow');
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw malformed(`its "heddle" version is ${JSON.stringify(version)}, not a whole number`, {
      issues: [{ path: ['heddle'], message: 'must be a whole number' }],
    });
  const { heddle: _version, ...body } = migrateWorkflow(content, version, workflowSchemaVersion);
  const edges = Array.isArray(body.edges) ? { edges: body.edges.map(toEdge) } : {};
  const parsed = workflowDocumentSchema.safeParse({ schemaVersion: workflowSchemaVersion, ...body, ...edges });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(`${toPathWords(issue?.path ?? [], body)}: ${issue?.message ?? 'it has the wrong shape'}`, {
    path: (issue?.path ?? []).map(String),
    issues: parsed.error.issues
      .slice(0, 100)
      .map(({ path, message }) => ({ path: path.map((key) => (typeof key === 'number' ? key : String(key))), message })),
  });
}

/**
 * The text of the document's file: keys in a fixed order, nodes and edges in the author's, an edge, a comment and a position on
 * one line each, positions rounded, a newline at the end. The same document always gives the same text.
 */
export function formatWorkflowFile(document: WorkflowDocument): string {
  const { name, description, labels, metadata, hooks, groups, comments, nodes, edges } = document;
  const remarks: [string, string][] =
    comments === undefined ? [] : [['comments', formatItems(comments.map((comment) => JSON.stringify(comment)))]];
  return `${formatMembers([['heddle', String(workflowSchemaVersion)], ...toMembers({ name, description, labels, metadata, hooks, groups }, 1), ...remarks, ['nodes', formatItems(nodes.map(formatNode))], ['edges', formatItems(edges.map(formatEdge))]], 0)}\n`;
}

function formatNode(node: WorkflowNode): string {
  const { id, kind, name, position, config, policy, disabled, locked, priority, lane, compensation, labels, metadata } = node;
  const place = `{ "x": ${toWhole(position.x)}, "y": ${toWhole(position.y)} }`;
  return formatMembers(
    [
      ...toMembers({ id, kind, name }, 3),
      ['position', place],
      ...toMembers({ config, policy, disabled, locked, priority, lane, compensation, labels, metadata }, 3),
    ],
    2,
  );
}

function formatEdge(edge: WorkflowEdge): string {
  const ends = `"from": ${JSON.stringify(formatPort(edge.from))}, "to": ${JSON.stringify(formatPort(edge.to))}`;
  return edge.label === undefined ? `{ ${ends} }` : `{ ${ends}, "label": ${JSON.stringify(edge.label)} }`;
}

function formatPort(reference: WorkflowEdge['from']): string {
  return `${reference.node}.${reference.port}`;
}

/** The members that are there, each as formatted JSON indented for `level`. */
function toMembers(values: Readonly<Record<string, unknown>>, level: number): [string, string][] {
  return Object.entries(values).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, JSON.stringify(value, null, 2).replaceAll('\n', `\n${'  '.repeat(level)}`)]],
  );
}

function formatMembers(members: readonly (readonly [string, string])[], level: number): string {
  const inner = '  '.repeat(level + 1);
  return `{\n${members.map(([key, value]) => `${inner}${JSON.stringify(key)}: ${value}`).join(',\n')}\n${'  '.repeat(level)}}`;
}

function formatItems(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${item}`).join(',\n')}\n  ]`;
}

/** Rounded, and never `-0`. */
function toWhole(value: number): number {
  return Math.round(value) + 0;
}

/** `{ "from": "a.x", "to": "b.y" }` as an edge; node ids hold no dot, so the first one divides. */
function toEdge(value: JsonValue, index: number): JsonValue {
  if (!isObject(value)) return value;
  const { from, to, ...more } = value;
  return { from: toPort(from, index), to: toPort(to, index), ...more };
}

function toPort(value: JsonValue | undefined, index: number): JsonValue {
  const dot = typeof value === 'string' ? value.indexOf('.') : -1;
  if (typeof value !== 'string' || dot < 1 || dot === value.length - 1)
    throw malformed(`edge ${index + 1} must lead from "node.port" to "node.port", not ${JSON.stringify(value ?? null)}`, {
      issues: [{ path: ['edges', index], message: 'must lead from "node.port" to "node.port"' }],
    });
  return { node: value.slice(0, dot), port: value.slice(dot + 1) };
}

function malformed(problem: string, details: JsonObject = {}): HeddleError {
  return new HeddleError(
    'workflow.malformed',
    `The file is not a readable workflow: ${problem}. Fix it in a text editor, or restore an earlier version.`,
    { details: { problem, ...details } },
  );
}

/** `nodes.2.config` as “node writer, config”. */
function toPathWords(path: readonly PropertyKey[], body: Readonly<Record<string, JsonValue>>): string {
  const [first, index, ...rest] = path;
  if (first !== 'nodes' || typeof index !== 'number') return path.length === 0 ? 'the workflow' : path.map(String).join(' › ');
  const node = Array.isArray(body.nodes) ? (body.nodes as readonly JsonValue[])[index] : undefined;
  const id = isObject(node) && typeof node.id === 'string' ? `“${node.id.slice(0, 80)}”` : `number ${index + 1}`;
  return [`node ${id}`, ...rest.map(String)].join(' › ');
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
