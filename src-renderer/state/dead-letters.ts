import { create } from 'zustand';
import type { FiledDeadLetter } from '#shared/contract/dead-letters.ts';

interface DeadLettersStore {
  /** Those that nobody has handled yet, the newest first. */
  readonly letters: readonly FiledDeadLetter[];
  readonly isLoaded: boolean;
}

/** What finally failed and waits for somebody to run it again or to let it be. */
export const useDeadLetters = create<DeadLettersStore>()(() => ({ letters: [], isLoaded: false }));
