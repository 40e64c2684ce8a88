import { useState } from 'react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { toCallError } from '../../state/call-error.ts';

export interface Act {
  readonly isBusy: boolean;
  readonly error: ErrorInfo | null;
  /** Does it, one at a time; a failure is kept in `error` until the next try. Tells whether it succeeded. */
  readonly run: (act: () => Promise<unknown>) => Promise<boolean>;
}

/** An act of the user that takes time and may be refused. */
export function useAct(): Act {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  return {
    isBusy,
    error,
    run: async (act) => {
      setIsBusy(true);
      setError(null);
      try {
        await act();
        return true;
      } catch (thrown) {
        setError(toCallError(thrown));
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}
