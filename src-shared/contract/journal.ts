import { oc } from '@orpc/contract';
import { z } from 'zod';

const backupSchema = z.strictObject({ path: z.string(), atMs: z.number(), bytes: z.number() });

/** What the journal of the workspace takes on disk, and how it is looked after. */
export const journalStatusSchema = z.strictObject({
  journalBytes: z.number(),
  blobBytes: z.number(),
  /** Snapshots, which may be deleted at any time. */
  cacheBytes: z.number(),
  runs: z.int(),
  endedRuns: z.int(),
  lastBackup: backupSchema.nullable(),
  /** Where a backup goes when nobody says otherwise. */
  backupFolder: z.string(),
});
export type JournalStatus = z.infer<typeof journalStatusSchema>;

/** A backup that was written, and checked event by event. */
export const backupReportSchema = backupSchema.extend({
  runs: z.int(),
  events: z.int(),
  /** Runs that are damaged in the journal itself, and so in the backup. */
  damagedRuns: z.array(z.string()),
});
export type BackupReport = z.infer<typeof backupReportSchema>;

/** What compaction did; with `dryRun`, what it would do, `bytesAfter` being unknown then. */
export const compactionReportSchema = z.strictObject({
  dryRun: z.boolean(),
  runs: z.int(),
  events: z.int(),
  bytesBefore: z.number(),
  bytesAfter: z.number().nullable(),
  /** By how much the file on disk became smaller. */
  freedBytes: z.number(),
  /** Runs that were left as they are, because their journal is damaged. */
  skipped: z.array(z.strictObject({ runId: z.string(), reason: z.string() })),
});
export type CompactionReport = z.infer<typeof compactionReportSchema>;

export const journalContract = {
  status: oc
    .route({ method: 'GET', path: '/journal', tags: ['journal'], summary: 'Size of the journal, and its last backup' })
    .output(journalStatusSchema),
  /** `path` is absolute: a file that is not there yet, or a folder, in which the backup gets a name with its time. */
  backUp: oc
    .route({
      method: 'POST',
      path: '/journal/backups',
      tags: ['journal'],
      summary: 'Write a backup while everything goes on, and check it',
    })
    .input(z.strictObject({ path: z.string().min(1).optional() }))
    .output(backupReportSchema),
  compact: oc
    .route({ method: 'POST', path: '/journal/compact', tags: ['journal'], summary: 'Compress the events of runs that ended long ago' })
    .input(z.strictObject({ olderThanDays: z.number().nonnegative().max(36_500).default(30), dryRun: z.boolean().default(false) }))
    .output(compactionReportSchema),
};
