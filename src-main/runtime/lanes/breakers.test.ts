import { describe, expect, it } from 'vitest';
import { type ErrorCode, HeddleError } from '#shared/base/errors.ts';
import { type BreakerSettings, breakerSettingsSchema } from '#shared/run/lane-settings.ts';
import { createSimulatedClock } from '../../../tests/support/simulated-clock.ts';
import { createBreakers } from './breakers.ts';

const down = new HeddleError('model.unavailable', 'It answered 503.', { isRetryable: true });

function createWorld(changes: Partial<BreakerSettings> = {}) {
  const clock = createSimulatedClock();
  const settings = { ...breakerSettingsSchema.parse({}), failuresInRow: 3, openMs: 10_000, ...changes };
  const breakers = createBreakers(clock, () => settings);
  const states: string[] = [];
  breakers.onChange(({ key, state }) => states.push(`${key} ${state}`));
  const call = (outcome: unknown = 'fine', key: 'model:acme' | 'model:other' | 'tool:search' = 'model:acme') =>
    breakers
      .use(key, async () => {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      })
      .catch((thrown: unknown) => (thrown instanceof HeddleError ? thrown.code : String(thrown)));
  const fail = async (times: number, error: unknown = down) => {
    for (let time = 0; time < times; time += 1) await call(error);
  };
  return { clock, settings, breakers, states, call, fail };
}

