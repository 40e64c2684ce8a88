import type { WorkerSettings } from '#shared/run/lane-settings.ts';

/**
 * How many workers there are. It grows by one whenever all are busy and one more begins; it shrinks by one once at least one worker has
 * been idle for a whole calm period without a break, and then once for every further period, so that work that comes and goes does not make
 * it flap. Needs no timer: what is due is made up for whenever someone looks.
 */
export interface WorkerPool {
  readonly settings: WorkerSettings;
  readonly busy: number;
  /** Workers there are now, busy or not. */
  size(nowMs: number): number;
  began(nowMs: number): void;
  ended(nowMs: number): void;
  configure(settings: WorkerSettings, nowMs: number): void;
}

export function createWorkerPool(initial: WorkerSettings, startMs: number): WorkerPool {
  let settings = initial;
  let size = initial.min;
  let busy = 0;
  /** Since when there has always been an idle worker, or when the last one was let go; meaningless while all are busy. */
  let calmSinceMs = startMs;

  function settle(nowMs: number): void {
    while (size > settings.min && busy < size && nowMs - calmSinceMs >= settings.calmMs) {
      size -= 1;
      calmSinceMs += settings.calmMs;
    }
  }

  return {
    get settings() {
      return settings;
    },
    get busy() {
      return busy;
    },
    size(nowMs) {
      settle(nowMs);
      return size;
    },
    began(nowMs) {
      settle(nowMs);
      busy += 1;
      if (busy > size && size < settings.max) size += 1;
    },
    ended(nowMs) {
      settle(nowMs);
      if (busy >= size) calmSinceMs = nowMs;
      busy -= 1;
    },
    configure(next, nowMs) {
      settle(nowMs);
      settings = next;
      size = Math.min(Math.max(size, next.min), next.max);
      calmSinceMs = nowMs;
    },
  };
}
