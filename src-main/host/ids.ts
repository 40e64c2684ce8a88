import { randomBytes, randomUUID } from 'node:crypto';

/** An id that nobody else has. */
export function newId(): string {
  return randomUUID();
}

/** A run id: nine characters of time (enough until the year 5188), so that ids sort by their beginning, and 40 bits of chance. */
export function newRunId(nowMs: number): string {
  return `${Math.trunc(nowMs).toString(36).padStart(9, '0')}-${randomBytes(5).toString('hex')}`;
}
