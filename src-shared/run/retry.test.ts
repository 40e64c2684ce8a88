import { describe, expect, it } from 'vitest';
import { toRetryDelayMs } from './retry.ts';

const passing = { code: 'model.rateLimited', message: '', isRetryable: true } as const;

describe('toRetryDelayMs', () => {
  it('doubles from the back-off and stops at the last attempt', () => {
    const policy = { maxAttempts: 4, backoffMs: 100 };
    expect([1, 2, 3, 4].map((attempt) => toRetryDelayMs(policy, passing, attempt))).toEqual([100, 200, 400, undefined]);
  });

  it('waits as long as the other side asked when that is longer', () => {
    expect(toRetryDelayMs({ maxAttempts: 2, backoffMs: 100 }, { ...passing, retryAfterMs: 9000 }, 1)).toBe(9000);
    expect(toRetryDelayMs({ maxAttempts: 2, backoffMs: 10_000 }, { ...passing, retryAfterMs: 9000 }, 1)).toBe(10_000);
  });

  it('tries again without a policy only what is known to pass', () => {
    expect(toRetryDelayMs(undefined, passing, 1)).toBe(1000);
    expect(toRetryDelayMs(undefined, { code: 'tool.failed', message: '' }, 1)).toBeUndefined();
  });

  it('never tries again what the same inputs would meet again', () => {
    expect(toRetryDelayMs({ maxAttempts: 9 }, { code: 'approval.denied', message: '' }, 1)).toBeUndefined();
  });
});
