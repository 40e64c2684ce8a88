/// <reference types="vite/client" />
import { Background, Controls, MiniMap, ReactFlow, type ReactFlowInstance, useNodesState } from '@xyflow/react';
import { createRoot } from 'react-dom/client';
import { toWideDocument } from '../graph.ts';
import { countFromAddress, frameDrawn, offer, panFrames } from '../page.ts';
import '@xyflow/react/dist/style.css';

const count = countFromAddress();
const document = toWideDocument(count);
const firstNodes = document.nodes.map(({ id, name, position }) => ({
  id,
  position,
  width: 184,
  height: 64,
  data: { label: name },
}));
const edges = document.edges.map(({ from, to }) => ({ id: `${from.node}-${to.node}`, source: from.node, target: to.node }));
let changed = 0;
const middle = Math.floor(count / 200) * 100 + 50;

/** React Flow as its own examples use it. */
function Page() {
  const [nodes, setNodes, onNodesChange] = useNodesState(firstNodes);
  const start = (flow: ReactFlowInstance<(typeof firstNodes)[number], (typeof edges)[number]>) => {
    const pickId = () => {
      const { x, y, zoom } = flow.getViewport();
      const [atX, atY] = [(innerWidth / 2 - x) / zoom, (innerHeight / 2 - y) / zoom];
      const nearest = firstNodes.toSorted(
        (a, b) => Math.hypot(a.position.x - atX, a.position.y - atY) - Math.hypot(b.position.x - atX, b.position.y - atY),
      );
      return nearest[0]?.id ?? '';
    };
    const changeStatus = () => {
      changed += 1;
      const id = pickId();
      const label = `at ${changed}`;
      setNodes((before) => before.map((node) => (node.id === id ? { ...node, data: { label } } : node)));
      return { id, label };
    };
    offer({
      place: (where) =>
        void (where === 'fit'
          ? flow.fitView()
          : flow.setCenter(firstNodes[middle]?.position.x ?? 0, firstNodes[middle]?.position.y ?? 0, { zoom: 1 })),
      pan: (frames, step) => panFrames(flow, frames, step),
      changeStatus,
      async countFramesToPaint() {
        const { id, label } = changeStatus();
        for (let frames = 1; ; frames += 1) {
          await frameDrawn();
          if (globalThis.document.querySelector(`[data-id="${id}"]`)?.textContent === label) return frames;
        }
      },
    });
  };
  return (
    <ReactFlow nodes={nodes} edges={edges} onNodesChange={onNodesChange} fitView minZoom={0.01} onInit={start}>
      <Background />
      <Controls />
      <MiniMap />
    </ReactFlow>
  );
}

const root = globalThis.document.getElementById('root');
if (root !== null) createRoot(root).render(<Page />);
