import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { notifyError } from '../../app/notify.ts';
import { useDocuments } from '../../state/documents.ts';
import { pinOutputs, selectPins, unpin, usePins } from '../../state/pins.ts';

/** Lets pins go with their nodes when those are called otherwise in expressions, also by undo and redo. */
export function followRenames(): void {
  useDocuments.subscribe((now, before) => {
    for (const path of Object.keys(usePins.getState().byPath)) {
      const [is, was] = [now.byPath[path]?.document, before.byPath[path]?.document];
      if (is === undefined || was === undefined || is === was) continue;
      for (const [from, to] of findRenamed(was, is, Object.keys(selectPins(usePins.getState(), path))))
        void movePin(path, from, to).catch(notifyError);
    }
  });
}

/** The pinned nodes that have another id now: in the same place of the document, of the same kind, and nothing else came or went. */
export function findRenamed(
  was: WorkflowDocument,
  is: WorkflowDocument,
  pinned: readonly string[],
): readonly (readonly [from: string, to: string])[] {
  if (was.nodes.length !== is.nodes.length) return [];
  return was.nodes.flatMap((node, place) => {
    const now = is.nodes[place];
    const isRenamed = now !== undefined && now.id !== node.id && now.kind === node.kind && !is.nodes.some(({ id }) => id === node.id);
    return isRenamed && pinned.includes(node.id) ? [[node.id, now.id] as const] : [];
  });
}

async function movePin(path: string, from: string, to: string): Promise<void> {
  const outputs = selectPins(usePins.getState(), path)[from];
  if (outputs === undefined) return;
  await pinOutputs(path, to, outputs);
  await unpin(path, from);
}
