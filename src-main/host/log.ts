import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { redactSecrets } from '../workspace/secrets/redact-secrets.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line of JSON per entry, for people who look for a reason. Writing never fails the caller. */
export type Log = (level: LogLevel, message: string, facts?: JsonObject) => void;

/** Writes to `<home>/logs/host.log`, keeping two older files of 5 MiB; whatever looks like a key is blotted out. */
export function createLog(home: string, lowest: LogLevel, clock: Clock): Log {
  const folder = join(home, 'logs');
  const path = join(folder, 'host.log');
  let bytes: number | undefined;

  return (level, message, facts = {}) => {
    if (levels.indexOf(level) < levels.indexOf(lowest)) return;
    try {
      if (bytes === undefined) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      }
      const line = `${redactSecrets(JSON.stringify({ at: new Date(clock.nowMs()).toISOString(), level, pid: process.pid, message, ...facts }), [])}\n`;
      if (bytes + line.length > mostBytes) bytes = rotate(path);
      appendFileSync(path, line, { mode: 0o600 });
      bytes += Buffer.byteLength(line);
    } catch {
      // A full disk or a read-only home must not stop the host; the same fault reaches people through the journal.
    }
  };
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const mostBytes = 5 * 1024 * 1024;

function rotate(path: string): number {
  if (statSync(`${path}.1`, { throwIfNoEntry: false }) !== undefined) renameSync(`${path}.1`, `${path}.2`);
  renameSync(path, `${path}.1`);
  return 0;
}
