import { useEffect, useRef } from 'react';
import type { JsonObject } from '#shared/base/json.ts';
import type { NodeKind } from '#shared/nodes/kind.ts';
import { cardWidth, toBodyHeight } from '../../canvas/card-geometry.ts';
import { type QuickAdd, useCanvasUi } from './canvas-ui.ts';
import { toOpenEnd } from './connecting.ts';
import { addNode, type EditorTarget, toDocument, toPlaceBeside, toViewCentre } from './editor-actions.ts';
import { KindSearch } from './kind-list.tsx';
import { insertNewIntoEdge, replaceKind, toInsertedNode } from './node-actions.ts';
import type { KindChoice } from './quick-add-ranking.ts';

const width = 388;
const height = 388;

/** The search that hangs where the pointer is and adds the chosen kind there, connected when it was opened from a port. */
export function QuickAddPopover({ target, canvas }: { readonly target: EditorTarget; readonly canvas: HTMLElement | null }) {
  const quickAdd = useCanvasUi((store) => (store.quickAdd?.tabId === target.tabId ? store.quickAdd : null));
  const popover = useRef<HTMLDivElement>(null);
  const isOpen = quickAdd !== null;

  useEffect(() => {
    if (!isOpen) return undefined;
    const onPointerDown = (event: PointerEvent) => {
      if (!popover.current?.contains(event.target as Node)) close();
    };
    window.addEventListener('pointerdown', onPointerDown, true);
    return () => window.removeEventListener('pointerdown', onPointerDown, true);
  }, [isOpen]);

  if (quickAdd === null || canvas === null) return null;
  const left = Math.max(8, Math.min(quickAdd.at.x, canvas.clientWidth - width - 8));
  const top = Math.max(8, Math.min(quickAdd.at.y, canvas.clientHeight - height - 8));
  const end = quickAdd.end === null ? null : toOpenEnd(toDocument(target), quickAdd.end);
  return (
    <div
      ref={popover}
      role="dialog"
      aria-label={toTitle(quickAdd)}
      style={{ left, top, width }}
      className="absolute z-30 overflow-hidden rounded-lg border border-line-strong bg-surface-2 shadow-pop"
    >
      <KindSearch
        end={end}
        isOffered={toOffer(target, quickAdd)}
        onClose={() => {
          close();
          canvas.focus();
        }}
        onChoose={(choice) => {
          close();
          choose(target, quickAdd, choice);
          canvas.focus();
        }}
      />
    </div>
  );
}

function close(): void {
  useCanvasUi.setState({ quickAdd: null });
}

function toTitle({ purpose, end }: QuickAdd): string {
  if (purpose.type === 'replace') return 'Replace with another kind';
  if (purpose.type === 'insert') return 'Insert a node into the edge';
  return end === null ? 'Add a node' : 'Add a node and connect it';
}

/** The kinds that make sense: others than before, or such as fit into the edge. */
function toOffer(target: EditorTarget, { purpose }: QuickAdd): (kind: NodeKind) => boolean {
  const document = toDocument(target);
  if (purpose.type === 'replace') {
    const kinds = new Set(document.nodes.flatMap((node) => (purpose.nodes.includes(node.id) ? [node.kind] : [])));
    return ({ kind }) => kinds.size > 1 || !kinds.has(kind);
  }
  return purpose.type === 'insert' ? (kind) => toInsertedNode(document, kind, purpose.edge) !== null : () => true;
}

function choose(target: EditorTarget, { place, end, purpose }: QuickAdd, { kind, port }: KindChoice): void {
  if (purpose.type === 'replace') replaceKind(target, purpose.nodes, kind);
  else if (purpose.type === 'insert') insertNewIntoEdge(target, kind, purpose.edge);
  else if (end === null || port === null) addNode(target, kind, place ?? toViewCentre(target, kind));
  else {
    const at = place === null ? toPlaceBeside(toDocument(target), end) : toDropPlace(place, end.side, kind);
    addNode(target, kind, at, { end, port });
  }
}

/** An edge that was dropped ends at the new card's edge, not at its corner. */
function toDropPlace(drop: { readonly x: number; readonly y: number }, side: 'inputs' | 'outputs', kind: KindChoice['kind']) {
  const ports = kind.ports(kind.defaultConfig as JsonObject);
  const body = toBodyHeight(ports.inputs.length, ports.outputs.length);
  return { x: side === 'outputs' ? drop.x : drop.x - cardWidth, y: drop.y - body / 2 };
}
