import { useQuery } from '@tanstack/react-query';
import { type ErrorInfo, toErrorInfo } from '#shared/base/errors.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { getApi } from './connection.ts';
import { useDocuments } from './documents.ts';
import { useLibrary } from './library.ts';

/** A workflow file as another workflow refers to it. */
export interface WorkflowAt {
  /** Null while it is not there, or cannot be read. */
  readonly document: WorkflowDocument | null;
  /** True when the workspace has no such file; false while nobody knows yet. */
  readonly isMissing: boolean;
  /** Why it cannot be read, when it cannot. */
  readonly error: ErrorInfo | null;
}

/** The workflow at this path: with its unsaved edits when it is open, else as it is on disk. An empty path is none. */
export function useWorkflowAt(path: string): WorkflowAt {
  const open = useDocuments((store) => store.byPath[path]?.document);
  const files = useLibrary((store) => store.workflows);
  const file = files?.find((candidate) => candidate.path === path);
  const { data, error } = useQuery({
    queryKey: ['workflow', path, file?.modifiedAtMs],
    queryFn: () => getApi().workflow.get({ path }),
    enabled: path !== '' && file !== undefined && open === undefined,
  });
  return {
    document: open ?? (file === undefined ? null : (data?.document ?? null)),
    isMissing: path !== '' && files !== null && file === undefined && open === undefined,
    error: error === null || open !== undefined ? null : toErrorInfo(error),
  };
}
