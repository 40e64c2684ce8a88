import type { ErrorInfo } from '../base/errors.ts';
import type { NodePolicy } from '../workflow/document.ts';

/** Attempts at a node when its policy does not say: only errors that the other side calls passing are tried again. */
export const defaultMaxAttempts = 3;
const defaultBackoffMs = 1000;
const longestBackoffMs = 5 * 60_000;

/** Errors that the same inputs will meet again, so that trying again only costs. */
const lastingErrors = new Set<ErrorInfo['code']>([
  'approval.denied',
  'run.cancelled',
  'run.replayMiss',
  'node.overBudget',
  'expression.invalid',
  'expression.failed',
  'config.invalid',
  'workflow.invalid',
  'tool.notFound',
  'tool.pathRefused',
  'tool.addressRefused',
  'model.unauthorized',
  'model.keyMissing',
  'model.unknownProvider',
  'model.notConfigured',
  'mcp.notApproved',
  'secret.locked',
]);

/**
 * How long to wait before the next attempt, in milliseconds, or undefined when there shall be none. Full jitter: anything up to a backoff
 * that doubles from `backoffMs`, so that those who failed together do not come back together; `chance` is a number in [0, 1] from whoever
 * records the delay. A provider's own Retry-After wins when it is longer.
 */
export function toRetryDelayMs(policy: NodePolicy | undefined, error: ErrorInfo, attempt: number, chance: number): number | undefined {
  const maxAttempts = policy?.maxAttempts ?? defaultMaxAttempts;
  if (attempt >= maxAttempts || lastingErrors.has(error.code)) return undefined;
  // Without a policy of its own a node tries again only what is known to pass.
  if (policy?.maxAttempts === undefined && error.isRetryable !== true) return undefined;
  const backoff = Math.min((policy?.backoffMs ?? defaultBackoffMs) * 2 ** (attempt - 1), longestBackoffMs);
  return Math.max(Math.round(backoff * chance), error.retryAfterMs ?? 0);
}
