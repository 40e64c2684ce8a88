import type { NodeProps } from '@xyflow/react';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { editDocument, endEditGroup, findDocument } from '../../state/documents.ts';
import { Markdown } from '../../ui/markdown.tsx';
import { findCanvas } from './canvas-handles.ts';
import { useCanvasUi } from './canvas-ui.ts';
import { useDetail } from './detail.ts';
import { tellRefusal } from './editor-actions.ts';
import type { CardNode } from './flow-elements.ts';

/** Words on the canvas, as Markdown; written in place after a double click or Enter. */
export const NoteCard = memo(function NoteCard({ id, data, selected }: NodeProps<CardNode>) {
  const { card, isHighlighted, isReadOnly } = data;
  const detail = useDetail();
  const writing = useCanvasUi((store) => (store.writing?.node === id && !isReadOnly ? store.writing : null));
  const root = useRef<HTMLDivElement>(null);
  const [tabId, setTabId] = useState<string | undefined>();
  // Notes of two workflows may have the same id.
  useLayoutEffect(() => setTabId(root.current?.closest<HTMLElement>('[data-canvas]')?.dataset.canvas), []);
  return (
    <div
      ref={root}
      className={`heddle-note ${selected ? 'is-selected' : ''} ${isHighlighted ? 'is-highlighted' : ''}`}
      data-detail={detail}
    >
      {writing !== null && writing.tabId === tabId ? (
        <NoteField path={writing.path} tabId={writing.tabId} id={id} text={card.note ?? ''} />
      ) : (
        detail !== 'dot' &&
        (card.note?.trim() ? <Markdown text={card.note} /> : <p className="text-12 text-ink-2">An empty note. Double-click to write.</p>)
      )}
    </div>
  );
});

function NoteField({
  path,
  tabId,
  id,
  text,
}: {
  readonly path: string;
  readonly tabId: string;
  readonly id: string;
  readonly text: string;
}) {
  const end = () => {
    endEditGroup(path);
    useCanvasUi.setState({ writing: null });
  };
  return (
    <textarea
      // biome-ignore lint/a11y/noAutofocus: the note was opened to be written.
      autoFocus
      aria-label="Text of the note"
      className="nodrag nopan nowheel size-full min-h-16 resize-none bg-transparent text-12 text-ink-1 outline-none"
      value={text}
      onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
      onChange={(event) => {
        const config = findDocument(path)?.document.nodes.find((node) => node.id === id)?.config;
        try {
          editDocument(
            path,
            { type: 'changeConfig', node: id, config: { ...config, text: event.target.value } },
            'Write the note',
            `${id}.text`,
          );
        } catch (thrown) {
          tellRefusal(thrown);
        }
      }}
      onBlur={end}
      onPointerDown={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Escape') return;
        event.preventDefault();
        end();
        findCanvas(tabId)?.element.focus({ preventScroll: true });
      }}
    />
  );
}
