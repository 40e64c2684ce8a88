import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { Markdown } from '../../ui/markdown.tsx';
import { useDetail } from './detail.ts';
import type { CardNode } from './flow-elements.ts';

/** Words on the canvas, as Markdown. */
export const NoteCard = memo(function NoteCard({ data, selected }: NodeProps<CardNode>) {
  const { card, isHighlighted } = data;
  const detail = useDetail();
  return (
    <div className={`heddle-note ${selected ? 'is-selected' : ''} ${isHighlighted ? 'is-highlighted' : ''}`} data-detail={detail}>
      {detail !== 'dot' &&
        (card.note?.trim() ? <Markdown text={card.note} /> : <p className="text-12 text-ink-2">An empty note. Write in the inspector.</p>)}
    </div>
  );
});
