import { getViewportForBounds, type ReactFlowInstance } from '@xyflow/react';
import { useEffect } from 'react';
import { boundsOf, type Rect, type Scene } from '../../canvas/scene.ts';
import { useTabs } from '../../state/tabs.ts';
import type { CardNode, FlowEdge } from './flow-elements.ts';

/** A canvas that is drawn, as commands and other parts of the editor reach it. */
export interface CanvasHandle {
  readonly tabId: string;
  readonly flow: ReactFlowInstance<CardNode, FlowEdge>;
  readonly element: HTMLElement;
  /** Everything on it, mounted or not. */
  readonly scene: () => Scene;
}

const handles = new Map<string, CanvasHandle>();

/** The canvas of the tab in front, or null. */
export function findActiveCanvas(): CanvasHandle | null {
  const { activeId } = useTabs.getState();
  return (activeId === null ? undefined : handles.get(activeId)) ?? null;
}

export function findCanvas(tabId: string): CanvasHandle | null {
  return handles.get(tabId) ?? null;
}

/** Makes a canvas reachable while it is drawn. */
export function useCanvasHandle(tabId: string, flow: CanvasHandle['flow'] | null, element: HTMLElement | null, scene: () => Scene): void {
  useEffect(() => {
    if (flow === null || element === null) return undefined;
    const handle: CanvasHandle = { tabId, flow, element, scene };
    handles.set(tabId, handle);
    return () => {
      if (handles.get(tabId) === handle) handles.delete(tabId);
    };
  }, [tabId, flow, element, scene]);
}

/** How long the canvas takes to move to another view; not at all for those who do not want motion. */
export function toMotionMs(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160;
}

/** The whole graph in view. */
export function fitAll(canvas: CanvasHandle): void {
  const { cards, frames } = canvas.scene();
  fitBounds(canvas, boundsOf([...cards, ...frames]));
}

/** These nodes in view, not larger than they are. */
export function fitNodes(canvas: CanvasHandle, nodes: readonly string[]): void {
  const wanted = new Set(nodes);
  fitBounds(canvas, boundsOf(canvas.scene().cards.filter((card) => wanted.has(card.id))));
}

function fitBounds({ flow, element }: CanvasHandle, bounds: Rect | null): void {
  if (bounds !== null)
    void flow.setViewport(toFittingViewport(bounds, element.clientWidth, element.clientHeight), { duration: toMotionMs() });
}

/** Where a canvas of this size stands so that it shows all of a part, not larger than it is. */
export function toFittingViewport(bounds: Rect, width: number, height: number): { x: number; y: number; zoom: number } {
  return getViewportForBounds(bounds, width, height, leastZoom, 1, fitPadding);
}

/** Moves the canvas just so far that the node is in view; one that is too small to read is brought close as well. */
export function bringIntoView({ flow, element, scene }: CanvasHandle, id: string): void {
  const card = scene().cards.find((candidate) => candidate.id === id);
  if (card === undefined) return;
  const { x, y, zoom } = flow.getViewport();
  if (zoom < 0.4) {
    void flow.setCenter(card.x + card.width / 2, card.y + card.height / 2, { zoom: 0.75, duration: toMotionMs() });
    return;
  }
  const dx = toShift(card.x * zoom + x, card.width * zoom, element.clientWidth);
  const dy = toShift(card.y * zoom + y, card.height * zoom, element.clientHeight);
  if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: toMotionMs() });
}

/** How far a stretch has to move to lie within a view, clear of what floats at its edges. */
function toShift(start: number, length: number, view: number): number {
  const margin = Math.min(64, Math.max(0, (view - length) / 2));
  if (start < margin) return margin - start;
  return Math.min(0, view - margin - start - length);
}

/** From how far away the canvas can be seen: 10,000 cards fit. */
export const leastZoom = 0.01;

/** Room around the graph; the lower edge also holds zoom controls and overview. */
const fitPadding = { top: '56px', right: '40px', bottom: '64px', left: '40px' } as const;
