import { QueryClient } from '@tanstack/react-query';
import { useConnection } from './connection.ts';

/** Answers of the host that nobody watches: asked when a panel needs them, again when the connection comes back. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // The host is on this machine or says so itself: the browser's own idea of being online does not matter.
    queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: false, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** The first part of the key under which a folder's entries are kept. */
export const folderQuery = 'folder';

useConnection.subscribe((now, before) => {
  if (now.connection.status === 'online' && before.connection.status !== 'online') void queryClient.invalidateQueries();
});
