import { assertNever } from '../base/assert-never.ts';
import { HeddleError } from '../base/errors.ts';
import {
  type Comment,
  type HookDeclaration,
  type NodeGroup,
  nodeIdPattern,
  toEdgeId,
  type WorkflowDocument,
  type WorkflowEdge,
  type WorkflowNode,
} from './document.ts';
import { verdictOnEdge } from './edge-verdict.ts';
import type { WorkflowEdit } from './edit.ts';
import { renameInExpressions } from './rename-references.ts';

/** The document after the edit. Throws `workflow.invalid`, saying why, when it cannot be applied; then nothing has changed. */
export function applyEdit(document: WorkflowDocument, edit: WorkflowEdit): WorkflowDocument {
  switch (edit.type) {
    case 'batch':
      return edit.edits.reduce(applyEdit, document);
    case 'addNode':
      return addNode(document, edit.node);
    case 'removeNodes': {
      const gone = requireNodes(document, edit.nodes);
      return {
        ...withMembers(document, { groups: toGroupsWithout(document.groups, gone) }),
        nodes: document.nodes.filter((node) => !gone.has(node.id)).map((node) => withoutCompensation(node, gone)),
        edges: document.edges.filter((edge) => !gone.has(edge.from.node) && !gone.has(edge.to.node)),
      };
    }
    case 'moveNodes': {
      const positions = new Map(edit.positions.map(({ node, position }) => [node, position]));
      requireNodes(document, [...positions.keys()]);
      return { ...document, nodes: document.nodes.map((node) => withMember(node, 'position', positions.get(node.id) ?? node.position)) };
    }
    case 'changeConfig':
      return withNode(document, edit.node, (node) => ({ ...node, config: edit.config }));
    case 'changeKind':
      return withNode(document, edit.node, (node) => ({ ...node, kind: edit.kind, config: edit.config }));
    case 'renameNode':
      return withNode(document, edit.node, (node) => ({ ...node, name: edit.name }));
    case 'changeNodeId':
      return changeNodeId(document, edit.node, edit.newId, edit.keepExpressions === true);
    case 'addEdge': {
      const verdict = verdictOnEdge(document, edit.edge.from, edit.edge.to);
      if (verdict.verdict === 'refused') throw refusal(`The edge ${toEdgeId(edit.edge)} cannot be drawn: ${verdict.reason}.`);
      return { ...document, edges: [...document.edges, edit.edge] };
    }
    case 'removeEdges': {
      const gone = new Set(edit.edges.map((id) => requireEdge(document, id)));
      return { ...document, edges: document.edges.filter((edge) => !gone.has(toEdgeId(edge))) };
    }
    case 'changeEdgeLabel': {
      const id = requireEdge(document, edit.edge);
      return { ...document, edges: document.edges.map((edge) => (toEdgeId(edge) === id ? withMember(edge, 'label', edit.label) : edge)) };
    }
    case 'changePolicy':
      return withNode(document, edit.node, (node) => withMember(node, 'policy', edit.policy));
    case 'setDisabled':
      return withNode(document, edit.node, (node) => withMember(node, 'disabled', edit.disabled));
    case 'setLocked':
      return withNode(document, edit.node, (node) => withMember(node, 'locked', edit.locked));
    case 'changeNodeDetails':
      return withNode(document, edit.node, (node) =>
        withMembers(node, {
          priority: edit.priority,
          lane: edit.lane,
          compensation: edit.compensation,
          labels: edit.labels,
          metadata: edit.metadata,
        }),
      );
    case 'changeDetails':
      return withMembers(document, { name: edit.name, description: edit.description, labels: edit.labels, metadata: edit.metadata });
    case 'changeHooks':
      return withMember(document, 'hooks', edit.hooks);
    case 'changeComments':
      return withMember(document, 'comments', edit.comments);
    case 'changeGroups':
      return withMember(document, 'groups', edit.groups);
    case 'restore':
      return {
        ...document,
        nodes: insertAll(
          document.nodes,
          edit.nodes.map(({ index, node }) => [index, node]),
        ),
        edges: insertAll(
          document.edges,
          edit.edges.map(({ index, edge }) => [index, edge]),
        ),
      };
    case 'replaceDocument':
      return edit.document;
    default:
      return assertNever(edit);
  }
}

