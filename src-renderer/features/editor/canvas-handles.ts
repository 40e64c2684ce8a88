import type { ReactFlowInstance } from '@xyflow/react';
import { useEffect } from 'react';
import { useTabs } from '../../state/tabs.ts';
import type { CardNode, FlowEdge } from './flow-elements.ts';

/** A canvas that is drawn, as commands and other parts of the editor reach it. */
export interface CanvasHandle {
  readonly tabId: string;
  readonly flow: ReactFlowInstance<CardNode, FlowEdge>;
  readonly element: HTMLElement;
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
export function useCanvasHandle(tabId: string, flow: CanvasHandle['flow'] | null, element: HTMLElement | null): void {
  useEffect(() => {
    if (flow === null || element === null) return undefined;
    const handle: CanvasHandle = { tabId, flow, element };
    handles.set(tabId, handle);
    return () => {
      if (handles.get(tabId) === handle) handles.delete(tabId);
    };
  }, [tabId, flow, element]);
}

/** How long the canvas takes to move to another view; not at all for those who do not want motion. */
export function toMotionMs(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160;
}

/** The whole graph in view. */
export function fitAll({ flow }: CanvasHandle): void {
  void flow.fitView({ ...fitOptions, duration: toMotionMs() });
}

/** These nodes in view, not larger than they are. */
export function fitNodes({ flow }: CanvasHandle, nodes: readonly string[]): void {
  if (nodes.length > 0) void flow.fitView({ ...fitOptions, nodes: nodes.map((id) => ({ id })), duration: toMotionMs() });
}

/** Moves the canvas just so far that the node is in view; one that is too small to read is brought close as well. */
export function bringIntoView({ flow, element }: CanvasHandle, id: string): void {
  const node = flow.getNode(id);
  if (node === undefined) return;
  const { x, y, zoom } = flow.getViewport();
  const { width = 0, height = 0 } = node;
  if (zoom < 0.4) {
    void flow.setCenter(node.position.x + width / 2, node.position.y + height / 2, { zoom: 0.75, duration: toMotionMs() });
    return;
  }
  const dx = toShift(node.position.x * zoom + x, width * zoom, element.clientWidth);
  const dy = toShift(node.position.y * zoom + y, height * zoom, element.clientHeight);
  if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: toMotionMs() });
}

/** How far a stretch has to move to lie within a view, clear of what floats at its edges. */
function toShift(start: number, length: number, view: number): number {
  const margin = Math.min(64, Math.max(0, (view - length) / 2));
  if (start < margin) return margin - start;
  return Math.min(0, view - margin - start - length);
}

/** Room around the graph; the lower edge also holds zoom controls and minimap. */
export const fitOptions = { maxZoom: 1, minZoom: 0.02, padding: { top: '56px', right: '40px', bottom: '64px', left: '40px' } } as const;
