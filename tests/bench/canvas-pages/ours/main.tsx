/// <reference types="vite/client" />
import { Tooltip } from 'radix-ui';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type CanvasHandle, findCanvas, fitAll } from '#renderer/features/editor/canvas-handles.ts';
import { RunCanvas } from '#renderer/features/editor/run-canvas.tsx';
import { toRunEvent } from '#shared/run/events.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toStartedEvent } from '../../../support/run-started.ts';
import { toWideDocument } from '../graph.ts';
import { countFromAddress, frameDrawn, offer, panFrames } from '../page.ts';
import '#renderer/ui/tokens.css';

const runKey = 'run:bench';
const count = countFromAddress();
const workflow = toWideDocument(count);
const middle = Math.floor(count / 200) * 100 + 50;
const none: ReadonlySet<string> = new Set();
const ignore = () => undefined;
let seq = 1;
let started = 0;

/** The canvas of a run, as the window shows it. */
function Page() {
  const [state, setState] = useState<RunState>(() => reduceRun(null, toStartedEvent(workflow)));
  putState = setState;
  return (
    <RunCanvas
      runKey={runKey}
      state={state}
      graph={state}
      scope=""
      streamingNodes={none}
      selectedNode={null}
      onSelectNode={ignore}
      onEnterNode={ignore}
    />
  );
}

let putState: (change: (before: RunState) => RunState) => void = ignore;

function canvasOf(): CanvasHandle {
  const canvas = findCanvas(runKey);
  if (canvas === null) throw new Error('The canvas is not there yet');
  return canvas;
}

/** The node nearest to the middle of the view that has not begun yet. */
function pickNode(): WorkflowNode {
  const { flow } = canvasOf();
  const { x, y, zoom } = flow.getViewport();
  const [atX, atY] = [(innerWidth / 2 - x) / zoom, (innerHeight / 2 - y) / zoom];
  const distance = ({ position }: WorkflowNode) => Math.hypot(position.x - atX, position.y - atY);
  const sorted = workflow.nodes.filter(({ id }) => !begun.has(id)).sort((a, b) => distance(a) - distance(b));
  return sorted[0] as WorkflowNode;
}

type WorkflowNode = (typeof workflow.nodes)[number];
const begun = new Set<string>();

function changeStatus(): WorkflowNode {
  const node = pickNode();
  begun.add(node.id);
  started += 1;
  seq += 1;
  const event = { ...toRunEvent('node.started', { node: node.id, attempt: 1, inputs: {} }, started), stream: 'run/bench', seq };
  putState((before) => reduceRun(before, event as Parameters<typeof reduceRun>[1]));
  return node;
}

offer({
  place(where) {
    const canvas = canvasOf();
    if (where === 'fit') fitAll(canvas);
    else {
      const { position } = workflow.nodes[middle] as WorkflowNode;
      void canvas.flow.setCenter(position.x, position.y, { zoom: 1 });
    }
  },
  pan: (frames, step) => panFrames(canvasOf().flow, frames, step),
  changeStatus,
  async countFramesToPaint() {
    const { flow, element } = canvasOf();
    const painted = element.querySelector<HTMLCanvasElement>('.heddle-far-layer[data-painted]');
    const before = painted === null ? null : pixels(painted);
    const { id } = changeStatus();
    for (let frames = 1; ; frames += 1) {
      await frameDrawn();
      const card = element.querySelector(`[data-id="${id}"] .heddle-card`);
      if (painted === null ? card?.getAttribute('data-status') === 'running' : pixels(painted) !== before) return frames;
      if (frames > 120) throw new Error(`Nothing was painted at zoom ${flow.getZoom()}`);
    }
  },
});

/** What stands around the middle of a canvas, to be compared. */
function pixels(canvas: HTMLCanvasElement): string {
  const { width, height } = canvas;
  return (
    canvas
      .getContext('2d')
      ?.getImageData(width / 2 - 40, height / 2 - 40, 80, 80)
      .data.join() ?? ''
  );
}

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <Tooltip.Provider>
      <Page />
    </Tooltip.Provider>,
  );