/** The edit that leads back from `applyEdit(document, edit)` to `document`, exactly. Throws where `applyEdit` does. */
export function invertEdit(document: WorkflowDocument, edit: WorkflowEdit): WorkflowEdit {
  switch (edit.type) {
    case 'batch': {
      const inverses: WorkflowEdit[] = [];
      let before = document;
      for (const part of edit.edits) {
        inverses.unshift(invertEdit(before, part));
        before = applyEdit(before, part);
      }
      return { type: 'batch', edits: inverses };
    }
    case 'addNode':
      return withoutNodes(document, [edit.node.id]);
    case 'removeNodes': {
      const gone = new Set(edit.nodes);
      const restore: WorkflowEdit = {
        type: 'restore',
        nodes: document.nodes.flatMap((node, index) => (gone.has(node.id) ? [{ index, node }] : [])),
        edges: listEdgesAt(document, gone),
      };
      const more = [
        ...listCompensationsBy(document, gone)
          .filter((node) => !gone.has(node.id))
          .map(toCompensationEdit),
        ...toGroupsBack(document, gone),
      ];
      return more.length === 0 ? restore : { type: 'batch', edits: [restore, ...more] };
    }
    case 'moveNodes': {
      const moved = new Set(edit.positions.map(({ node }) => node));
      requireNodes(document, [...moved]);
      return {
        type: 'moveNodes',
        positions: document.nodes.flatMap(({ id, position }) => (moved.has(id) ? [{ node: id, position }] : [])),
      };
    }
    case 'changeConfig':
      return { type: 'changeConfig', node: edit.node, config: findNode(document, edit.node).config };
    case 'changeKind': {
      const { kind, config } = findNode(document, edit.node);
      return { type: 'changeKind', node: edit.node, kind, config };
    }
    case 'renameNode':
      return { type: 'renameNode', node: edit.node, name: findNode(document, edit.node).name };
    case 'changeNodeId':
      return invertChangeNodeId(document, edit);
    case 'addEdge':
      return { type: 'removeEdges', edges: [toEdgeId(edit.edge)] };
    case 'removeEdges': {
      const gone = new Set(edit.edges);
      return {
        type: 'restore',
        nodes: [],
        edges: document.edges.flatMap((edge, index) => (gone.has(toEdgeId(edge)) ? [{ index, edge }] : [])),
      };
    }
    case 'changeEdgeLabel':
      return {
        type: 'changeEdgeLabel',
        edge: edit.edge,
        label: document.edges.find((edge) => toEdgeId(edge) === edit.edge)?.label ?? null,
      };
    case 'changePolicy':
      return { type: 'changePolicy', node: edit.node, policy: findNode(document, edit.node).policy ?? null };
    case 'setDisabled':
      return { type: 'setDisabled', node: edit.node, disabled: findNode(document, edit.node).disabled ?? null };
    case 'setLocked':
      return { type: 'setLocked', node: edit.node, locked: findNode(document, edit.node).locked ?? null };
    case 'changeNodeDetails': {
      const { priority, lane, compensation, labels, metadata } = findNode(document, edit.node);
      return {
        type: 'changeNodeDetails',
        node: edit.node,
        ...(edit.priority === undefined ? {} : { priority: priority ?? null }),
        ...(edit.lane === undefined ? {} : { lane: lane ?? null }),
        ...(edit.compensation === undefined ? {} : { compensation: compensation ?? null }),
        ...(edit.labels === undefined ? {} : { labels: labels ?? null }),
        ...(edit.metadata === undefined ? {} : { metadata: metadata ?? null }),
      };
    }
    case 'changeDetails': {
      const { name, description, labels, metadata } = document;
      return {
        type: 'changeDetails',
        ...(edit.name === undefined ? {} : { name }),
        ...(edit.description === undefined ? {} : { description: description ?? null }),
        ...(edit.labels === undefined ? {} : { labels: labels ?? null }),
        ...(edit.metadata === undefined ? {} : { metadata: metadata ?? null }),
      };
    }
    case 'changeHooks':
      return { type: 'changeHooks', hooks: document.hooks ?? null };
    case 'changeComments':
      return { type: 'changeComments', comments: document.comments ?? null };
    case 'changeGroups':
      return { type: 'changeGroups', groups: document.groups ?? null };
    case 'restore':
      return {
        type: 'batch',
        edits: [
          { type: 'removeEdges', edges: edit.edges.map(({ edge }) => toEdgeId(edge)) },
          withoutNodes(
            document,
            edit.nodes.map(({ node }) => node.id),
          ),
        ],
      };
    case 'replaceDocument':
      return { type: 'replaceDocument', document };
    default:
      return assertNever(edit);
  }
}

function addNode(document: WorkflowDocument, node: WorkflowNode): WorkflowDocument {
  requireFreeId(document, node.id);
  return { ...document, nodes: [...document.nodes, node] };
}

