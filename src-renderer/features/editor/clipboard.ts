import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import type { NodeGroup, Position, WorkflowDocument, WorkflowEdge, WorkflowNode } from '#shared/workflow/document.ts';
import { nodeGroupSchema, workflowEdgeSchema, workflowNodeSchema } from '#shared/workflow/document.ts';
import { parseWorkflowFile } from '#shared/workflow/document-file.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { toFreeId, toFreeName } from '#shared/workflow/free-names.ts';
import { parseJsonText } from '#shared/workflow/json-text.ts';
import { renameInExpressions } from '#shared/workflow/rename-references.ts';
import { toGrid } from '../../canvas/card-geometry.ts';

/** Some nodes, the edges between them and the groups that are wholly among them: what is copied. */
export interface Fragment {
  readonly nodes: readonly WorkflowNode[];
  readonly edges: readonly WorkflowEdge[];
  readonly groups: readonly NodeGroup[];
}

const fragmentSchema = z.strictObject({
  heddleFragment: z.literal(1),
  nodes: z.array(workflowNodeSchema).min(1),
  edges: z.array(workflowEdgeSchema),
  groups: z.array(nodeGroupSchema).optional(),
});

/** The nodes of these ids with the edges between them. */
export function toFragment(document: WorkflowDocument, ids: ReadonlySet<string>): Fragment {
  return {
    nodes: document.nodes.filter((node) => ids.has(node.id)),
    edges: document.edges.filter((edge) => ids.has(edge.from.node) && ids.has(edge.to.node)),
    groups: (document.groups ?? []).filter((group) => group.nodes.length > 0 && group.nodes.every((id) => ids.has(id))),
  };
}

/** The text that stands for a fragment on the clipboard: readable, and a paste away from another workflow. */
export function formatFragment({ nodes, edges, groups }: Fragment): string {
  return `${JSON.stringify({ heddleFragment: 1, nodes, edges, ...(groups.length === 0 ? {} : { groups }) }, null, 2)}\n`;
}

/** What was on the clipboard, or why it cannot be pasted. The text of a whole workflow file is taken too; words are words for a note. */
export type ParsedClipboard =
  | { readonly type: 'fragment'; readonly fragment: Fragment }
  | { readonly type: 'words'; readonly text: string }
  | { readonly type: 'unusable'; readonly reason: string };

export function parseClipboard(text: string): ParsedClipboard {
  const unusable = (reason: string): ParsedClipboard => ({ type: 'unusable', reason });
  if (text.trim() === '') return unusable('The clipboard holds no text.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return /^\s*[{[]/.test(text) && /"(heddle|heddleFragment|nodes)"/.test(text)
      ? unusable(`The clipboard holds nodes, but their text is broken: ${toReason(text)}`)
      : { type: 'words', text: text.trim().slice(0, mostWords) };
  }
  if (typeof value === 'object' && value !== null && 'heddle' in value) return parseWholeFile(text);
  if (typeof value !== 'object' || value === null || !('heddleFragment' in value))
    return typeof value === 'object' && value !== null && 'nodes' in value
      ? unusable('The clipboard holds JSON with “nodes”, but not of this program: “heddle” or “heddleFragment” is missing.')
      : { type: 'words', text: text.trim().slice(0, mostWords) };
  const parsed = fragmentSchema.safeParse(value);
  if (parsed.success)
    return { type: 'fragment', fragment: { nodes: parsed.data.nodes, edges: parsed.data.edges, groups: parsed.data.groups ?? [] } };
  const [issue] = parsed.error.issues;
  return unusable(
    `The copied nodes cannot be read: ${issue?.path.map(String).join(' › ') || 'the text'}: ${issue?.message ?? 'wrong form'}.`,
  );
}

