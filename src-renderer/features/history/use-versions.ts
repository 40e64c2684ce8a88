import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type ErrorInfo, toErrorInfo } from '#shared/base/errors.ts';
import type { VersionEntry } from '#shared/contract/histories.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { useDocuments } from '../../state/documents.ts';
import { queryClient } from '../../state/queries.ts';

/** What was done to a workflow, the newest first; null until it is known. */
export interface Versions {
  readonly entries: readonly VersionEntry[] | null;
  readonly error: ErrorInfo | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  loadMore(): void;
  retry(): void;
}

/** After an edit the list is asked for again, once for a burst. */
const askAgainMs = 300;
const pageSize = 100;

export function useVersions(path: string, onlyNamed: boolean): Versions {
  const isOnline = useIsOnline();
  const seq = useDocuments((store) => store.byPath[path]?.replica.base.state.seq ?? 0);
  const query = useInfiniteQuery({
    queryKey: ['versions', path, onlyNamed],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }) =>
      getApi().workflow.versions({ path, onlyNamed, limit: pageSize, ...(pageParam === null ? {} : { before: pageParam }) }),
    getNextPageParam: ({ nextBefore }) => nextBefore,
    enabled: isOnline,
  });
  useEffect(() => {
    if (seq === 0) return undefined;
    const timer = setTimeout(() => void queryClient.invalidateQueries({ queryKey: ['versions', path] }), askAgainMs);
    return () => clearTimeout(timer);
  }, [path, seq]);
  return {
    entries: query.data?.pages.flatMap(({ entries }) => entries) ?? null,
    error: query.error === null ? null : toErrorInfo(query.error),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
