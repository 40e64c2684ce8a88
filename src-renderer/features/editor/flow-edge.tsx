import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import { useDetail } from './detail.ts';
import type { FlowEdge } from './flow-elements.ts';

/** A smooth edge that shows how far a value has come: idle, flowing, taken, or skipped. */
export const FlowEdgeLine = memo(function FlowEdgeLine(props: EdgeProps<FlowEdge>) {
  const { data, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const detail = useDetail();
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  // Between cards that stand close, a label would hide what it belongs to.
  const label = Math.hypot(targetX - sourceX, targetY - sourceY) < 72 ? null : (data?.label ?? null);
  return (
    <>
      <BaseEdge
        path={path}
        interactionWidth={16}
        className={`heddle-edge is-${data?.progress ?? 'idle'} ${selected ? 'is-selected' : ''} ${data?.isHighlighted ? 'is-highlighted' : ''} ${detail === 'dot' ? 'is-far' : ''}`}
      />
      {label !== null && detail === 'full' && (
        <EdgeLabelRenderer>
          <span
            className={`heddle-edge-label is-${data?.progress ?? 'idle'}`}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
