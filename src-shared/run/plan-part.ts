import { HeddleError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Port } from '../nodes/kind.ts';
import { findKind } from '../nodes/registry.ts';
import type { WorkflowDocument, WorkflowNode } from '../workflow/document.ts';
import { compileExpression } from '../workflow/expression.ts';
import { buildGraph, listDescendants } from '../workflow/graph.ts';
import { viewNode } from '../workflow/node-view.ts';
import { splitTemplate } from '../workflow/template.ts';
import type { GivenNode, PartMode } from './part.ts';

/** What running a part of a workflow takes. */
export interface PartPlan {
  /** The nodes that run, in the order of the document. */
  readonly nodes: readonly string[];
  /** The nodes whose outputs must be given for it. */
  readonly needs: readonly PartNeed[];
}

/** A node that does not run, and what is asked of it by those that do. */
export interface PartNeed {
  readonly node: string;
  /** Output ports that something is connected to or speaks of; all when it is spoken of as a whole. */
  readonly ports: readonly Port[];
}

/**
 * The nodes that run in a part, and those that must be given. A pinned node is given wherever it is not the one that was asked for, and what
 * only it needs does not run. Refuses with `run.partInvalid` a node that cannot be run.
 */
export function planPart(
  document: WorkflowDocument,
  { mode, node: target }: { readonly mode: PartMode; readonly node: string },
  pinned: ReadonlySet<string>,
): PartPlan {
  const parts = toParts(document);
  refuseTarget(document, parts, target);
  const isGiven = (id: string) => id !== target && pinned.has(id);
  const runs = listRunning(document, parts, { mode, target }, isGiven);
  const asked = new Map<string, Set<string | null>>();
  for (const id of runs) {
    for (const { node, port } of parts.get(id)?.asks ?? []) {
      if (runs.has(node) || parts.get(node)?.node.disabled === true) continue;
      asked.set(node, (asked.get(node) ?? new Set()).add(port));
    }
  }
  const inOrder = document.nodes.map(({ id }) => id);
  return {
    nodes: inOrder.filter((id) => runs.has(id)),
    needs: inOrder.flatMap((id) => {
      const ports = asked.get(id);
      return ports === undefined ? [] : [{ node: id, ports: toPorts(parts.get(id)?.node, ports) }];
    }),
  };
}

/**
 * The given nodes whose skipped outputs would keep the first nodes of the part from running: a port of the target that gets nothing from
 * any of its edges. They have to be given otherwise.
 */
export function listBlocking(
  document: WorkflowDocument,
  target: string,
  nodes: readonly string[],
  given: Readonly<Record<string, GivenNode>>,
): readonly string[] {
  const runs = new Set(nodes);
  const edgesByPort = Map.groupBy(
    document.edges.filter(({ to }) => to.node === target),
    ({ to }) => to.port,
  );
  return [...edgesByPort.values()].flatMap((edges) => {
    const isFed = edges.some(({ from }) => runs.has(from.node) || given[from.node]?.outputs?.[from.port] !== undefined);
    return isFed ? [] : edges.flatMap(({ from }) => (given[from.node] === undefined ? [] : [from.node]));
  });
}

/** The document with nothing but the nodes of a part, and what undoes them. */
export function toPartDocument(document: WorkflowDocument, nodes: readonly string[]): WorkflowDocument {
  const kept = new Set(nodes);
  for (const { id, compensation } of document.nodes) if (compensation !== undefined && kept.has(id)) kept.add(compensation);
  return { ...document, nodes: document.nodes.filter(({ id }) => kept.has(id)) };
}

interface Part {
  readonly node: WorkflowNode;
  /** The outputs that it, or what undoes it, takes along edges (`port`) or speaks of (`port`, or null for all of them). */
  readonly asks: readonly { readonly node: string; readonly port: string | null }[];
}

/** The executable nodes of the forward flow. */
function toParts(document: WorkflowDocument): ReadonlyMap<string, Part> {
  const undoing = new Set(document.nodes.flatMap(({ compensation }) => compensation ?? []));
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const edgesTo = Map.groupBy(document.edges, ({ to }) => to.node);
  const forward = document.nodes.filter(({ id, kind }) => !undoing.has(id) && findKind(kind)?.isExecutable !== false);
  const isForward = new Set(forward.map(({ id }) => id));
  return new Map(
    forward.map((node) => {
      const undoer = node.compensation === undefined ? undefined : byId.get(node.compensation);
      const spoken = [...listSpokenOf(node), ...(undoer === undefined ? [] : listSpokenOf(undoer))];
      const connected = (edgesTo.get(node.id) ?? []).map(({ from }) => from);
      return [node.id, { node, asks: [...connected, ...spoken].filter((ask) => ask.node !== node.id && isForward.has(ask.node)) }];
    }),
  );
}

function listSpokenOf(node: WorkflowNode): Part['asks'] {
  const view = viewNode(node);
  if (view.type !== 'valid') return [];
  return view.expressions.flatMap(({ form, source, names = [] }) => {
    const sources =
      form === 'expression' ? [source] : splitTemplate(source).flatMap((part) => (part.type === 'expression' ? [part.source] : []));
    return sources.flatMap((text) =>
      toReferences(text).flatMap(({ root, member }) => (names.includes(root) ? [] : [{ node: root, port: member }])),
    );
  });
}

/** An expression that cannot be read is for the check of the workflow to refuse. */
function toReferences(source: string): ReturnType<typeof compileExpression>['references'] {
  try {
    return compileExpression(source).references;
  } catch (thrown) {
    if (thrown instanceof HeddleError) return [];
    throw thrown;
  }
}

function listRunning(
  document: WorkflowDocument,
  parts: ReadonlyMap<string, Part>,
  { mode, target }: { readonly mode: PartMode; readonly target: string },
  isGiven: (id: string) => boolean,
): ReadonlySet<string> {
  switch (mode) {
    case 'only':
      return new Set([target]);
    case 'from': {
      const following = listDescendants(buildGraph(document), target);
      return new Set([target, ...[...following].filter((id) => parts.has(id) && !isGiven(id))]);
    }
    case 'to': {
      const runs = new Set([target]);
      for (const id of runs) for (const { node } of parts.get(id)?.asks ?? []) if (!isGiven(node)) runs.add(node);
      return runs;
    }
  }
}

function toPorts(node: WorkflowNode | undefined, asked: ReadonlySet<string | null>): readonly Port[] {
  const view = node === undefined ? undefined : viewNode(node);
  const ports = view?.type === 'valid' ? view.ports.outputs : [];
  return asked.has(null) ? ports : ports.filter(({ name }) => asked.has(name));
}

function refuseTarget(document: WorkflowDocument, parts: ReadonlyMap<string, Part>, target: string): void {
  const node = document.nodes.find(({ id }) => id === target);
  if (node === undefined) throw refusal(target, `“${document.name}” has no node “${target}”.`);
  const label = node.name || node.id;
  if (findKind(node.kind)?.isExecutable === false) throw refusal(target, `${label} is there for people to read; it does not run.`);
  if (!parts.has(target)) throw refusal(target, `${label} runs only to undo another node, so it cannot be run by itself.`);
  if (node.disabled === true) throw refusal(target, `${label} is disabled. Enable it to run it.`);
}

function refusal(node: string, message: string): HeddleError {
  const details: JsonObject = { node };
  return new HeddleError('run.partInvalid', message, { details });
}
