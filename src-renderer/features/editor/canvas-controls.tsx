import { Panel, useReactFlow, useStore } from '@xyflow/react';
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
