import { HeddleError } from '../../base/errors.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Comment, type Position, positionSchema, toEdgeId, type WorkflowDocument } from '../document.ts';
import { maxWorkflowFileLength, readWorkflowContent } from '../document-file.ts';
import { isRecord, toDefaultName } from './code-content.ts';
import type { CodeForm } from './code-form.ts';
import { type CodeProblem, UnreadableText } from './code-problem.ts';
import { attachComments, listOrphans } from './comments.ts';
import { meansTheSame } from './dsl-node.ts';
import type { TextComment } from './list-comments.ts';
import { type CodeEntry, findEntry, listEntries, type Place, toValue } from './located.ts';
import { placeNodes } from './place-nodes.ts';
import { type ReadDsl, type RecordedCall, readDsl, readRecordedCalls } from './read-dsl.ts';
import { readJson } from './read-json.ts';
import { readYaml } from './read-yaml.ts';

/** What a text of a workflow says. */
export interface CodeReading {
  /** Null while the text cannot be understood; then at least one problem is an error. */
  readonly document: WorkflowDocument | null;
  readonly problems: readonly CodeProblem[];
  /** Where everything is written. */
  readonly entries: readonly CodeEntry[];
  /** True for TypeScript that is more than plain calls: only running it, in the host's sandbox, can tell what it builds. */
  readonly isComputed: boolean;
}

/**
 * Reads the code of a workflow. What code does not say, the place of nodes above all, is as in `before`, the document that the text
 * is to change, or found anew. Runs nothing: TypeScript that computes comes back as such.
 */
export function readCode(text: string, form: CodeForm, before: WorkflowDocument | null = null): CodeReading {
  if (text.length > maxWorkflowFileLength)
    return refused({ severity: 'error', message: 'The text is too long for a workflow.', start: 0, end: 1 });
  try {
    if (form === 'ts') return finishDsl(text, readDsl(text), before);
    const { root, comments } = form === 'json' ? readJson(text) : readYaml(text);
    const entries = listEntries(root, []);
    return finish({ text, content: toValue(root), entries, comments, problems: [] }, before);
  } catch (thrown) {
    if (!(thrown instanceof UnreadableText)) throw thrown;
    const { message, start, end } = thrown;
    return { ...refused({ severity: 'error', message, start, end }), isComputed: form === 'ts' };
  }
}

/** Reads the calls that TypeScript made when it was run. */
export function readRecorded(text: string, calls: readonly RecordedCall[], before: WorkflowDocument | null = null): CodeReading {
  return { ...finishDsl(text, readRecordedCalls(text, calls), before), isComputed: true };
}

function finishDsl(text: string, { built, entries, comments, locate }: ReadDsl, before: WorkflowDocument | null): CodeReading {
  const problems = built.problems.map((problem): CodeProblem => ({ severity: 'error', message: problem.message, ...locate(problem) }));
  const reading = finish({ text, content: built.content, entries, comments, problems }, before);
  return reading.document === null || before === null
    ? reading
    : { ...reading, document: withConfigsAsBefore(withEdgesInOrder(reading.document, before), before) };
}

interface Parsed {
  readonly text: string;
  readonly content: JsonValue;
  readonly entries: readonly CodeEntry[];
  readonly comments: readonly TextComment[];
  readonly problems: readonly CodeProblem[];
}

function finish({ text, content, entries, comments, problems }: Parsed, before: WorkflowDocument | null): CodeReading {
  const stop = (more: readonly CodeProblem[]): CodeReading => ({
    document: null,
    problems: [...problems, ...more],
    entries,
    isComputed: false,
  });
  const at = (place: Place): { start: number; end: number } => {
    const { start, end } = findEntry(entries, place) ?? { start: 0, end: 1 };
    return { start, end };
  };
  if (!isRecord(content))
    return stop([{ severity: 'error', message: 'A workflow is an object with “name”, “nodes” and “edges”.', ...at([]) }]);
  const given = new Map<string, Position>();
  const complete = completeContent(content, given);
  let document: WorkflowDocument;
  try {
    document = readWorkflowContent(complete);
  } catch (thrown) {
    if (!(thrown instanceof HeddleError)) throw thrown;
    return stop(
      listIssues(thrown).map(({ path, message }) => ({
        severity: 'error',
        message: toSentence(path, message),
        ...at(toPlace(path, complete)),
      })),
    );
  }
  const repeated = listRepeated(document.nodes.map(({ id }) => id));
  if (repeated.length > 0)
    return stop(
      repeated.map((id) => ({
        severity: 'error',
        message: `Several nodes have the id “${id}”. Give each its own.`,
        ...toRange(entries.findLast((entry) => entry.place.length === 2 && entry.place[0] === 'nodes' && entry.place[1] === id)),
      })),
    );
  if (problems.some(({ severity }) => severity === 'error')) return stop([]);
  const known = new Map([...findPositions(document, before), ...given]);
  const kept: Comment[] = [
    ...(document.comments ?? []),
    ...attachComments(text, entries, comments),
    ...(before === null ? [] : listOrphans(before)),
  ];
  const { comments: _own, ...bare } = placeNodes(document, known);
  return { document: kept.length === 0 ? bare : { ...bare, comments: kept }, problems, entries, isComputed: false };
}

