import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { create } from 'zustand';
import { type ErrorInfo, toErrorInfo } from '#shared/base/errors.ts';
import { type DocumentDifference, diffDocuments } from '#shared/history/diff-documents.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { getApi } from './connection.ts';
import { useDocuments } from './documents.ts';

/** A version of a workflow: the event that it came after, or what is there now. */
export type VersionRef = number | 'now';

/** Two versions beside each other, each with what people call it. */
export interface Comparison {
  readonly before: { readonly version: VersionRef; readonly title: string };
  readonly after: { readonly version: VersionRef; readonly title: string };
}

interface ComparisonStore {
  /** What is compared on the canvas, by path of the workflow. */
  readonly byPath: Readonly<Record<string, Comparison>>;
  /** The node that is looked at there. */
  readonly chosen: string | null;
}

/** Which versions are compared on the canvas instead of editing. */
export const useComparison = create<ComparisonStore>()(() => ({ byPath: {}, chosen: null }));

export function compareVersions(path: string, comparison: Comparison): void {
  useComparison.setState((store) => ({ byPath: { ...store.byPath, [path]: comparison }, chosen: null }));
}

/** Back to editing. */
export function endComparison(path: string): void {
  const { [path]: _ended, ...byPath } = useComparison.getState().byPath;
  useComparison.setState({ byPath, chosen: null });
}

export function chooseComparedNode(node: string | null): void {
  useComparison.setState({ chosen: node });
}

/** Both versions and where they differ, when they are there. */
export interface Compared {
  readonly before: WorkflowDocument;
  readonly after: WorkflowDocument;
  readonly difference: DocumentDifference;
}

/** The two versions of a comparison; both null while they are on their way. */
export function useCompared(
  path: string,
  { before, after }: Comparison,
): { readonly compared: Compared | null; readonly error: ErrorInfo | null } {
  const first = useVersion(path, before.version);
  const second = useVersion(path, after.version);
  const compared = useMemo(
    () =>
      first.document === null || second.document === null
        ? null
        : { before: first.document, after: second.document, difference: diffDocuments(first.document, second.document) },
    [first.document, second.document],
  );
  return { compared, error: first.error ?? second.error };
}

function useVersion(path: string, version: VersionRef): { readonly document: WorkflowDocument | null; readonly error: ErrorInfo | null } {
  const now = useDocuments((store) => store.byPath[path]?.document ?? null);
  const { data, error } = useQuery({
    queryKey: ['version', path, version],
    queryFn: () => getApi().workflow.version({ path, seq: version as number }),
    enabled: version !== 'now',
    // What was, does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (version === 'now') return { document: now, error: null };
  return { document: data?.document ?? null, error: error === null ? null : toErrorInfo(error) };
}
