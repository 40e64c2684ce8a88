/**
 * Tells whether an attempt has come to rest: its executor waits for nothing but people, signals, times, scopes, or an interrupted run
 * to go on. An executor acts only through its context, so that what it has asked for and what of that is parked say it all.
 */
export interface AttemptActivity {
  /** Counts work that the executor waits for. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Counts the part of such work that only waits. */
  parked<Result>(wait: () => Promise<Result>): Promise<Result>;
  /** True when everything the executor waits for is parked. */
  readonly isAtRest: () => boolean;
}

/** `onRest` is called whenever the attempt has come to rest. */
export function createAttemptActivity(onRest: () => void): AttemptActivity {
  let asked = 0;
  let parked = 0;
  const isAtRest = () => asked > 0 && parked === asked;

  return {
    async during(work) {
      asked += 1;
      try {
        return await work();
      } finally {
        asked -= 1;
        if (isAtRest()) onRest();
      }
    },
    async parked(wait) {
      parked += 1;
      if (isAtRest()) onRest();
      try {
        return await wait();
      } finally {
        parked -= 1;
      }
    },
    isAtRest,
  };
}
