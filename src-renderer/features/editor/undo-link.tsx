import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import { useDetail } from './detail.ts';
import type { FlowEdge } from './flow-elements.ts';

/** The dashed link from a node to the one that undoes it. */
export const UndoLink = memo(function UndoLink(props: EdgeProps<FlowEdge>) {
  const { data, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const detail = useDetail();
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return (
    <>
      <BaseEdge path={path} interactionWidth={0} className={`heddle-edge is-undo ${detail === 'dot' ? 'is-far' : ''}`} />
      {detail === 'full' && Math.hypot(targetX - sourceX, targetY - sourceY) >= 40 && (
        <EdgeLabelRenderer>
          <span className="heddle-edge-label is-undo" style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}>
            {data?.label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
