import { z } from 'zod';
import { type WorkflowDocument, workflowDocumentSchema } from '#shared/workflow/document.ts';

const unsavedCopySchema = z.strictObject({
  path: z.string(),
  /** The text on disk that the edits started from. */
  baseRevision: z.string(),
  savedAtMs: z.number(),
  document: workflowDocumentSchema,
});

/** A document with edits that the host has not acknowledged, as it lies in the browser's own storage. */
export interface UnsavedCopy {
  readonly path: string;
  readonly baseRevision: string;
  readonly savedAtMs: number;
  readonly document: WorkflowDocument;
}

type CopyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Keeps a copy until the host has acknowledged it. False when the storage is full: the edits then live in this window alone. */
export function keepCopy(storage: CopyStorage, copy: UnsavedCopy): boolean {
  try {
    storage.setItem(toKey(copy.path), JSON.stringify(copy));
    return true;
  } catch {
    return false;
  }
}

export function dropCopy(storage: CopyStorage, path: string): void {
  storage.removeItem(toKey(path));
}

/** The copy of this workflow, or null when there is none that can be read. */
export function readCopy(storage: CopyStorage, path: string): UnsavedCopy | null {
  const text = storage.getItem(toKey(path));
  if (text === null) return null;
  try {
    return unsavedCopySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function toKey(path: string): string {
  return `heddle.unsaved:${path}`;
}
