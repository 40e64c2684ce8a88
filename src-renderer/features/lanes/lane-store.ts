import { useEffect } from 'react';
import { create } from 'zustand';
import type { ErrorInfo } from '#shared/base/errors.ts';
import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import { toCallError } from '../../state/call-error.ts';
import { getApi, useConnection, useIsOnline } from '../../state/connection.ts';
import { type LaneHistory, withSample } from './lane-history.ts';

interface LaneStore {
  /** The last figures that came; null until the host has told some. They stay readable while it is gone. */
  readonly figures: SchedulingFigures | null;
  readonly receivedAtMs: number;
  readonly history: LaneHistory;
  readonly error: ErrorInfo | null;
  /** The lane whose nodes are listed; null for all. */
  readonly lane: string | null;
}

export const useLaneStore = create<LaneStore>()(() => ({ figures: null, receivedAtMs: 0, history: {}, error: null, lane: null }));

/** Keeps the figures fresh for as long as the component is seen; several may ask, one stream serves them. */
export function useLaneWatch(): void {
  const isOnline = useIsOnline();
  useEffect(() => (isOnline ? join() : undefined), [isOnline]);
}

let watchers = 0;
let watching: AbortController | null = null;

function join(): () => void {
  watchers += 1;
  if (watchers === 1) watching = watch();
  return () => {
    watchers -= 1;
    if (watchers > 0) return;
    watching?.abort();
    watching = null;
  };
}

const sampleMs = 1_000;
/** Figures of a sliding window also change when nothing happens, of which the host does not tell. */
const staleMs = 2_000;

function watch(): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  void follow(signal);
  const timer = setInterval(() => {
    const { figures, receivedAtMs, history } = useLaneStore.getState();
    if (figures === null) return;
    useLaneStore.setState({ history: withSample(history, figures) });
    if (!document.hidden && Date.now() - receivedAtMs >= staleMs)
      void getApi()
        .lane.figures()
        .then(accept, () => undefined);
  }, sampleMs);
  signal.addEventListener('abort', () => clearInterval(timer));
  return controller;
}

async function follow(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // The link is told only while there is a line: it would want to say so over a socket that is gone.
    const link = new AbortController();
    const stop = () => useConnection.getState().connection.status === 'online' && link.abort();
    signal.addEventListener('abort', stop);
    try {
      for await (const figures of await getApi().lane.watch(undefined, { signal: link.signal })) accept(figures);
    } catch (thrown) {
      if (!signal.aborted) useLaneStore.setState({ error: toCallError(thrown) });
    }
    signal.removeEventListener('abort', stop);
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, sampleMs));
  }
}

function accept(figures: SchedulingFigures): void {
  useLaneStore.setState({ figures, receivedAtMs: Date.now(), error: null });
}
