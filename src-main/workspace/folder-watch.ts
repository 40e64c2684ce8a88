import { type FSWatcher, watch } from 'node:fs';
import type { Clock } from '#shared/base/clock.ts';

/** Says when something in a set of folders may have changed. */
export interface FolderWatch {
  /** The folders to watch from now on. */
  setFolders(folders: readonly string[]): void;
  close(): void;
}

/**
 * Calls `onChange` shortly after entries of the folders changed, once for a burst. Where the system cannot watch
 * (too many folders, network drives) it calls `onChange` every two seconds instead, and the listener compares.
 */
export function createFolderWatch(clock: Clock, onChange: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  let cancelTimer: (() => void) | undefined;
  let isPolling = false;
  let isClosed = false;

  const wakeAfter = (delayMs: number): void => {
    cancelTimer?.();
    cancelTimer = clock.schedule(delayMs, () => {
      cancelTimer = undefined;
      if (isPolling) wakeAfter(pollEveryMs);
      onChange();
    });
  };
  const startPolling = (): void => {
    if (isPolling || isClosed) return;
    isPolling = true;
    wakeAfter(pollEveryMs);
  };
  const unwatch = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const startWatching = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, () => wakeAfter(quietMs));
      watcher.on('error', () => {
        unwatch(folder);
        wakeAfter(quietMs);
      });
      watchers.set(folder, watcher);
    } catch {
      startPolling();
    }
  };

  return {
    setFolders(folders) {
      if (isClosed) return;
      const wanted = new Set(folders.slice(0, mostWatchers));
      for (const folder of [...watchers.keys()]) if (!wanted.has(folder)) unwatch(folder);
      for (const folder of wanted) if (!watchers.has(folder)) startWatching(folder);
      if (folders.length > mostWatchers) startPolling();
    },
    close() {
      isClosed = true;
      cancelTimer?.();
      for (const folder of [...watchers.keys()]) unwatch(folder);
    },
  };
}

/** Editors save in several steps; this long after the last one the folder is looked at. */
const quietMs = 80;
const pollEveryMs = 2_000;
/** Linux allows 8,192 watches per user by default, and other programs want some. */
const mostWatchers = 1_000;
