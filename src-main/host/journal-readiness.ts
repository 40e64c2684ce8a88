import type { Clock } from '#shared/base/clock.ts';
import type { Readiness } from '../api/services.ts';
import { probeDisk } from '../event-store/disk-probe.ts';
import { isDiskFull } from '../event-store/sqlite-errors.ts';

/** Whoever asks more often is told what was found last: `/readyz` needs no token, and must not become a way to wear out a disk. */
const leastPauseMs = 1_000;

/** Whether the journal in `folder` can be written, found out by writing beside it. */
export function createJournalReadiness(
  folder: string,
  readOnlyReason: string | null,
  clock: Pick<Clock, 'monotonicMs'>,
  probe: (folder: string) => Error | undefined = probeDisk,
): () => Readiness['dependencies'][string] {
  if (readOnlyReason !== null) return () => ({ isOk: false, message: readOnlyReason });
  let probedAtMs = Number.NEGATIVE_INFINITY;
  let found: Error | undefined;
  return () => {
    if (clock.monotonicMs() - probedAtMs >= leastPauseMs) {
      found = probe(folder);
      probedAtMs = clock.monotonicMs();
    }
    if (found === undefined) return { isOk: true, message: 'writable' };
    const why = isDiskFull(found)
      ? 'The disk is full. Free some space, then resume the runs that were stopped'
      : `Nothing can be written: ${found.message}`;
    return { isOk: false, message: `${why}.` };
  };
}