describe('a circuit breaker', () => {
  it('opens after failures in a row and then refuses at once, saying when to try again', async () => {
    const { clock, breakers, states, call, fail } = createWorld();
    await fail(2);
    expect(await call()).toBe('fine');
    await fail(3);
    await clock.advance(4000);
    let calls = 0;
    const refused = breakers.use('model:acme', async () => (calls += 1));
    await expect(refused).rejects.toMatchObject({
      code: 'model.circuitOpen',
      message: 'acme failed too often and is left alone for another 6 s; then one call may try. The last failure was: It answered 503.',
      isRetryable: true,
      retryAfterMs: 6000,
      details: { provider: 'acme' },
    });
    expect(calls).toBe(0);
    expect(states).toEqual(['model:acme open']);
    expect(breakers.snapshot()).toEqual([
      {
        key: 'model:acme',
        state: 'open',
        failuresInRow: 3,
        calls: 6,
        failed: 5,
        retryAfterMs: 6000,
        lastFailure: 'It answered 503.',
        opened: 1,
      },
    ]);
  });

  it('is one for each provider and tool', async () => {
    const { call, fail, breakers } = createWorld();
    await fail(3);
    expect([await call('fine', 'model:other'), await call('fine', 'tool:search')]).toEqual(['fine', 'fine']);
    for (let time = 0; time < 3; time += 1) await call(new HeddleError('mcp.crashed', 'gone'), 'tool:search');
    expect([await call('fine', 'tool:search'), await call()]).toEqual(['tool.circuitOpen', 'model.circuitOpen']);
    expect(breakers.snapshot().map(({ key, state }) => [key, state])).toEqual([
      ['model:acme', 'open'],
      ['model:other', 'closed'],
      ['tool:search', 'open'],
    ]);
  });

  it('lets a single call try when its time is up, and closes when that is well', async () => {
    const { clock, breakers, states, call, fail } = createWorld();
    await fail(3);
    await clock.advance(10_000);
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = breakers.use('model:acme', () => promise);
    expect(await Promise.all([call(), call(), call()])).toEqual(['model.circuitOpen', 'model.circuitOpen', 'model.circuitOpen']);
    resolve('back');
    expect(await probe).toBe('back');
    expect(await Promise.all([call(), call()])).toEqual(['fine', 'fine']);
    expect(states).toEqual(['model:acme open', 'model:acme halfOpen', 'model:acme closed']);
  });

  it('opens again when the one that tried fails', async () => {
    const { clock, states, call, fail } = createWorld();
    await fail(3);
    await clock.advance(10_000);
    expect(await call(down)).toBe('model.unavailable');
    await clock.advance(9999);
    expect(await call()).toBe('model.circuitOpen');
    await clock.advance(1);
    expect(await call()).toBe('fine');
    expect(states).toEqual(['open', 'halfOpen', 'open', 'halfOpen', 'closed'].map((state) => `model:acme ${state}`));
  });

  it('lets the next call try when the one that tried learned nothing', async () => {
    const { clock, call, fail } = createWorld();
    await fail(3);
    await clock.advance(10_000);
    expect(await call(new Error('aborted'))).toBe('Error: aborted');
    expect(await call()).toBe('fine');
    expect(await call()).toBe('fine');
  });

  it('closes when the one that tried was answered, be it with a no', async () => {
    const { clock, call, fail, breakers } = createWorld();
    await fail(3);
    await clock.advance(10_000);
    expect(await call(new HeddleError('model.badRequest', 'no'))).toBe('model.badRequest');
    expect(breakers.snapshot()[0]?.state).toBe('closed');
  });

  it('stays open as long as the other side asked, but not for days', async () => {
    const { clock, call, fail } = createWorld();
    const busy = (retryAfterMs: number) => new HeddleError('model.rateLimited', 'Slow down', { isRetryable: true, retryAfterMs });
    await fail(3, busy(2000));
    await clock.advance(1999);
    expect(await call()).toBe('model.circuitOpen');
    await clock.advance(1);
    expect(await call(busy(86_400_000))).toBe('model.rateLimited');
    await clock.advance(5 * 60_000 - 1);
    expect(await call()).toBe('model.circuitOpen');
    await clock.advance(1);
    expect(await call()).toBe('fine');
  });

  it('opens when too large a share of the calls in its window fails', async () => {
    const { clock, call, fail, breakers } = createWorld({ failuresInRow: 100, minCalls: 10, failureShare: 0.5, windowMs: 60_000 });
    for (let time = 0; time < 4; time += 1) {
      await call();
      await fail(1);
    }
    await call();
    expect(breakers.snapshot()[0]?.state).toBe('closed');
    await fail(1);
    expect(breakers.snapshot()[0]?.state).toBe('open');
    await clock.advance(10_000);
    expect(await call()).toBe('fine');
    // What failed before it closed counts no more, and what left the window neither.
    await fail(8);
    await clock.advance(60_000);
    await fail(2);
    expect(breakers.snapshot()[0]).toMatchObject({ state: 'closed', calls: 2, failed: 2 });
  });

  it.each<[ErrorCode | 'bug', 'counts' | 'does not']>([
    ['model.unavailable', 'counts'],
    ['model.rateLimited', 'counts'],
    ['model.timedOut', 'counts'],
    ['model.streamCut', 'counts'],
    ['mcp.crashed', 'counts'],
    ['tool.timedOut', 'counts'],
    ['model.badRequest', 'does not'],
    ['model.unauthorized', 'does not'],
    ['model.contextTooLong', 'does not'],
    ['tool.failed', 'does not'],
    ['tool.argumentsInvalid', 'does not'],
    ['run.cancelled', 'does not'],
    ['bug', 'does not'],
  ])('%s %s against the other side', async (code, says) => {
    const { breakers, fail } = createWorld();
    await fail(3, code === 'bug' ? new Error('bug') : new HeddleError(code, 'no'));
    expect(breakers.snapshot()[0]?.state).toBe(says === 'counts' ? 'open' : 'closed');
  });

  it('hears nothing more from calls that began before it opened', async () => {
    const { breakers, states, fail } = createWorld();
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = breakers.use('model:acme', () => promise);
    await fail(3);
    resolve('late');
    expect(await slow).toBe('late');
    expect(states).toEqual(['model:acme open']);
  });

  it('can be switched off', async () => {
    const { call, fail } = createWorld({ isOn: false });
    await fail(50);
    expect(await call()).toBe('fine');
  });
});
