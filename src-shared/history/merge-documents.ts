import { toEdgeId, type WorkflowDocument, type WorkflowEdge, type WorkflowNode } from '../workflow/document.ts';
import { isSameValue } from './same-value.ts';

/** Two versions as one. `conflicts` names, for people, the places in which both had changed the same thing and `theirs` was taken. */
export interface MergedDocument {
  readonly document: WorkflowDocument;
  readonly conflicts: readonly string[];
}

/**
 * What both sides made of `base`, put together node by node and member by member. Where both changed the same, theirs is taken;
 * what one side changed and the other removed, stays. So nothing that `theirs` has is missing, and what `ours` loses is named.
 */
export function mergeDocuments(base: WorkflowDocument, ours: WorkflowDocument, theirs: WorkflowDocument): MergedDocument {
  if (![base, ours, theirs].every(hasOwnIds)) return { document: theirs, conflicts: ['the whole workflow'] };
  const conflicts: string[] = [];
  const { nodes: baseNodes, edges: baseEdges, hooks: baseHooks, groups: baseGroups, ...baseDetails } = base;
  const { nodes: ourNodes, edges: ourEdges, hooks: ourHooks, groups: ourGroups, ...ourDetails } = ours;
  const { nodes: theirNodes, edges: theirEdges, hooks: theirHooks, groups: theirGroups, ...theirDetails } = theirs;

  const isNeeded = (edges: readonly WorkflowEdge[]) => {
    const known = new Set(baseEdges.map(toEdgeId));
    const added = edges.filter((edge) => !known.has(toEdgeId(edge)));
    return new Set(added.flatMap(({ from, to }) => [from.node, to.node]));
  };
  const nodes = mergeItems<WorkflowNode>({
    base: baseNodes,
    ours: ourNodes,
    theirs: theirNodes,
    toId: ({ id }) => id,
    toName: ({ id, name }) => `“${name || id}”`,
    neededByOurs: isNeeded(ourEdges),
    neededByTheirs: isNeeded(theirEdges),
    conflicts,
  });
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = mergeItems<WorkflowEdge>({
    base: baseEdges,
    ours: ourEdges,
    theirs: theirEdges,
    toId: toEdgeId,
    toName: (edge) => `the edge ${toEdgeId(edge)}`,
    conflicts,
  });
  /** Edges that led nowhere in either version are the author's; those that the merge left without an end go. */
  const wasLoose = new Set([...looseEdges(ours), ...looseEdges(theirs)]);
  const mergeNamed = <Item extends { readonly id: string }>(of: 'hook' | 'group', lists: Lists<Item>): readonly Item[] =>
    mergeItems<Item>({ ...lists, toId: ({ id }) => id, toName: ({ id }) => `the ${of} “${id}”`, conflicts });
  const hooks = mergeNamed('hook', { base: baseHooks ?? [], ours: ourHooks ?? [], theirs: theirHooks ?? [] });
  const groups = mergeNamed('group', { base: baseGroups ?? [], ours: ourGroups ?? [], theirs: theirGroups ?? [] });
  const details = mergeMembers(baseDetails, ourDetails, theirDetails, 'the workflow', conflicts);
  const document = {
    ...(details as Omit<WorkflowDocument, 'nodes' | 'edges'>),
    ...listMember('hooks', hooks, theirHooks),
    ...listMember('groups', groups, theirGroups),
    nodes: [...nodes],
    edges: edges.filter((edge) => (ids.has(edge.from.node) && ids.has(edge.to.node)) || wasLoose.has(toEdgeId(edge))),
  };
  return { document: document as WorkflowDocument, conflicts };
}

interface Lists<Item> {
  readonly base: readonly Item[];
  readonly ours: readonly Item[];
  readonly theirs: readonly Item[];
}

interface ItemMerge<Item> extends Lists<Item> {
  readonly toId: (item: Item) => string;
  readonly toName: (item: Item) => string;
  /** Items that something new on this side depends on, and that therefore count as changed by it. */
  readonly neededByOurs?: ReadonlySet<string>;
  readonly neededByTheirs?: ReadonlySet<string>;
  readonly conflicts: string[];
}

/** Their order, with what only we have behind what it stood behind. */
function mergeItems<Item extends object>(merge: ItemMerge<Item>): readonly Item[] {
  const { toId, toName, conflicts } = merge;
  const [base, ours, theirs] = [merge.base, merge.ours, merge.theirs].map((items) => new Map(items.map((item) => [toId(item), item])));
  const find = (items: ReadonlyMap<string, Item> | undefined, id: string) => items?.get(id);

  const mergeOne = (id: string): Item | undefined => {
    const [was, our, their] = [find(base, id), find(ours, id), find(theirs, id)];
    if (our !== undefined && their !== undefined) return mergeMembers(was ?? {}, our, their, toName(their), conflicts) as Item;
    const left = our ?? their;
    if (was === undefined || left === undefined) return left;
    const isChanged = !isSameValue(was, left) || (our === undefined ? merge.neededByTheirs : merge.neededByOurs)?.has(id) === true;
    if (!isChanged) return undefined;
    conflicts.push(`${toName(left)} was changed here and removed there; it stays`);
    return left;
  };

  const merged: Item[] = [];
  const isPlaced = new Set<string>();
  const place = (id: string, at = merged.length) => {
    const item = isPlaced.has(id) ? undefined : mergeOne(id);
    isPlaced.add(id);
    if (item !== undefined) merged.splice(at, 0, item);
  };
  const order = isSameValue(merge.base.map(toId), merge.theirs.map(toId)) ? merge.ours : merge.theirs;
  const others = order === merge.ours ? merge.theirs : merge.ours;
  for (const item of order) place(toId(item));
  others.forEach((item, index) => {
    const before = others[index - 1];
    const at = before === undefined ? -1 : merged.findIndex((candidate) => toId(candidate) === toId(before));
    place(toId(item), before === undefined ? 0 : at === -1 ? merged.length : at + 1);
  });
  return merged;
}

/** Objects are merged member by member; everything else, places of nodes included, is one thing. */
function mergeMembers(base: object, ours: object, theirs: object, where: string, conflicts: string[]): object {
  const [was, our, their] = [base, ours, theirs] as Readonly<Record<string, unknown>>[];
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const value = mergeMember(was?.[key], our?.[key], their?.[key], key, where, conflicts);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function mergeMember(was: unknown, our: unknown, their: unknown, key: string, where: string, conflicts: string[]): unknown {
  if (isSameValue(our, their) || isSameValue(was, our)) return their;
  if (isSameValue(was, their)) return our;
  if (isRecord(our) && isRecord(their) && key !== 'position')
    return mergeMembers(isRecord(was) ? was : {}, our, their, `${where}, ${key}`, conflicts);
  conflicts.push(`${where}, ${key}`);
  return their;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty list is written only where they wrote one. */
function listMember<Item>(key: string, items: readonly Item[], theirs: readonly Item[] | undefined): object {
  return items.length > 0 || theirs !== undefined ? { [key]: items } : {};
}

function looseEdges({ nodes, edges }: WorkflowDocument): readonly string[] {
  const ids = new Set(nodes.map(({ id }) => id));
  return edges.filter(({ from, to }) => !ids.has(from.node) || !ids.has(to.node)).map(toEdgeId);
}

/** A document in which a part can be told by its id. */
function hasOwnIds({ nodes, edges, hooks = [], groups = [] }: WorkflowDocument): boolean {
  return [nodes.map(({ id }) => id), edges.map(toEdgeId), hooks.map(({ id }) => id), groups.map(({ id }) => id)].every(
    (ids) => new Set(ids).size === ids.length,
  );
}
