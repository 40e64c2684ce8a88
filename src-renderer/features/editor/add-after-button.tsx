import { useInternalNode, ViewportPortal } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { IconButton } from '../../ui/icon-button.tsx';
import { useDetail } from './detail.ts';
import type { EditorTarget } from './editor-actions.ts';
import type { CardNode } from './flow-elements.ts';
import { openQuickAddAfter } from './open-quick-add.ts';

/** Beside the selected node: adds what comes after it. */
export function AddAfterButton({ target, id }: { readonly target: EditorTarget; readonly id: string }) {
  const node = useInternalNode<CardNode>(id);
  const detail = useDetail();
  if (node === undefined || detail !== 'full' || node.data.card.outputs.length === 0) return null;
  const { card } = node.data;
  const { x, y } = node.internals.positionAbsolute;
  return (
    <ViewportPortal>
      <div
        className="nopan pointer-events-auto absolute"
        style={{ transform: `translate(${x + card.size.width + 18}px, ${y + card.size.height + 2}px)` }}
      >
        <IconButton
          size="small"
          tabIndex={-1}
          label={`Add a node after ${card.name}`}
          keys="N"
          icon={<Plus size={14} />}
          className="border border-line-strong bg-surface-2 shadow-card"
          onClick={() => openQuickAddAfter(target)}
        />
      </div>
    </ViewportPortal>
  );
}