function changeNodeId(document: WorkflowDocument, id: string, newId: string, keepExpressions: boolean): WorkflowDocument {
  findNode(document, id);
  if (id === newId) return document;
  requireFreeId(document, newId);
  return {
    ...document,
    ...(document.hooks === undefined ? {} : { hooks: document.hooks.map((hook) => withRenamedNode(hook, id, newId)) }),
    ...(document.comments === undefined ? {} : { comments: document.comments.map((comment) => withRenamedPlace(comment, id, newId)) }),
    ...(document.groups === undefined ? {} : { groups: document.groups.map((group) => withRenamedNode(group, id, newId)) }),
    nodes: document.nodes.map((node) => {
      const spoken = keepExpressions ? node : renameInExpressions(node, id, newId);
      const followed = spoken.compensation === id ? { ...spoken, compensation: newId } : spoken;
      return node.id === id ? { ...followed, id: newId } : followed;
    }),
    edges: document.edges.map((edge) => {
      if (edge.from.node !== id && edge.to.node !== id) return edge;
      const rename = (end: WorkflowEdge['from']) => (end.node === id ? { ...end, node: newId } : end);
      return { ...edge, from: rename(edge.from), to: rename(edge.to) };
    }),
  };
}

/**
 * Expressions are put back as they were, not renamed back: some may have spoken of the new id before there was such a node.
 * So may edges that led nowhere.
 */
function invertChangeNodeId(
  document: WorkflowDocument,
  { node: id, newId, keepExpressions }: Extract<WorkflowEdit, { type: 'changeNodeId' }>,
): WorkflowEdit {
  const edits: WorkflowEdit[] = [{ type: 'changeNodeId', node: newId, newId: id, keepExpressions: true }];
  if (id === newId) return { type: 'batch', edits: [] };
  if (keepExpressions !== true) {
    const changed = document.nodes.filter((node) => renameInExpressions(node, id, newId) !== node);
    edits.push(...changed.map((node): WorkflowEdit => ({ type: 'changeConfig', node: node.id, config: node.config })));
  }
  // Compensations that named the new id before there was such a node would be renamed back with those that followed.
  edits.push(...listCompensationsBy(document, new Set([newId])).map(toCompensationEdit));
  const isNamed = (node: string) => node === id || node === newId;
  if (document.hooks?.some(({ nodes }) => nodes?.some(isNamed))) edits.push({ type: 'changeHooks', hooks: document.hooks });
  edits.push(...toGroupsBack(document, new Set([id, newId])));
  // Comments that spoke of the new id before there was such a node would be renamed back with the others.
  if (document.comments?.some((comment) => withRenamedPlace(comment, newId, id) !== comment))
    edits.push({ type: 'changeComments', comments: document.comments });
  const dangling = listEdgesAt(document, new Set([newId]));
  if (dangling.length > 0) {
    const back = applyEdit(applyEdit(document, { type: 'changeNodeId', node: id, newId, keepExpressions: true }), edits[0] as WorkflowEdit);
    edits.push({ type: 'removeEdges', edges: [...new Set(listEdgesAt(back, new Set([id])).map(({ edge }) => toEdgeId(edge)))] });
    edits.push({ type: 'restore', nodes: [], edges: listEdgesAt(document, new Set([id, newId])) });
  }
  return { type: 'batch', edits };
}

/** Hooks that are only for some nodes, and groups, go with the node that is renamed. */
function withRenamedNode<Whole extends HookDeclaration | NodeGroup>(whole: Whole, id: string, newId: string): Whole {
  if (whole.nodes?.includes(id) !== true) return whole;
  return { ...whole, nodes: whole.nodes.map((node) => (node === id ? newId : node)) };
}

/** The groups without these nodes and without those that thereby have none left; null when no group is left. */
function toGroupsWithout(groups: WorkflowDocument['groups'], gone: ReadonlySet<string>): WorkflowDocument['groups'] | null {
  if (groups?.some(({ nodes }) => nodes.some((id) => gone.has(id))) !== true) return groups;
  const left = groups.flatMap((group) => {
    const nodes = group.nodes.filter((id) => !gone.has(id));
    return nodes.length === group.nodes.length ? [group] : nodes.length === 0 ? [] : [{ ...group, nodes }];
  });
  return left.length === 0 ? null : left;
}

/** Puts the groups back as they are here, where one names any of these nodes. */
function toGroupsBack(document: WorkflowDocument, ids: ReadonlySet<string>): WorkflowEdit[] {
  const { groups } = document;
  return groups?.some(({ nodes }) => nodes.some((id) => ids.has(id))) === true ? [{ type: 'changeGroups', groups }] : [];
}

