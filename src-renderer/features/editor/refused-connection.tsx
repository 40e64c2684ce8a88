import { CircleX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { keepTypingKeys } from '../../app/keyboard.ts';
import { Button } from '../../ui/button.tsx';
import { useCanvasUi } from './canvas-ui.ts';
import type { EditorTarget } from './editor-actions.ts';
import { insertTransform } from './node-actions.ts';

const width = 288;

/** Where a connection was let go that does not fit: why, and the transform that would make it fit. */
export function RefusedConnectionNote({ target, canvas }: { readonly target: EditorTarget; readonly canvas: HTMLElement | null }) {
  const refused = useCanvasUi((store) => (store.refused?.tabId === target.tabId ? store.refused : null));
  const note = useRef<HTMLDivElement>(null);
  const isOpen = refused !== null;
  useEffect(() => {
    if (!isOpen) return undefined;
    note.current?.querySelector('button')?.focus();
    const onPointerDown = (event: PointerEvent) => {
      if (!note.current?.contains(event.target as Node)) useCanvasUi.setState({ refused: null });
    };
    window.addEventListener('pointerdown', onPointerDown, true);
    return () => window.removeEventListener('pointerdown', onPointerDown, true);
  }, [isOpen]);
  if (refused === null || canvas === null) return null;
  const { at, from, to, reason, transform } = refused;
  const close = () => {
    useCanvasUi.setState({ refused: null });
    canvas.focus({ preventScroll: true });
  };
  return (
    <div
      ref={note}
      role="alertdialog"
      aria-label="This connection does not fit"
      style={{
        left: Math.max(8, Math.min(at.x + 12, canvas.clientWidth - width - 8)),
        top: Math.max(8, Math.min(at.y + 12, canvas.clientHeight - 96)),
        width,
      }}
      className="absolute z-30 flex flex-col gap-2 rounded-lg border border-failed bg-surface-3 px-3 py-2 text-12 shadow-pop"
      onKeyDown={(event) => {
        keepTypingKeys(event);
        if (event.key === 'Escape') close();
      }}
    >
      <p className="flex items-start gap-1.5">
        <CircleX size={14} className="mt-px shrink-0 text-failed" aria-hidden />
        <span>Does not fit: {reason}.</span>
      </p>
      {transform !== null && <p className="text-ink-2">A transform would fit: it {transform.words}.</p>}
      <div className="flex flex-wrap justify-end gap-2">
        {transform !== null && (
          <Button
            size="small"
            tone="primary"
            title={transform.expression}
            onClick={() => {
              close();
              insertTransform(target, from, to, transform);
            }}
          >
            Insert a transform
          </Button>
        )}
        <Button size="small" onClick={close}>
          Leave it
        </Button>
      </div>
    </div>
  );
}