/** The edit that pastes a fragment with its top left corner at `at`, under free ids, and the ids the nodes get. */
export function toPasteEdit(
  document: WorkflowDocument,
  fragment: Fragment,
  at: Position,
): { readonly edit: WorkflowEdit; readonly ids: readonly string[] } {
  const takenIds = new Set(document.nodes.map((node) => node.id));
  const takenNames = new Set(document.nodes.map((node) => node.name));
  const left = Math.min(...fragment.nodes.map((node) => node.position.x));
  const top = Math.min(...fragment.nodes.map((node) => node.position.y));
  const newIds = new Map<string, string>();
  for (const node of fragment.nodes) {
    const id = toFreeId(takenIds, node.id);
    takenIds.add(id);
    newIds.set(node.id, id);
  }
  const renamed = [...newIds].filter(([before, after]) => before !== after);
  const nodes = fragment.nodes.map((node): WorkflowNode => {
    const name = node.name === '' ? '' : toFreeName(takenNames, node.name);
    takenNames.add(name);
    const { locked: _unlocked, ...copy } = withFollowedCompensation(withFollowedReferences(node, renamed), newIds);
    return {
      ...copy,
      id: newIds.get(node.id) as string,
      name,
      position: { x: toGrid(at.x + node.position.x - left), y: toGrid(at.y + node.position.y - top) },
    };
  });
  const rename = (end: WorkflowEdge['from']) => ({ ...end, node: newIds.get(end.node) ?? end.node });
  const edges = fragment.edges.filter((edge) => newIds.has(edge.from.node) && newIds.has(edge.to.node));
  const edit: WorkflowEdit = {
    type: 'batch',
    edits: [
      ...nodes.map((node): WorkflowEdit => ({ type: 'addNode', node })),
      {
        type: 'restore',
        nodes: [],
        edges: edges.map((edge, index) => ({
          index: document.edges.length + index,
          edge: { ...edge, from: rename(edge.from), to: rename(edge.to) },
        })),
      },
      ...toGroupEdits(document, fragment.groups, newIds),
    ],
  };
  return { edit, ids: nodes.map((node) => node.id) };
}

/** Groups come along under free ids; a copy is in one group at most, as the first of them. */
function toGroupEdits(
  document: WorkflowDocument,
  groups: readonly NodeGroup[],
  newIds: ReadonlyMap<string, string>,
): readonly WorkflowEdit[] {
  const known = document.groups ?? [];
  const taken = new Set(known.map(({ id }) => id));
  const copies = groups.flatMap((group) => {
    const nodes = group.nodes.flatMap((node) => newIds.get(node) ?? []);
    if (nodes.length === 0) return [];
    const id = toFreeId(taken, group.id);
    taken.add(id);
    return [{ ...group, id, nodes }];
  });
  return copies.length === 0 ? [] : [{ type: 'changeGroups', groups: [...known, ...copies] }];
}

/** Expressions speak of the copies where they spoke of copied nodes. Renamed in two steps, so that no new id meets an old one. */
function withFollowedReferences(node: WorkflowNode, renamed: readonly (readonly [before: string, after: string])[]): WorkflowNode {
  const passing = (index: number) => `heddlePaste${index}`;
  const away = renamed.reduce((current, [before], index) => renameInExpressions(current, before, passing(index)), node);
  return renamed.reduce((current, [, after], index) => renameInExpressions(current, passing(index), after), away);
}

/** A copy is undone by the copy of its compensation. Without one it is not undone: a compensation undoes one node only. */
function withFollowedCompensation(node: WorkflowNode, newIds: ReadonlyMap<string, string>): WorkflowNode {
  if (node.compensation === undefined) return node;
  const { compensation, ...rest } = node;
  const copied = newIds.get(compensation);
  return copied === undefined ? rest : { ...rest, compensation: copied };
}

/** A longer text makes no readable note. */
const mostWords = 20_000;

/** Why a text is no JSON, with its place. */
function toReason(text: string): string {
  try {
    parseJsonText(text);
  } catch (thrown) {
    if (thrown instanceof HeddleError)
      return `${String(thrown.details?.problem)} (line ${String(thrown.details?.line)}, column ${String(thrown.details?.column)}).`;
    throw thrown;
  }
  return 'it cannot be read.';
}

function parseWholeFile(text: string): ParsedClipboard {
  try {
    const { nodes, edges, groups = [] } = parseWorkflowFile(text);
    return nodes.length === 0
      ? { type: 'unusable', reason: 'The copied workflow has no nodes.' }
      : { type: 'fragment', fragment: { nodes, edges, groups } };
  } catch (thrown) {
    return { type: 'unusable', reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
