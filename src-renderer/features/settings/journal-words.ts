import type { BackupReport, CompactionReport } from '#shared/contract/journal.ts';
import { formatBytes, formatCount } from '../../ui/format.ts';

/** What a backup holds, and what is wrong with it. */
export function toBackupWords({ runs, events, bytes, damagedRuns }: BackupReport): string {
  const held = `Backed up ${formatCount(runs, 'run')} with ${formatCount(events, 'event')}, ${formatBytes(bytes)}`;
  return damagedRuns.length === 0
    ? held
    : `${held}. ${formatCount(damagedRuns.length, 'run is', 'runs are')} damaged in the journal and in the backup`;
}

/** What compaction did, or would do. */
export function toCompactionWords({ dryRun, runs, events, bytesBefore, bytesAfter, freedBytes, skipped }: CompactionReport): string {
  const left =
    skipped.length === 0
      ? ''
      : ` ${formatCount(skipped.length, 'damaged run is', 'damaged runs are')} left as ${skipped.length === 1 ? 'it is' : 'they are'}.`;
  const what = `${formatCount(runs, 'run')} with ${formatCount(events, 'event')}, ${formatBytes(bytesBefore)}`;
  if (runs === 0) return `There is nothing to compress.${left}`;
  if (dryRun || bytesAfter === null) return `${what}, can be compressed.${left}`;
  return `Compressed ${what}, to ${formatBytes(bytesAfter)}; the journal is ${formatBytes(freedBytes)} smaller.${left}`;
}
