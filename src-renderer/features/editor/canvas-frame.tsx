import { Background, BackgroundVariant, ReactFlow, type ReactFlowProps, type Viewport } from '@xyflow/react';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { gridSize } from '../../canvas/card-geometry.ts';
import { boundsOf, type Scene } from '../../canvas/scene.ts';
import { ZoomControls } from './canvas-controls.tsx';
import { type CanvasHandle, leastZoom, toFittingViewport, useCanvasHandle } from './canvas-handles.ts';
import type { CanvasLevel } from './canvas-level.ts';
import { useDetail } from './detail.ts';
import { FarLayer } from './far-layer.tsx';
import { FlowEdgeLine } from './flow-edge.tsx';
import type { CardNode, FlowEdge } from './flow-elements.ts';
import { NodeCard } from './node-card.tsx';
import { NoteCard } from './note-card.tsx';
import { Overview } from './overview.tsx';
import { UndoLink } from './undo-link.tsx';
import './canvas.css';

const nodeTypes = { card: NodeCard, note: NoteCard };
const edgeTypes = { flow: FlowEdgeLine, undo: UndoLink };

export interface CanvasFrameProps extends ReactFlowProps<CardNode, FlowEdge> {
  readonly tabId: string;
  readonly label: string;
  /** What the selection is, for those who do not see it. */
  readonly announcement: string;
  readonly scene: Scene;
  readonly getScene: () => Scene;
  readonly level: CanvasLevel;
  /** Whether the graph is brought into view when the canvas opens. */
  readonly isFitted: boolean;
  readonly isConnecting?: boolean;
  /** Inside the drawing library's provider: its own panels. */
  readonly children?: ReactNode;
  /** Beside the canvas, in the same frame: what floats over it. */
  readonly overlays?: (element: HTMLElement | null) => ReactNode;
}

/** The canvas itself, for editing and for watching: background, cards at every zoom, overview, zoom, one tab stop, spoken selection. */
export function CanvasFrame({
  tabId,
  label,
  announcement,
  scene,
  getScene,
  level,
  isFitted,
  isConnecting = false,
  children,
  overlays,
  ...flowProps
}: CanvasFrameProps) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [flow, setFlow] = useState<CanvasHandle['flow'] | null>(null);
  useCanvasHandle(tabId, flow, element, getScene);
  const { first, hasMoved } = useFitUntilMoved(flow, element, getScene, isFitted);
  return (
    <div className="heddle-canvas relative h-full" data-connecting={isConnecting || undefined}>
      <div
        ref={setElement}
        role="application"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas is one widget with keys of its own.
        tabIndex={0}
        className="heddle-canvas-surface h-full outline-none"
        data-canvas={tabId}
        data-level={level.type}
      >
        {first !== null && (
          <ReactFlow<CardNode, FlowEdge>
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            defaultViewport={first}
            minZoom={leastZoom}
            maxZoom={2}
            onlyRenderVisibleElements
            nodesFocusable={false}
            edgesFocusable={false}
            disableKeyboardA11y
            deleteKeyCode={null}
            multiSelectionKeyCode={multiSelectionKeys}
            panActivationKeyCode={null}
            zoomOnDoubleClick={false}
            elevateNodesOnSelect={false}
            attributionPosition="top-right"
            proOptions={proOptions}
            onInit={setFlow}
            onMoveStart={(event) => {
              // Null when the canvas was moved by a command or by itself.
              if (event !== null) hasMoved.current = true;
            }}
            {...flowProps}
          >
            <Dots />
            <FarLayer scene={scene} level={level} />
            <ZoomControls />
            <Overview scene={scene} />
            {children}
          </ReactFlow>
        )}
      </div>
      <p aria-live="polite" className="sr-only">
        {announcement}
      </p>
      {overlays?.(element)}
    </div>
  );
}

/** The grid; from so far away that its dots would run together, there is none. */
function Dots() {
  return useDetail() === 'dot' ? null : <Background variant={BackgroundVariant.Dots} gap={gridSize * 3} size={1.4} />;
}

/**
 * Where the canvas stands when it opens, null until its size is known: with the graph in view, and so it stays, whatever size the
 * canvas takes, while nobody has moved it. Docking lays it out in steps.
 */
function useFitUntilMoved(flow: CanvasHandle['flow'] | null, element: HTMLElement | null, scene: () => Scene, isFitted: boolean) {
  const hasMoved = useRef(false);
  const [first, setFirst] = useState<Viewport | null>(null);
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const bringIn = () => {
      const { clientWidth, clientHeight } = element;
      if (hasMoved.current || clientWidth === 0 || clientHeight === 0) return;
      const { cards, frames } = scene();
      const bounds = boundsOf([...cards, ...frames]);
      const fitting = bounds === null ? null : toFittingViewport(bounds, clientWidth, clientHeight);
      if (flow === null) setFirst((before) => before ?? (isFitted ? fitting : null) ?? start);
      else if (fitting !== null) void flow.setViewport(fitting);
    };
    bringIn();
    const observer = new ResizeObserver(bringIn);
    observer.observe(element);
    return () => observer.disconnect();
  }, [flow, element, scene, isFitted]);
  return { first, hasMoved };
}

const start: Viewport = { x: 0, y: 0, zoom: 1 };
const multiSelectionKeys = ['Shift', 'Meta', 'Control'];
const proOptions = { hideAttribution: true };
