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

/** Moves the canvas only when the node is not in view already. */
export function bringIntoView({ flow, element }: CanvasHandle, id: string): void {
  const node = flow.getNode(id);
  if (node === undefined) return;
  const { x, y, zoom } = flow.getViewport();
  const { width = 0, height = 0 } = node;
  const left = node.position.x * zoom + x;
  const top = node.position.y * zoom + y;
  const isInView =
    left >= 0 && top >= 0 && left + width * zoom <= element.clientWidth && top + height * zoom <= element.clientHeight && zoom >= 0.4;
  if (!isInView)
    void flow.setCenter(node.position.x + width / 2, node.position.y + height / 2, { zoom: Math.max(zoom, 0.75), duration: toMotionMs() });
}

/** Room around the graph; the lower edge also holds zoom controls and minimap. */
export const fitOptions = { maxZoom: 1, minZoom: 0.02, padding: { top: '56px', right: '40px', bottom: '64px', left: '40px' } } as const;
