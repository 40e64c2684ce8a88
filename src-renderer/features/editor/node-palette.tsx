import type { DragEvent } from 'react';
import { nodeKindNames, nodeKinds } from '#shared/nodes/registry.ts';
import { useDocuments } from '../../state/documents.ts';
import { KeyHint } from '../../ui/key-hint.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { addNode, toViewCentre } from './editor-actions.ts';
import { kindDragType } from './kind-drag.ts';

/** Every kind of node: drag it onto the canvas, click it, or press its letter there. */
export function NodePalette({ path, tabId }: { readonly path: string; readonly tabId: string }) {
  const isOpen = useDocuments((store) => store.byPath[path] !== undefined);
  const target = { path, tabId };
  return (
    <section aria-label="Add" className="flex flex-col px-2 pb-3">
      <h2 className="section-label px-2 pt-3 pb-1.5">Add</h2>
      {nodeKindNames.map((name) => {
        const kind = nodeKinds[name];
        return (
          <button
            key={name}
            type="button"
            draggable={isOpen}
            disabled={!isOpen}
            title={kind.description}
            className="flex h-6.5 items-center gap-2.5 rounded-md px-2 text-left text-13 text-ink-2 transition-colors hover:bg-surface-2 hover:text-ink-1 disabled:opacity-50"
            onClick={() => addNode(target, kind, toViewCentre(target, kind))}
            onDragStart={(event: DragEvent) => {
              event.dataTransfer.setData(kindDragType, name);
              event.dataTransfer.effectAllowed = 'copy';
            }}
          >
            <KindIcon kind={name} size="small" />
            <span className="min-w-0 flex-1 truncate">{kind.title}</span>
            <KeyHint keys={kind.shortcut} />
          </button>
        );
      })}
    </section>
  );
}
