import { createHash } from 'node:crypto';
import type { WorkflowFiles } from '#main/workspace/workflow-files.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { WorkflowFile } from '#shared/contract/workflows.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { toWorkflowFileName } from '#shared/workflow/file-name.ts';

/** Workflow files without a disk, which refuse what those on a disk refuse. */
export interface MemoryWorkflowFiles extends WorkflowFiles {
  /** What is on the "disk", by path. */
  readonly texts: Map<string, string>;
  /** Another program writes; null takes the file away. Listeners hear of it. */
  writeOutside(path: string, text: string | null): void;
  /** Writes fail with this until it is null again. */
  failing: HeddleError | null;
}

export function createMemoryWorkflowFiles(texts = new Map<string, string>()): MemoryWorkflowFiles {
  const listeners = new Set<(files: readonly WorkflowFile[]) => void>();
  const times = new Map<string, number>();
  let time = 1;
  const toRevision = (text: string) => createHash('sha256').update(text).digest('hex');
  const read = (path: string) => {
    const text = texts.get(path);
    if (text === undefined) throw new HeddleError('workflow.notFound', `There is no workflow file ${path}.`);
    return text;
  };
  const list = () => [...texts.keys()].map((path) => ({ path, name: path, modifiedAtMs: times.get(path) ?? 0, problem: null }));
  const announce = () => {
    for (const listener of [...listeners]) listener(list());
  };
  const write = (path: string, document: WorkflowDocument) => {
    if (files.failing !== null) throw files.failing;
    const text = formatWorkflowFile(document);
    texts.set(path, text);
    times.set(path, time++);
    announce();
    return { revision: toRevision(text) };
  };
  const files: MemoryWorkflowFiles = {
    texts,
    failing: null,
    writeOutside(path, text) {
      if (text === null) texts.delete(path);
      else texts.set(path, text);
      times.set(path, time++);
      announce();
    },
    list: async () => list(),
    open: async (path) => ({ path, revision: toRevision(read(path)), document: parseWorkflowFile(read(path)) }),
    create: async (document) => {
      for (let attempt = 1; ; attempt++) {
        const path = toWorkflowFileName(document.name, attempt);
        if (!texts.has(path)) return { path, document, ...write(path, document) };
      }
    },
    save: async (path, baseRevision, document) => {
      if (toRevision(read(path)) !== baseRevision) throw new HeddleError('workflow.changedOutside', `${path} was changed.`);
      return write(path, document);
    },
    revision: async (path) => toRevision(read(path)),
    overwrite: async (path, document) => void write(path, document),
    rename: async (path, newPath) => {
      texts.set(newPath, read(path));
      texts.delete(path);
      announce();
      return { path: newPath };
    },
    remove: async (path) => {
      read(path);
      texts.delete(path);
      announce();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
  return files;
}
