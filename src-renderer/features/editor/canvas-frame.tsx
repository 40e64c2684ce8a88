import { Background, BackgroundVariant, ReactFlow, type ReactFlowProps, ReactFlowProvider } from '@xyflow/react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { gridSize } from '../../canvas/card-geometry.ts';
import { Overview, ZoomControls } from './canvas-controls.tsx';
import { type CanvasHandle, fitOptions, useCanvasHandle } from './canvas-handles.ts';
import { FlowEdgeLine } from './flow-edge.tsx';
import type { CardNode, FlowEdge } from './flow-elements.ts';
import { NodeCard } from './node-card.tsx';
import { NoteCard } from './note-card.tsx';
import { UndoLink } from './undo-link.tsx';
import './canvas.css';

const nodeTypes = { card: NodeCard, note: NoteCard };
const edgeTypes = { flow: FlowEdgeLine, undo: UndoLink };

export interface CanvasFrameProps extends ReactFlowProps<CardNode, FlowEdge> {
  readonly tabId: string;
  readonly label: string;
  /** What the selection is, for those who do not see it. */
  readonly announcement: string;
  readonly isConnecting?: boolean;
  /** Inside the drawing library's provider: its own panels. */
  readonly children?: ReactNode;
  /** Beside the canvas, in the same frame: what floats over it. */
  readonly overlays?: (element: HTMLElement | null) => ReactNode;
}

/** The canvas itself, for editing and for watching: background, overview, zoom, one tab stop, spoken selection. */
export function CanvasFrame(props: CanvasFrameProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ tabId, label, announcement, isConnecting = false, children, overlays, ...flowProps }: CanvasFrameProps) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [flow, setFlow] = useState<CanvasHandle['flow'] | null>(null);
  useCanvasHandle(tabId, flow, element);
  const hasMoved = useFitUntilMoved(flow, element);
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
      >
        <ReactFlow<CardNode, FlowEdge>
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={0.02}
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
          fitViewOptions={fitOptions}
          onInit={setFlow}
          onMoveStart={(event) => {
            // Null when the canvas was moved by a command or by itself.
            if (event !== null) hasMoved.current = true;
          }}
          {...flowProps}
        >
          <Background variant={BackgroundVariant.Dots} gap={gridSize * 3} size={1.4} />
          <ZoomControls />
          <Overview />
          {children}
        </ReactFlow>
      </div>
      <p aria-live="polite" className="sr-only">
        {announcement}
      </p>
      {overlays?.(element)}
    </div>
  );
}

/** While nobody has moved the canvas, the graph stays in view whatever size the canvas takes: docking lays it out in steps. */
function useFitUntilMoved(flow: CanvasHandle['flow'] | null, element: HTMLElement | null) {
  const hasMoved = useRef(false);
  useEffect(() => {
    if (flow === null || element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (!hasMoved.current && flow.getNodes().length > 0) void flow.fitView(fitOptions);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [flow, element]);
  return hasMoved;
}

const multiSelectionKeys = ['Shift', 'Meta', 'Control'];
const proOptions = { hideAttribution: true };
