import { MiniMap, Panel, useReactFlow, useStore } from '@xyflow/react';
import { Maximize, Minus, Plus } from 'lucide-react';
import { keysOf, runCommand } from '../../app/commands.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { toMotionMs } from './canvas-handles.ts';
import type { CardNode, FlowEdge } from './flow-elements.ts';

/** Zoom and fit, in the lower left corner. */
export function ZoomControls() {
  const flow = useReactFlow<CardNode, FlowEdge>();
  const percent = useStore((store) => Math.round(store.transform[2] * 100));
  return (
    <Panel position="bottom-left" className="!m-3 flex items-center rounded-lg border border-line bg-surface-1 p-0.5 shadow-card">
      <IconButton size="small" label="Zoom out" icon={<Minus size={14} />} onClick={() => void flow.zoomOut({ duration: toMotionMs() })} />
      <button
        type="button"
        aria-label={`Zoom ${percent} %, go to 100 %`}
        className="tabular h-6 w-12 rounded-md font-mono text-11 text-ink-2 hover:bg-surface-3 hover:text-ink-1"
        onClick={() => void flow.zoomTo(1, { duration: toMotionMs() })}
      >
        {percent} %
      </button>
      <IconButton size="small" label="Zoom in" icon={<Plus size={14} />} onClick={() => void flow.zoomIn({ duration: toMotionMs() })} />
      <IconButton
        size="small"
        label="Fit everything"
        keys={keysOf('canvas.fit')}
        icon={<Maximize size={13} />}
        onClick={() => runCommand('canvas.fit')}
      />
    </Panel>
  );
}

/** The whole graph in the lower right corner, where there is room for it. */
export function Overview() {
  const isRoomy = useStore((store) => store.width >= 560 && store.height >= 280);
  const isEmpty = useStore((store) => store.nodes.length === 0);
  if (!isRoomy || isEmpty) return null;
  return (
    <MiniMap<CardNode>
      pannable
      zoomable
      ariaLabel="Overview of the canvas"
      style={{ width: 144, height: 88 }}
      nodeColor={toColor}
      nodeStrokeWidth={0}
      nodeBorderRadius={12}
    />
  );
}

function toColor({ data }: CardNode): string {
  if (data.run?.status === 'running') return 'var(--color-running)';
  if (data.run?.status === 'failed') return 'var(--color-failed)';
  const { category } = data.card;
  return category === 'data' || category === 'unknown' ? 'var(--color-control)' : `var(--color-${category})`;
}