/** The content with everything that code may leave out; the positions that it gives are put into `given`. */
function completeContent(content: JsonObject, given: Map<string, Position>): JsonObject {
  const { nodes = [], edges = [] } = content;
  const completeNode = (node: JsonValue): JsonValue => {
    if (!isRecord(node)) return node;
    const { id, position } = node;
    const parsed = positionSchema.safeParse(position);
    if (typeof id === 'string' && parsed.success) given.set(id, parsed.data);
    return { ...(typeof id === 'string' ? { name: toDefaultName(id) } : {}), config: {}, position: { x: 0, y: 0 }, ...node };
  };
  return { heddle: 1, ...content, nodes: Array.isArray(nodes) ? nodes.map(completeNode) : nodes, edges };
}

/** Where nodes stood before; one that only has another id stands where it stood. */
function findPositions(document: WorkflowDocument, before: WorkflowDocument | null): Map<string, Position> {
  const known = new Map<string, Position>();
  if (before === null) return known;
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Set(document.nodes.map(({ id }) => id));
  const gone = before.nodes.filter(({ id }) => !now.has(id));
  for (const node of document.nodes) {
    const same = old.get(node.id);
    const renamed = same ?? gone.find((candidate) => candidate.kind === node.kind && isSameWork(candidate.config, node.config));
    if (same === undefined && renamed !== undefined) gone.splice(gone.indexOf(renamed), 1);
    if (renamed !== undefined) known.set(node.id, renamed.position);
  }
  return known;
}

function isSameWork(left: JsonObject, right: JsonObject): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The DSL writes edges with the nodes that they lead to: those that were there before keep their order. */
function withEdgesInOrder(document: WorkflowDocument, before: WorkflowDocument): WorkflowDocument {
  const places = new Map(before.edges.map((edge, index) => [toEdgeId(edge), index]));
  const isOld = (id: string) => places.has(id);
  const old = document.edges
    .filter((edge) => isOld(toEdgeId(edge)))
    .sort((left, right) => (places.get(toEdgeId(left)) as number) - (places.get(toEdgeId(right)) as number));
  return { ...document, edges: [...old, ...document.edges.filter((edge) => !isOld(toEdgeId(edge)))] };
}

/** The DSL fills in what a node of the kind begins with: where that changes nothing, the node stays as it was. */
function withConfigsAsBefore(document: WorkflowDocument, before: WorkflowDocument): WorkflowDocument {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const nodes = document.nodes.map((node) => {
    const same = old.get(node.id);
    return same?.kind === node.kind && meansTheSame(node.kind, node.config, same.config) ? { ...node, config: same.config } : node;
  });
  return { ...document, nodes };
}

interface Issue {
  readonly path: Place;
  readonly message: string;
}

function listIssues(refusal: HeddleError): readonly Issue[] {
  const issues = refusal.details?.issues as unknown as readonly Issue[] | undefined;
  return issues ?? [{ path: ['heddle'], message: String(refusal.details?.problem ?? refusal.message) }];
}

/** `nodes.2.config` as the place of the node with its id. */
function toPlace([area, index, ...rest]: Place, content: JsonObject): Place {
  if (area === 'schemaVersion') return ['heddle'];
  if (area === undefined || index === undefined) return area === undefined ? [] : [area];
  const items = content[area];
  const item = Array.isArray(items) && typeof index === 'number' ? (items as readonly JsonValue[])[index] : undefined;
  if (!isRecord(item)) return [area, index, ...rest];
  if (area === 'edges') return [area, `${String(item.from)}->${String(item.to)}`];
  return [area, typeof item.id === 'string' ? item.id : index, ...rest];
}

function toSentence(path: Place, message: string): string {
  const last = path.at(-1);
  const words = typeof last === 'string' ? `“${last}” ${message}` : message;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}

function listRepeated(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const id of ids) (seen.has(id) ? repeated : seen).add(id);
  return [...repeated];
}

function toRange(entry: CodeEntry | undefined): { readonly start: number; readonly end: number } {
  return { start: entry?.start ?? 0, end: entry?.end ?? 1 };
}

function refused(problem: CodeProblem): CodeReading {
  return { document: null, problems: [problem], entries: [], isComputed: false };
}
