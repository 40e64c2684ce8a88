import type { WorkflowFiles } from '../workspace/workflow-files.ts';
import type { Histories } from './histories.ts';

/** The workflow files as everybody but the histories sees them: with all edits in them, and every change of theirs in its history. */
export function toEditedWorkflows(files: WorkflowFiles, histories: Histories): WorkflowFiles {
  return {
    ...files,
    open: async (path) => {
      await histories.settle(path);
      return files.open(path);
    },
    save: (path, baseRevision, document) => histories.save(path, baseRevision, document),
    rename: (path, newPath) => histories.move(path, newPath, () => files.rename(path, newPath)),
    remove: (path) => histories.remove(path, () => files.remove(path)),
  };
}
