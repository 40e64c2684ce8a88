type Flush = (path: string) => Promise<void>;

const flushes = new Set<Flush>();

/** Whoever holds unsaved edits saves them when a run, rename or delete of that workflow is about to read the file. */
export function onBeforeReading(flush: Flush): () => void {
  flushes.add(flush);
  return () => flushes.delete(flush);
}

/** Resolves when every edit of this workflow is on disk; rejects when one cannot be saved. */
export async function saveEdits(path: string): Promise<void> {
  await Promise.all([...flushes].map((flush) => flush(path)));
}
