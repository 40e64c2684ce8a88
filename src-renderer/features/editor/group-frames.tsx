import { useReactFlow, ViewportPortal } from '@xyflow/react';
import { type PointerEvent, useRef } from 'react';
import type { Position, WorkflowDocument } from '#shared/workflow/document.ts';
import type { SceneFrame } from '../../canvas/scene.ts';
import type { CanvasLevel } from './canvas-level.ts';
import { type EditorTarget, select } from './editor-actions.ts';
import { startRename } from './node-actions.ts';
import { openMenuOf } from './open-canvas-menu.ts';

export interface GroupFramesProps {
  readonly target: EditorTarget;
  readonly document: WorkflowDocument;
  readonly frames: readonly SceneFrame[];
  readonly level: CanvasLevel;
  readonly isReadOnly: boolean;
  /** A node of a dragged group goes there, and the others with it. */
  readonly onMove: (node: string, position: Position) => void;
  readonly onMoveEnd: () => void;
}

/** The frames around groups, behind the cards. By its title a group is selected and dragged as one; seen from afar, frames are painted. */
export function GroupFrames({ frames, level, ...rest }: GroupFramesProps) {
  if (frames.length === 0 || level.type === 'far') return null;
  return (
    <ViewportPortal>
      {frames.map((frame) => (
        <Frame key={frame.id} frame={frame} {...rest} />
      ))}
    </ViewportPortal>
  );
}

function Frame({
  frame,
  target,
  document,
  isReadOnly,
  onMove,
  onMoveEnd,
}: Omit<GroupFramesProps, 'frames' | 'level'> & { readonly frame: SceneFrame }) {
  const flow = useReactFlow();
  /** Where the pointer went down, and the node by which the group is held. */
  const held = useRef<{ readonly node: string; readonly from: Position; readonly start: Position } | null>(null);
  const group = document.groups?.find(({ id }) => id === frame.id);
  if (group === undefined) return null;
  const toPlace = (event: PointerEvent) => flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }, { snapToGrid: false });
  return (
    <div
      className="heddle-group pointer-events-none absolute rounded-xl border"
      data-colour={group.colour ?? 'grey'}
      style={{ transform: `translate(${frame.x}px, ${frame.y}px)`, width: frame.width, height: frame.height }}
    >
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Group ${group.title || group.id}`}
        className="heddle-group-title nopan nodrag pointer-events-auto absolute bottom-full left-0 mb-1 max-w-full truncate rounded-md px-1.5 text-left text-12 font-semibold"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          select(target, group.nodes);
          const node = document.nodes.find(({ id, locked }) => group.nodes.includes(id) && locked !== true);
          if (isReadOnly || node === undefined) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          held.current = { node: node.id, from: toPlace(event), start: node.position };
        }}
        onPointerMove={(event) => {
          if (held.current === null) return;
          const { node, from, start } = held.current;
          const to = toPlace(event);
          onMove(node, { x: start.x + to.x - from.x, y: start.y + to.y - from.y });
        }}
        onPointerUp={() => {
          if (held.current !== null) onMoveEnd();
          held.current = null;
        }}
        onDoubleClick={(event) => {
          event.stopPropagation();
          if (!isReadOnly) startRename(target);
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          event.stopPropagation();
          openMenuOf(target, { type: 'group', id: group.id }, { x: event.clientX, y: event.clientY });
        }}
      >
        {group.title || 'Group'}
      </button>
    </div>
  );
}
