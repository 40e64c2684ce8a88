import type { KindCategory } from '#shared/nodes/kind.ts';
import { findKind } from '#shared/nodes/registry.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { indexDocument } from '#shared/workflow/document-index.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import { toReference } from '#shared/workflow/reference.ts';
import { cardWidth, footerHeight, type Size, toBodyHeight, toNoteSize } from '../../canvas/card-geometry.ts';

/** A place on a card where edges end. `isMissing` when edges name it but the node does not have it. */
export interface CardPort {
  readonly name: string;
  readonly description: string | null;
  readonly isMissing: boolean;
}

/** Everything a node's card shows, apart from what a run did. */
export interface CardModel {
  readonly id: string;
  readonly kind: string;
  readonly kindTitle: string;
  readonly name: string;
  readonly summary: string;
  readonly category: KindCategory | 'unknown';
  readonly isDisabled: boolean;
  readonly isLocked: boolean;
  /** The name of the node whose work this one undoes, or null: it then stands outside the forward flow. */
  readonly undoes: string | null;
  /** True when another node undoes this one. */
  readonly isUndone: boolean;
  /** True when it runs a workflow that can be opened. */
  readonly runsWorkflow: boolean;
  readonly inputs: readonly CardPort[];
  readonly outputs: readonly CardPort[];
  /** The Markdown of a note; null on cards. */
  readonly note: string | null;
  /** Without the footer. */
  readonly size: Size;
}

/** Names of ports that edges use and the node does not have. */
export interface UsedPorts {
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
}

const noPorts: UsedPorts = { inputs: new Set(), outputs: new Set() };

/** The cards of a document in its order; the same node with the same edges gives the same card again. */
export function toCards(document: WorkflowDocument): readonly CardModel[] {
  const used = listUsedPorts(document);
  const ids = new Set(document.nodes.map(({ id }) => id));
  const undone = new Map(
    document.nodes.flatMap((node) => (node.compensation === undefined ? [] : [[node.compensation, node.name || node.id]])),
  );
  return document.nodes.map((node) =>
    toCard(node, used.get(node.id) ?? noPorts, {
      undoes: undone.get(node.id) ?? null,
      isUndone: node.compensation !== undefined && node.compensation !== node.id && ids.has(node.compensation),
    }),
  );
}

/** The card of one node. Ports that only edges know of are shown as missing, so that the edges stay visible. */
function toCard(node: WorkflowNode, used: UsedPorts, undoing: Undoing): CardModel {
  const ports = used === noPorts ? '' : `${[...used.inputs].join()}>${[...used.outputs].join()}`;
  const key = `${ports}>${undoing.undoes}>${undoing.isUndone}`;
  const known = cards.get(node);
  if (known?.key === key) return known.card;
  const card = makeCard(node, used, undoing);
  cards.set(node, { key, card });
  return card;
}

/** The height of a card on a canvas that shows a run below its body. */
export function toCardHeight(card: CardModel, hasFooter: boolean): number {
  return card.size.height + (hasFooter && card.note === null ? footerHeight : 0);
}

const cards = new WeakMap<WorkflowNode, { readonly key: string; readonly card: CardModel }>();

type Undoing = Pick<CardModel, 'undoes' | 'isUndone'>;

function makeCard(node: WorkflowNode, used: UsedPorts, undoing: Undoing): CardModel {
  const view = viewNode(node);
  const kind = findKind(node.kind);
  const ports = view.type === 'valid' ? view.ports : null;
  const inputs = toCardPorts(ports?.inputs ?? null, used.inputs);
  const outputs = toCardPorts(ports?.outputs ?? null, used.outputs);
  const isNote = node.kind === 'note';
  const text = isNote && typeof node.config.text === 'string' ? node.config.text : '';
  return {
    id: node.id,
    kind: node.kind,
    kindTitle: kind?.title ?? node.kind,
    name: node.name || kind?.title || node.id,
    summary:
      view.type === 'valid'
        ? view.kind.summary(view.config)
        : view.type === 'unknownKind'
          ? `unknown kind “${node.kind}”`
          : 'its settings cannot be read',
    category: kind?.category ?? 'unknown',
    isDisabled: node.disabled === true,
    isLocked: node.locked === true,
    ...undoing,
    runsWorkflow: toReference(node) !== '',
    inputs,
    outputs,
    note: isNote ? text : null,
    size: isNote ? toNoteSize(text) : { width: cardWidth, height: toBodyHeight(inputs.length, outputs.length) },
  };
}

/** The kind's ports, then those that edges name beyond them. Of a node that cannot be read, all are taken as there. */
function toCardPorts(
  ports: readonly { readonly name: string; readonly description?: string }[] | null,
  used: ReadonlySet<string>,
): readonly CardPort[] {
  const known = (ports ?? []).map(({ name, description = '' }): CardPort => ({ name, description: description || null, isMissing: false }));
  const names = new Set(known.map((port) => port.name));
  const more = [...used].filter((name) => !names.has(name));
  return [...known, ...more.map((name): CardPort => ({ name, description: null, isMissing: ports !== null }))];
}

/** Only the ports that their node does not have by itself: of most graphs, none. */
function listUsedPorts(document: WorkflowDocument): ReadonlyMap<string, UsedPorts> {
  const { nodes } = indexDocument(document);
  const used = new Map<string, { readonly inputs: Set<string>; readonly outputs: Set<string> }>();
  const add = (id: string, side: keyof UsedPorts, port: string) => {
    const node = nodes.get(id);
    const view = node === undefined ? null : viewNode(node);
    if (view?.type === 'valid' && view.ports[side].some(({ name }) => name === port)) return;
    const found = used.get(id) ?? { inputs: new Set(), outputs: new Set() };
    used.set(id, found);
    found[side].add(port);
  };
  for (const { from, to } of document.edges) {
    add(from.node, 'outputs', from.port);
    add(to.node, 'inputs', to.port);
  }
  return used;
}