/** Comments stay with the node, and with its edges. */
function withRenamedPlace(comment: Comment, id: string, newId: string): Comment {
  const [area, place, ...rest] = comment.at;
  if (area === 'nodes') return place === id ? { ...comment, at: ['nodes', newId, ...rest] } : comment;
  if (area !== 'edges' || typeof place !== 'string') return comment;
  const renamed = place
    .split('->')
    .map((end) => (end.startsWith(`${id}.`) ? newId + end.slice(id.length) : end))
    .join('->');
  return renamed === place ? comment : { ...comment, at: ['edges', renamed, ...rest] };
}

/** Removes nodes that the document does not have yet, but keeps the edges, compensations and groups that already (and vainly) named them. */
function withoutNodes(document: WorkflowDocument, ids: readonly string[]): WorkflowEdit {
  const removal: WorkflowEdit = { type: 'removeNodes', nodes: [...ids] };
  const dangling = listEdgesAt(document, new Set(ids));
  const named = [...listCompensationsBy(document, new Set(ids)).map(toCompensationEdit), ...toGroupsBack(document, new Set(ids))];
  if (dangling.length === 0 && named.length === 0) return removal;
  return { type: 'batch', edits: [removal, ...named, { type: 'restore', nodes: [], edges: dangling }] };
}

function listEdgesAt(document: WorkflowDocument, ids: ReadonlySet<string>): { index: number; edge: WorkflowEdge }[] {
  return document.edges.flatMap((edge, index) => (ids.has(edge.from.node) || ids.has(edge.to.node) ? [{ index, edge }] : []));
}

/** The nodes whose compensation is one of these. */
function listCompensationsBy(document: WorkflowDocument, ids: ReadonlySet<string>): readonly WorkflowNode[] {
  return document.nodes.filter(({ compensation }) => compensation !== undefined && ids.has(compensation));
}

/** Gives a node the compensation that it has here. */
function toCompensationEdit({ id, compensation }: WorkflowNode): WorkflowEdit {
  return { type: 'changeNodeDetails', node: id, compensation: compensation ?? null };
}

function withoutCompensation(node: WorkflowNode, gone: ReadonlySet<string>): WorkflowNode {
  return node.compensation !== undefined && gone.has(node.compensation) ? withMembers(node, { compensation: null }) : node;
}

function requireFreeId(document: WorkflowDocument, id: string): void {
  if (!nodeIdPattern.test(id))
    throw refusal(`“${id}” cannot be the id of a node: it must start with a letter and hold only letters, digits and _ (at most 64).`);
  if (document.nodes.some((node) => node.id === id)) throw refusal(`There already is a node “${id}”. Choose another id.`);
}

function findNode(document: WorkflowDocument, id: string): WorkflowNode {
  const found = document.nodes.filter((node) => node.id === id);
  const [node] = found;
  if (node === undefined) throw refusal(`There is no node “${id}” any more.`);
  if (found.length > 1) throw refusal(`Several nodes have the id “${id}”. Give each its own id in the file first.`);
  return node;
}

/** The ids, each of which is that of one node: looked up together, because thousands may be moved or deleted at once. */
function requireNodes(document: WorkflowDocument, ids: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(ids);
  const found = document.nodes.flatMap(({ id }) => (wanted.has(id) ? [id] : []));
  if (found.length !== wanted.size || new Set(found).size !== wanted.size) for (const id of wanted) findNode(document, id);
  return wanted;
}

function requireEdge(document: WorkflowDocument, id: string): string {
  if (!document.edges.some((edge) => toEdgeId(edge) === id)) throw refusal(`There is no edge ${id} any more.`);
  return id;
}

function withNode(document: WorkflowDocument, id: string, change: (node: WorkflowNode) => WorkflowNode): WorkflowDocument {
  const before = findNode(document, id);
  const after = change(before);
  return { ...document, nodes: document.nodes.map((node) => (node === before ? after : node)) };
}

/** Sets what is given, removes what is null, leaves what is undefined. */
function withMembers<Whole extends object>(
  whole: Whole,
  members: { readonly [Key in keyof Whole]?: Whole[Key] | null | undefined },
): Whole {
  return (Object.keys(members) as (keyof Whole)[]).reduce((changed, key) => {
    const value = members[key];
    return value === undefined ? changed : withMember(changed, key, value as Whole[typeof key] | null);
  }, whole);
}

function withMember<Whole extends object, Key extends keyof Whole>(whole: Whole, key: Key, value: Whole[Key] | null): Whole {
  if (whole[key] === value) return whole;
  if (value !== null) return { ...whole, [key]: value };
  const { [key]: _removed, ...rest } = whole;
  return rest as Whole;
}

function insertAll<Item>(items: readonly Item[], places: readonly (readonly [number, Item])[]): Item[] {
  const inserted = [...items];
  for (const [index, item] of places) inserted.splice(index, 0, item);
  return inserted;
}

function refusal(message: string): HeddleError {
  return new HeddleError('workflow.invalid', message);
}
