import { describe, expect, it } from 'vitest';
import { toRetryDelayMs } from './retry.ts';

const passing = { code: 'model.rateLimited', message: '', isRetryable: true } as const;

describe('toRetryDelayMs', () => {
  it('doubles from the back-off and stops at the last attempt', () => {
    const policy = { maxAttempts: 4, backoffMs: 100 };
    expect([1, 2, 3, 4].map((attempt) => toRetryDelayMs(policy, passing, attempt, 1))).toEqual([100, 200, 400, undefined]);
  });

  it('spreads those who failed together over the whole back-off', () => {
    const policy = { maxAttempts: 4, backoffMs: 100 };
    expect([0, 0.25, 0.999].map((chance) => toRetryDelayMs(policy, passing, 3, chance))).toEqual([0, 100, 400]);
  });

  it('never comes back before the other side said, whatever chance says', () => {
    expect(toRetryDelayMs({ maxAttempts: 2, backoffMs: 100 }, { ...passing, retryAfterMs: 9000 }, 1, 0)).toBe(9000);
  });

  it('waits as long as the other side asked when that is longer', () => {
    expect(toRetryDelayMs({ maxAttempts: 2, backoffMs: 100 }, { ...passing, retryAfterMs: 9000 }, 1, 1)).toBe(9000);
    expect(toRetryDelayMs({ maxAttempts: 2, backoffMs: 10_000 }, { ...passing, retryAfterMs: 9000 }, 1, 1)).toBe(10_000);
  });

  it('tries again without a policy only what is known to pass', () => {
    expect(toRetryDelayMs(undefined, passing, 1, 1)).toBe(1000);
    expect(toRetryDelayMs(undefined, { code: 'tool.failed', message: '' }, 1, 1)).toBeUndefined();
  });

  it('never tries again what the same inputs would meet again', () => {
    expect(toRetryDelayMs({ maxAttempts: 9 }, { code: 'approval.denied', message: '' }, 1, 1)).toBeUndefined();
  });
});
