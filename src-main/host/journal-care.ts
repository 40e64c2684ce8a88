import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { BackupReport, CompactionReport, JournalStatus } from '#shared/contract/journal.ts';
import { toRunId, toRunStream } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { JournalCare } from '../api/services.ts';
import type { JournalUpkeep } from '../event-store/upkeep.ts';
import type { Runs } from '../runtime/runs.ts';
import { replaceFile } from '../workspace/durable-file.ts';

/** What looking after the journal of a workspace needs. */
export interface JournalCareDependencies {
  readonly upkeep: JournalUpkeep;
  readonly runs: Runs;
  /** Streams of the journal that are no runs: histories of edits, and what is noted beside. */
  readonly countOtherStreams: () => number;
  readonly root: string;
  /** Where Heddle keeps what is its own in the workspace. */
  readonly folder: string;
  readonly home: string;
  readonly version: string;
  readonly clock: Clock;
}

const dayMs = 24 * 60 * 60 * 1000;
const lastBackupSchema = z.object({ path: z.string(), atMs: z.number(), bytes: z.number() });

/** Backups and compaction of a workspace's journal, in terms of runs. */
export function createJournalCare({
  upkeep,
  runs,
  countOtherStreams,
  root,
  folder,
  home,
  version,
  clock,
}: JournalCareDependencies): JournalCare {
  const notePath = join(folder, 'last-backup.json');
  const backupFolder = join(home, 'backups');

  function toTarget(path: string | undefined, atMs: number): string {
    if (path !== undefined && !isAbsolute(path))
      throw new HeddleError('request.invalid', `${path} is not an absolute path; say from the root where the backup goes.`);
    if (path !== undefined && !isFolder(path)) return path;
    const time = new Date(atMs).toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '');
    return join(path ?? backupFolder, `${basename(root) || 'workspace'} ${time}.heddle-backup`);
  }

  async function backUp(path: string | undefined): Promise<BackupReport> {
    const atMs = clock.nowMs();
    if (path === undefined) mkdirSync(backupFolder, { recursive: true, mode: 0o700 });
    const written = await upkeep.backUp(toTarget(path, atMs), { atMs, version, workspace: root });
    const note = { path: written.path, atMs, bytes: written.bytes };
    // Only a note: a workspace that cannot be written to can be backed up all the same.
    await replaceFile(notePath, `${JSON.stringify(note)}\n`).catch(() => undefined);
    return {
      ...note,
      runs: written.streams - countOtherStreams(),
      events: written.events,
      damagedRuns: written.damaged.map((stream) => toRunId(stream) ?? stream),
    };
  }

  async function compact(olderThanDays: number, dryRun: boolean, signal: AbortSignal): Promise<CompactionReport> {
    const endedBeforeMs = clock.nowMs() - olderThanDays * dayMs;
    const skipped: { runId: string; reason: string }[] = [];
    const done = { runs: 0, events: 0, bytesBefore: 0, bytesAfter: 0 };
    for (const { runId, status, endedAtMs } of runs.summaries()) {
      if (signal.aborted) break;
      if (!isFinal(status) || endedAtMs === null || endedAtMs > endedBeforeMs) continue;
      try {
        const stream = toRunStream(runId);
        const loose = upkeep.loose(stream);
        const packed =
          dryRun || loose.events === 0 ? { events: loose.events, bytesBefore: loose.bytes, bytesAfter: 0 } : await upkeep.pack(stream);
        if (packed.events === 0) continue;
        done.runs += 1;
        done.events += packed.events;
        done.bytesBefore += packed.bytesBefore;
        done.bytesAfter += packed.bytesAfter;
      } catch (thrown) {
        const { code, message } = toErrorInfo(thrown);
        if (code !== 'journal.damaged') throw thrown;
        skipped.push({ runId, reason: message });
      }
    }
    const freedBytes = dryRun || done.runs === 0 ? 0 : await upkeep.giveSpaceBack();
    return { dryRun, ...done, bytesAfter: dryRun ? null : done.bytesAfter, freedBytes, skipped };
  }

  function status(): JournalStatus {
    const all = runs.summaries();
    return {
      ...upkeep.sizes(),
      runs: all.length,
      endedRuns: all.filter((run) => isFinal(run.status)).length,
      lastBackup: readNote(notePath),
      backupFolder,
    };
  }

  return { status, backUp, compact };
}

function readNote(path: string): JournalStatus['lastBackup'] {
  try {
    return lastBackupSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
