import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import { breakerSettingsSchema } from '#shared/run/lane-settings.ts';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createOutsideCalls, type OutsideCall, type OutsideCallSettings } from './outside-calls.ts';

const never = () => new Promise<never>(() => undefined);
const turns = () => new Promise((resolve) => setImmediate(resolve));
const down = new HeddleError('model.unavailable', 'It answered 503.', { isRetryable: true });

function createWorld(changes: Partial<OutsideCallSettings> = {}) {
  const clock = createSimulatedClock();
  const settings = { maxCalls: 1, limits: {}, breaker: { ...breakerSettingsSchema.parse({}), failuresInRow: 2 }, ...changes };
  const calls = createOutsideCalls(clock, settings);
  const order: string[] = [];
  const toCall = (more: Partial<OutsideCall> = {}): OutsideCall => ({
    type: 'model',
    name: 'acme',
    run: 'r1',
    signal: new AbortController().signal,
    ...more,
  });
  /** A call that is at work until it is ended. */
  const begin = (name: string, more: Partial<OutsideCall> = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = calls
      .use(toCall(more), () => {
        order.push(name);
        return promise;
      })
      .catch((thrown: unknown) => (thrown instanceof HeddleError ? thrown.code : String(thrown)));
    return { done, end: resolve, fail: reject };
  };
  return { clock, settings, calls, order, toCall, begin };
}

describe('outside calls', () => {
  it('let no more in than the limit, first come first served', async () => {
    const { begin, order } = createWorld();
    const all = ['a', 'b', 'c'].map((name) => begin(name));
    await turns();
    expect(order).toEqual(['a']);
    for (const { end } of all) end();
    await Promise.all(all.map(({ done }) => done));
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('take turns between runs', async () => {
    const { begin, order } = createWorld();
    const all = [begin('a1'), begin('a2'), begin('a3'), begin('b1', { run: 'r2' })];
    for (const { end } of all) end();
    await Promise.all(all.map(({ done }) => done));
    expect(order).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('keep to the limit of each provider and tool without holding up others', async () => {
    const { begin, order, calls } = createWorld({
      maxCalls: 10,
      limits: { provider: { each: 1, byName: {} }, tool: { each: null, byName: { slow: 1 } } },
    });
    begin('a1');
    begin('a2');
    begin('b1', { name: 'other' });
    begin('s1', { type: 'tool', name: 'slow' });
    begin('s2', { type: 'tool', name: 'slow' });
    begin('f1', { type: 'tool', name: 'acme' });
    await turns();
    expect(order).toEqual(['a1', 'b1', 's1', 'f1']);
    expect(calls.figures().calls.lanes).toMatchObject([{ name: 'default', atWork: 4, depth: 2 }]);
  });

  it('give a slot back when its work is aborted, even when the work does not listen', async () => {
    const { calls, toCall } = createWorld();
    const deaf = new AbortController();
    const stuck = calls.use(toCall({ signal: deaf.signal }), never);
    const next = calls.use(toCall(), async () => 'in');
    deaf.abort(new Error('stopped'));
    await expect(stuck).rejects.toThrow('stopped');
    expect(await next).toBe('in');
  });

  it('forget a waiter that was aborted, and nobody else', async () => {
    const { begin, order } = createWorld();
    const leaving = new AbortController();
    const first = begin('first');
    const gone = begin('gone', { signal: leaving.signal });
    const waiting = begin('served');
    leaving.abort(new Error('left'));
    expect(await gone.done).toBe('Error: left');
    first.end();
    await first.done;
    await turns();
    expect(order).toEqual(['first', 'served']);
    waiting.end();
  });

  it('let in at once everyone whom a raised limit has room for', async () => {
    const { begin, order, calls, settings } = createWorld();
    for (const name of ['a', 'b', 'c', 'd']) begin(name);
    calls.configure({ ...settings, maxCalls: 3 });
    await turns();
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('refuse what is down before it waits, and what went down while it waited', async () => {
    const { begin, order, clock } = createWorld();
    const [first, second] = [begin('first'), begin('second')];
    const waiting = [begin('third'), begin('fourth')];
    const other = begin('other', { name: 'other' });
    first.fail(down);
    second.fail(down);
    expect(await Promise.all([first, second, ...waiting].map(({ done }) => done))).toEqual([
      'model.unavailable',
      'model.unavailable',
      'model.circuitOpen',
      'model.circuitOpen',
    ]);
    await turns();
    expect(await begin('late').done).toBe('model.circuitOpen');
    expect(order).toEqual(['first', 'second', 'other']);
    other.end();
    await clock.advance(10_000);
    const probe = begin('probe');
    await turns();
    expect(await begin('beside').done).toBe('model.circuitOpen');
    probe.end();
    await probe.done;
    begin('after');
    await turns();
    expect(order.slice(3)).toEqual(['probe', 'after']);
  });

  it('learn nothing about the other side from a stop', async () => {
    const { begin, calls } = createWorld({ maxCalls: 4 });
    const stop = new AbortController();
    const all = [1, 2, 3].map((index) => begin(`${index}`, { signal: stop.signal }));
    await turns();
    stop.abort(new HeddleError('run.cancelled', 'stopped'));
    await Promise.all(all.map(({ done }) => done));
    expect(calls.figures().breakers).toMatchObject([{ key: 'model:acme', state: 'closed', failed: 0 }]);
  });

  it('tell when a breaker opens and when calls have begun or ended', async () => {
    const { begin, calls, clock } = createWorld({ maxCalls: 2 });
    let told = 0;
    const stop = calls.onChange(() => (told += 1));
    const all = [begin('a'), begin('b')];
    await clock.advance(100);
    expect(told).toBe(1);
    for (const { fail } of all) fail(down);
    await turns();
    expect(told).toBe(2);
    stop();
    await clock.advance(1000);
    expect(told).toBe(2);
  });
});
