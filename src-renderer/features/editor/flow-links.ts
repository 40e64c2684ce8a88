import { findKind } from '#shared/nodes/registry.ts';
import { toEdgeId, type WorkflowDocument, type WorkflowEdge } from '#shared/workflow/document.ts';
import { toPortOffsets } from '../../canvas/card-geometry.ts';
import type { CardModel, CardPort } from './card-model.ts';

/** An edge of a document, or the link from a node to what undoes it, between cards by their places in the document. */
export interface Link {
  readonly id: string;
  readonly type: 'flow' | 'undo';
  readonly from: number;
  readonly to: number;
  readonly source: string;
  readonly sourceHandle: string;
  readonly target: string;
  readonly targetHandle: string;
  readonly label: string | null;
  /** How far below the top of its card each end is; unused where links leave from below. */
  readonly fromOffset: number;
  readonly toOffset: number;
  /** Its place among the document's edges; -1 for links. */
  readonly edge: number;
}

/** The hidden handles between which links to compensations are drawn. */
export const undoHandles = { source: 'undo:from', target: 'undo:to' } as const;

/** Everything that is drawn between cards, each id once. Edges whose ends are not there are left to the problems. */
export function toLinks(document: WorkflowDocument, cards: readonly CardModel[]): readonly Link[] {
  const places = new Map<string, number>();
  document.nodes.forEach(({ id }, index) => {
    if (!places.has(id)) places.set(id, index);
  });
  const links = new Map<string, Link>();
  document.edges.forEach((edge, index) => {
    const [from, to] = [places.get(edge.from.node), places.get(edge.to.node)];
    if (from === undefined || to === undefined) return;
    const link = toLink(edge, index, { place: from, card: cards[from] as CardModel }, { place: to, card: cards[to] as CardModel });
    if (!links.has(link.id)) links.set(link.id, link);
  });
  document.nodes.forEach(({ id: source, compensation: target }, from) => {
    const to = target === undefined ? undefined : places.get(target);
    if (target === undefined || to === undefined || target === source) return;
    const id = `undo:${source}->${target}`;
    links.set(id, {
      id,
      type: 'undo',
      from,
      to,
      source,
      sourceHandle: undoHandles.source,
      target,
      targetHandle: undoHandles.target,
      label: 'undone by',
      fromOffset: 0,
      toOffset: 0,
      edge: -1,
    });
  });
  return [...links.values()];
}

interface End {
  readonly place: number;
  readonly card: CardModel;
}

/** The same edge between the same cards at the same places gives the same link again. */
function toLink(edge: WorkflowEdge, index: number, from: End, to: End): Link {
  const known = knownLinks.get(edge);
  const isSame =
    known !== undefined &&
    known.link.edge === index &&
    known.link.from === from.place &&
    known.link.to === to.place &&
    known.source === from.card &&
    known.target === to.card;
  if (isSame) return known.link;
  const link: Link = {
    id: toEdgeId(edge),
    type: 'flow',
    from: from.place,
    to: to.place,
    source: edge.from.node,
    sourceHandle: edge.from.port,
    target: edge.to.node,
    targetHandle: edge.to.port,
    label: edge.label ?? toWayLabel(from.card.kind, edge.from.port),
    fromOffset: toOffset(from.card.outputs, edge.from.port, from.card.size.height),
    toOffset: toOffset(to.card.inputs, edge.to.port, to.card.size.height),
    edge: index,
  };
  knownLinks.set(edge, { link, source: from.card, target: to.card });
  return link;
}

const knownLinks = new WeakMap<WorkflowEdge, { readonly link: Link; readonly source: CardModel; readonly target: CardModel }>();

function toOffset(ports: readonly CardPort[], name: string, height: number): number {
  return (
    toPortOffsets(ports.length, height)[
      Math.max(
        0,
        ports.findIndex((port) => port.name === name),
      )
    ] ?? height / 2
  );
}

/** Where a node splits the way, each edge says which way it is. */
function toWayLabel(kind: string, port: string): string | null {
  const category = findKind(kind)?.category;
  return category === 'human' || kind === 'branch' ? port : null;
}
