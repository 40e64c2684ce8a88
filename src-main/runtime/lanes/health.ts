import { type ErrorCode, HeddleError } from '#shared/base/errors.ts';
import type { Verdict } from './breaker.ts';

/** The other side is down, drowning or broken: the next call would most likely meet the same, whatever it asks. */
const failing = new Set<ErrorCode>([
  'model.unavailable',
  'model.rateLimited',
  'model.timedOut',
  'model.streamCut',
  'tool.timedOut',
  'mcp.startFailed',
  'mcp.crashed',
  'sandbox.unavailable',
]);

/** The other side answered, and what it said is about this one request: it is well. */
const answered = new Set<ErrorCode>([
  'model.badRequest',
  'model.unauthorized',
  'model.contextTooLong',
  'model.malformedAnswer',
  'tool.outputTooLarge',
  'sandbox.threw',
  'sandbox.timedOut',
  'sandbox.outOfMemory',
]);

/** What the way a call failed says about the other side. Aborts, refusals of our own and bugs say nothing. */
export function healthOf(thrown: unknown): Verdict {
  if (!(thrown instanceof HeddleError)) return { type: 'unknown' };
  if (failing.has(thrown.code) || (thrown.code === 'tool.failed' && thrown.isRetryable)) {
    return { type: 'failing', message: thrown.message, retryAfterMs: thrown.retryAfterMs };
  }
  // What a tool says in its own words (tool.failed) may be about the request or about what stands behind the tool.
  return { type: answered.has(thrown.code) ? 'healthy' : 'unknown' };
}
