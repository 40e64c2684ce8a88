import type { WorkflowDocument } from './document.ts';

/**
 * The nodes of a document by index, and which lead to which. Edges whose ends do not exist are left out, several edges
 * between the same two nodes count once, and of nodes with the same id the first stands for all.
 */
export interface WorkflowGraph {
  readonly ids: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
}

/** The graph of the document's nodes; with `keep`, only of those it names. */
export function buildGraph(
  document: WorkflowDocument,
  keep: (node: WorkflowDocument['nodes'][number]) => boolean = () => true,
): WorkflowGraph {
  const ids: string[] = [];
  const indexes = new Map<string, number>();
  for (const node of document.nodes) {
    if (indexes.has(node.id) || !keep(node)) continue;
    indexes.set(node.id, ids.length);
    ids.push(node.id);
  }
  const successors: number[][] = ids.map(() => []);
  const predecessors: number[][] = ids.map(() => []);
  const seen = new Set<number>();
  for (const edge of document.edges) {
    const from = indexes.get(edge.from.node);
    const to = indexes.get(edge.to.node);
    if (from === undefined || to === undefined) continue;
    const pair = from * ids.length + to;
    if (seen.has(pair)) continue;
    seen.add(pair);
    successors[from]?.push(to);
    predecessors[to]?.push(from);
  }
  return { ids, indexes, successors, predecessors };
}

/** Indexes so that every node comes after all that lead to it (Kahn); nodes in or behind a cycle are missing. Ties keep document order within a wave. */
export function orderTopologically(graph: WorkflowGraph): readonly number[] {
  const waiting = graph.predecessors.map((list) => list.length);
  const order: number[] = [];
  waiting.forEach((count, index) => {
    if (count === 0) order.push(index);
  });
  for (let at = 0; at < order.length; at += 1) {
    for (const next of graph.successors[order[at] as number] ?? []) {
      const left = (waiting[next] as number) - 1;
      waiting[next] = left;
      if (left === 0) order.push(next);
    }
  }
  return order;
}

/**
 * One cycle for every group of nodes that run in circles, each beginning with its first node in document order.
 * Groups are found with Tarjan's algorithm, without recursion; the cycle shown is a shortest one through that node.
 */
export function findCycles(graph: WorkflowGraph): readonly (readonly string[])[] {
  return findComponents(graph)
    .filter((component) => component.length > 1 || graph.successors[component[0] as number]?.includes(component[0] as number))
    .map((component) => component.reduce((least, index) => Math.min(least, index)))
    .sort((left, right) => left - right)
    .map((start) => shortestCycle(graph, start).map((index) => graph.ids[index] as string));
}

/** Answers whether one node lies upstream of another. Prepared once for many questions; nodes are not upstream of themselves unless in a cycle. */
export function createUpstreamTest(graph: WorkflowGraph): (upstream: string, of: string) => boolean {
  let rows: Uint32Array | undefined;
  const words = (graph.ids.length + 31) >>> 5;
  return (upstream, of) => {
    const from = graph.indexes.get(upstream);
    const to = graph.indexes.get(of);
    if (from === undefined || to === undefined) return false;
    if (graph.predecessors[to]?.includes(from)) return true;
    // One bit per pair: 12.5 MB for 10,000 nodes. Larger or cyclic graphs are searched.
    if (rows === undefined && graph.ids.length <= 20_000) rows = computeAncestorBits(graph, words);
    if (rows !== undefined && rows.length > 0) return (((rows[to * words + (from >>> 5)] as number) >>> (from & 31)) & 1) === 1;
    return collect(graph.predecessors, to).has(from);
  };
}

/** Every node that leads to this one, by whatever way; itself only when it is in a cycle. */
export function listAncestors(graph: WorkflowGraph, id: string): ReadonlySet<string> {
  return listReached(graph, graph.predecessors, id);
}

/** Every node that this one leads to, by whatever way; itself only when it is in a cycle. */
export function listDescendants(graph: WorkflowGraph, id: string): ReadonlySet<string> {
  return listReached(graph, graph.successors, id);
}

function listReached(graph: WorkflowGraph, neighbours: WorkflowGraph['successors'], id: string): ReadonlySet<string> {
  const index = graph.indexes.get(id);
  return new Set(index === undefined ? [] : [...collect(neighbours, index)].map((reached) => graph.ids[reached] as string));
}

function collect(neighbours: WorkflowGraph['successors'], start: number): ReadonlySet<number> {
  const reached = new Set<number>();
  const stack = [start];
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    for (const next of neighbours[index] ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      stack.push(next);
    }
  }
  return reached;
}

/** A row of bits per node, one for each ancestor; empty when the graph has a cycle. */
function computeAncestorBits(graph: WorkflowGraph, words: number): Uint32Array {
  const order = orderTopologically(graph);
  if (order.length < graph.ids.length) return new Uint32Array(0);
  const rows = new Uint32Array(words * graph.ids.length);
  for (const index of order) {
    const row = index * words;
    for (const predecessor of graph.predecessors[index] ?? []) {
      const other = predecessor * words;
      for (let word = 0; word < words; word += 1) rows[row + word] = (rows[row + word] as number) | (rows[other + word] as number);
      const own = row + (predecessor >>> 5);
      rows[own] = (rows[own] as number) | (1 << (predecessor & 31));
    }
  }
  return rows;
}

function findComponents(graph: WorkflowGraph): number[][] {
  const count = graph.ids.length;
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const isOpen = new Uint8Array(count);
  const nextChild = new Int32Array(count);
  const open: number[] = [];
  const path: number[] = [];
  const components: number[][] = [];
  let visited = 0;
  const enter = (index: number) => {
    order[index] = visited;
    low[index] = visited;
    visited += 1;
    isOpen[index] = 1;
    open.push(index);
    path.push(index);
  };
  for (let root = 0; root < count; root += 1) {
    if (order[root] !== -1) continue;
    enter(root);
    while (path.length > 0) {
      const index = path.at(-1) as number;
      const child = graph.successors[index]?.[nextChild[index] as number];
      if (child !== undefined) {
        nextChild[index] = (nextChild[index] as number) + 1;
        if (order[child] === -1) enter(child);
        else if (isOpen[child] === 1) low[index] = Math.min(low[index] as number, order[child] as number);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[index] as number);
      if (low[index] !== order[index]) continue;
      const component = open.splice(open.lastIndexOf(index));
      for (const member of component) isOpen[member] = 0;
      components.push(component);
    }
  }
  return components;
}

/** Breadth first from `start` until it is met again. */
function shortestCycle(graph: WorkflowGraph, start: number): number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (let at = 0; at < queue.length; at += 1) {
    const index = queue[at] as number;
    for (const next of graph.successors[index] ?? []) {
      if (next === start) {
        const cycle: number[] = [];
        for (let back = index; back !== start; back = cameFrom.get(back) as number) cycle.push(back);
        return [start, ...cycle.reverse()];
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, index);
      queue.push(next);
    }
  }
  return [start];
}
