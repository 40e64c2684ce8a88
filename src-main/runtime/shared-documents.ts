import { hash } from 'node:crypto';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/**
 * The first document with this content that is still in use, so that a thousand runs of one workflow keep it, and all that is derived from it,
 * once. Found by the whole content, never by a path; kept alive by nobody but its runs.
 */
export function toSharedDocument(document: WorkflowDocument): WorkflowDocument {
  if (shared.has(document)) return document;
  const contentHash = hash('sha256', JSON.stringify(document), 'hex');
  const known = byContent.get(contentHash)?.deref();
  if (known !== undefined) return known;
  byContent.set(contentHash, new WeakRef(document));
  shared.add(document);
  forgetter.register(document, contentHash);
  return document;
}

/** The documents of a run by their paths, each as `toSharedDocument` gives it. */
export function toSharedDocuments(documents: Readonly<Record<string, WorkflowDocument>>): Readonly<Record<string, WorkflowDocument>> {
  const entries = Object.entries(documents);
  if (entries.length === 0) return none;
  return Object.fromEntries(entries.map(([path, document]) => [path, toSharedDocument(document)]));
}

const none: Readonly<Record<string, never>> = Object.freeze({});
const byContent = new Map<string, WeakRef<WorkflowDocument>>();
const shared = new WeakSet<WorkflowDocument>();
const forgetter = new FinalizationRegistry<string>((contentHash) => {
  // Another of the same content may have come since.
  if (byContent.get(contentHash)?.deref() === undefined) byContent.delete(contentHash);
});
