import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import { schedulingSettingsSchema } from '#shared/run/lane-settings.ts';
import { createSimulatedClock } from '../../../tests/support/simulated-clock.ts';
import type { LaneRequest, Ticket } from './lane-ticket.ts';
import { createLanes } from './lanes.ts';

type Input = z.input<typeof schedulingSettingsSchema>;
type Ask = Partial<Omit<LaneRequest, 'keys'>> & { readonly keys?: Readonly<Record<string, string>> };

const turns = () => new Promise((resolve) => setImmediate(resolve));
const one = { workers: { min: 1, max: 1 } } satisfies Input;
const code = (thrown: unknown) => (thrown instanceof HeddleError ? thrown.code : String(thrown));

function createWorld(input: Input) {
  const clock = createSimulatedClock();
  const lanes = createLanes(clock, schedulingSettingsSchema.parse(input));
  const began: string[] = [];
  const refused: string[] = [];
  const held = new Map<string, Ticket>();
  const toRequest = (ask: Ask): LaneRequest => ({
    lane: 'default',
    signal: new AbortController().signal,
    ...ask,
    keys: { run: 'r', ...ask.keys },
  });
  /** Enters under a name; what becomes of it is in `began` or `refused`. */
  const enter = (name: string, ask: Ask = {}) =>
    lanes.enter(toRequest(ask)).then(
      (ticket) => {
        began.push(name);
        held.set(name, ticket);
      },
      (thrown: unknown) => void refused.push(`${name} ${code(thrown)}`),
    );
  const enterAll = async (asks: Readonly<Record<string, Ask>>) => {
    for (const [name, ask] of Object.entries(asks)) void enter(name, ask);
    await turns();
  };
  const leave = async (name: string) => {
    held.get(name)?.leave();
    held.delete(name);
    await turns();
  };
  /** Lets everyone at work leave, one after the other as they came, until nobody is. */
  const drain = async () => {
    for (let [first] = held.keys(); first !== undefined; [first] = held.keys()) await leave(first);
  };
  const lane = (name = 'default') => lanes.snapshot().lanes.find((figures) => figures.name === name);
  return { clock, lanes, began, refused, held, toRequest, enter, enterAll, leave, drain, lane };
}

describe('lanes', () => {
  it('let in who finds room without a wait', () => {
    const { lanes, toRequest } = createWorld(one);
    const ticket = lanes.tryEnter(toRequest({}));
    expect(ticket?.lane).toBe('default');
    expect(lanes.tryEnter(toRequest({}))).toBe(undefined);
    ticket?.leave();
    ticket?.leave();
    expect(lanes.tryEnter(toRequest({}))).toBeDefined();
    expect(lanes.tryEnter(toRequest({}))).toBe(undefined);
  });

  it('serve the higher lane first, then the higher priority, then who came first', async () => {
    const { enterAll, drain, began } = createWorld(one);
    await enterAll({
      first: {},
      low: { lane: 'background', priority: 100 },
      plain: {},
      plainToo: {},
      urgent: { priority: 5 },
      person: { lane: 'interactive', priority: -5 },
      urgentToo: { priority: 5 },
    });
    await drain();
    expect(began).toEqual(['first', 'person', 'urgent', 'urgentToo', 'plain', 'plainToo', 'low']);
  });

  it('serve the run that was served least recently: a thousand nodes of one run do not hold up the others', async () => {
    const { enter, drain, began } = createWorld(one);
    for (let index = 0; index < 1000; index += 1) void enter(`big ${index}`, { keys: { run: 'big' } });
    for (let run = 0; run < 999; run += 1) void enter(`small ${run}`, { keys: { run: `small ${run}` } });
    await turns();
    await drain();
    expect(began.slice(0, 2)).toEqual(['big 0', 'small 0']);
    const last = began.findLastIndex((name) => name.startsWith('small'));
    expect(last).toBeLessThanOrEqual(1000);
    expect(began).toHaveLength(1999);
  });

  it('serve within a run the highest rank first, and no other run before or after its turn for that', async () => {
    const { enterAll, drain, began } = createWorld(one);
    await enterAll({
      first: { keys: { run: 'f' } },
      short: { rank: 1, keys: { run: 'a' } },
      other: { rank: 50, keys: { run: 'b' } },
      long: { rank: 9, keys: { run: 'a' } },
      longToo: { rank: 9, keys: { run: 'a' } },
      urgent: { priority: 1, keys: { run: 'a' } },
    });
    await drain();
    expect(began).toEqual(['first', 'urgent', 'other', 'long', 'longToo', 'short']);
  });

  it('give a run the place of its first again when one of a higher rank that came later goes away', async () => {
    const { enter, enterAll, drain, began } = createWorld(one);
    const controller = new AbortController();
    await enterAll({ first: { keys: { run: 'f' } }, early: { keys: { run: 'a' } }, other: { keys: { run: 'b' } } });
    void enter('late', { rank: 9, keys: { run: 'a' }, signal: controller.signal });
    controller.abort(new Error('stopped'));
    await drain();
    expect(began).toEqual(['first', 'early', 'other']);
  });

  it('are fair to a run that waits while new ones keep coming', async () => {
    const { enter, enterAll, leave, began } = createWorld(one);
    await enterAll({ 'new 0': { keys: { run: 'new 0' } }, old: { keys: { run: 'old' } }, 'old too': { keys: { run: 'old' } } });
    for (let index = 1; index < 10; index += 1) {
      void enter(`new ${index}`, { keys: { run: `new ${index}` } });
      await leave(began.at(-1) as string);
    }
    expect(began.slice(0, 5)).toEqual(['new 0', 'old', 'new 1', 'new 2', 'old too']);
  });

  it('hold no one up behind who waits for something else', async () => {
    const { enterAll, began, drain, lanes } = createWorld({ workers: { min: 4, max: 4 }, limits: { provider: { byName: { acme: 1 } } } });
    await enterAll({
      a1: { keys: { provider: 'acme' } },
      a2: { keys: { provider: 'acme' }, priority: 9 },
      b1: { keys: { provider: 'other' } },
      none: {},
    });
    expect(began).toEqual(['a1', 'b1', 'none']);
    expect(lanes.snapshot().limits).toEqual([{ sort: 'provider', name: 'acme', limit: 1, atWork: 1 }]);
    await drain();
    expect(began).toEqual(['a1', 'b1', 'none', 'a2']);
    expect(lanes.snapshot().limits).toEqual([]);
  });

  it('keep to the limit of each agent, of a lane and of the pool', async () => {
    const { enterAll, began, lane, lanes } = createWorld({
      workers: { min: 1, max: 4 },
      lanes: [{ name: 'default' }, { name: 'small', quota: 2 }],
      limits: { agent: { each: 1 } },
    });
    await enterAll({
      s1: { lane: 'small', keys: { agent: 'x' } },
      s2: { lane: 'small', keys: { agent: 'x' } },
      s3: { lane: 'small', keys: { agent: 'y' } },
      s4: { lane: 'small', keys: { agent: 'z' } },
      d1: {},
      d2: {},
      d3: {},
    });
    expect(began).toEqual(['s1', 's3', 'd1', 'd2']);
    expect([lane('small')?.atWork, lane('small')?.depth, lane()?.depth]).toEqual([2, 2, 1]);
    expect(lanes.snapshot().workers).toEqual({ now: 4, busy: 4, min: 1, max: 4 });
  });

  it('put who names a lane that is not there into the default lane', async () => {
    const { enterAll, held } = createWorld(one);
    await enterAll({ a: { lane: 'gone' } });
    expect(held.get('a')?.lane).toBe('default');
  });

  it('refuse who comes when the lane is full and rejects', async () => {
    const { enterAll, refused, lane, drain, began } = createWorld({
      ...one,
      lanes: [{ name: 'default', maxDepth: 1, whenFull: 'reject' }],
    });
    await enterAll({ a: {}, b: {}, c: { priority: 9 } });
    expect(refused).toEqual(['c lane.rejected']);
    expect(lane()).toMatchObject({ depth: 1, outside: 0, rejected: 1 });
    await drain();
    expect(began).toEqual(['a', 'b']);
  });

  it('shed the last of the lowest priority when the lane is full', async () => {
    const { enterAll, refused, lane, drain, began } = createWorld({ ...one, lanes: [{ name: 'default', maxDepth: 3, whenFull: 'shed' }] });
    await enterAll({ a: {}, b: { priority: 1 }, c: {}, d: {}, e: { priority: 2 }, f: {}, g: { priority: 2 } });
    expect(refused.toSorted()).toEqual(['c lane.shed', 'd lane.shed', 'f lane.shed']);
    expect(lane()).toMatchObject({ depth: 3, shed: 3 });
    await drain();
    expect(began).toEqual(['a', 'e', 'g', 'b']);
  });

  it('let everyone wait when the lane is full and blocks, and count who stands outside', async () => {
    const places: unknown[] = [];
    const onWaiting: LaneRequest['onWaiting'] = (place) => places.push(place);
    const { enterAll, lane, drain, began } = createWorld({ ...one, lanes: [{ name: 'default', maxDepth: 1, whenFull: 'block' }] });
    await enterAll({ a: { onWaiting }, b: { onWaiting, id: 'b' }, c: { onWaiting, id: 'c' } });
    expect(lane()).toMatchObject({ depth: 1, outside: 1, rejected: 0 });
    expect(places).toEqual([
      { id: 'b', lane: 'default', isOutside: false },
      { id: 'c', lane: 'default', isOutside: true },
    ]);
    await drain();
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('let in bursts by a token bucket and no more than drip in', async () => {
    const { enterAll, began, clock } = createWorld({ lanes: [{ name: 'default', rate: { type: 'tokenBucket', perSecond: 2, burst: 2 } }] });
    await enterAll({ a: {}, b: {}, c: {}, d: {} });
    expect(began).toEqual(['a', 'b']);
    await clock.advance(499);
    expect(began).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(began).toEqual(['a', 'b', 'c']);
    await clock.advance(500);
    expect([began, clock.pendingTimers]).toEqual([['a', 'b', 'c', 'd'], 0]);
  });

  it('space evenly by a leaky bucket, whose depth is how many may wait', async () => {
    const rate = { type: 'leakyBucket', perSecond: 10, depth: 2 } as const;
    const { enterAll, began, clock, refused } = createWorld({ lanes: [{ name: 'default', whenFull: 'reject', rate }] });
    await enterAll({ a: {}, b: {}, c: {}, d: {} });
    expect([began, refused]).toEqual([['a'], ['d lane.rejected']]);
    await clock.advance(100);
    expect(began).toEqual(['a', 'b']);
    await clock.advance(100);
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('look again when a timer rings a moment early', async () => {
    const simulated = createSimulatedClock();
    const clock = { ...simulated, schedule: (delayMs: number, wake: () => void) => simulated.schedule(Math.max(1, delayMs - 7), wake) };
    const lanes = createLanes(
      clock,
      schedulingSettingsSchema.parse({ lanes: [{ name: 'default', rate: { type: 'leakyBucket', perSecond: 10, depth: 9 } }] }),
    );
    const { toRequest } = createWorld({});
    void (await lanes.enter(toRequest({})));
    let beganAtMs: number | undefined;
    void lanes.enter(toRequest({})).then(() => (beganAtMs = simulated.monotonicMs()));
    while (await simulated.advanceToNext());
    expect(beganAtMs).toBe(100);
  });

  it('give a newcomer no token that somebody waits for', async () => {
    const { lanes, enterAll, began, toRequest, clock } = createWorld({
      lanes: [{ name: 'default', rate: { type: 'leakyBucket', perSecond: 10, depth: 9 } }],
    });
    const atTheMoment = Promise.withResolvers<Ticket | undefined>();
    await enterAll({ a: {} });
    clock.schedule(100, () => atTheMoment.resolve(lanes.tryEnter(toRequest({}))));
    await enterAll({ b: {} });
    await clock.advance(100);
    expect([await atTheMoment.promise, began]).toEqual([undefined, ['a', 'b']]);
  });

  it('send away who waits too long', async () => {
    const { enterAll, refused, clock, lane, leave, began } = createWorld(one);
    await enterAll({ a: {}, b: { scheduleToStartMs: 1000 }, c: { scheduleToStartMs: 2000 } });
    await clock.advance(1500);
    await leave('a');
    expect([began, refused, lane()?.timedOut, clock.pendingTimers]).toEqual([['a', 'c'], ['b lane.timedOut'], 1, 0]);
  });

  it('forget who is aborted while waiting, wherever it stands, and nobody else', async () => {
    const { enterAll, refused, lane, drain, began, lanes } = createWorld(one);
    const [b, c] = [new AbortController(), new AbortController()];
    const keys = { run: 'other' };
    await enterAll({ a: {}, b: { signal: b.signal }, c: { signal: c.signal, keys }, d: {} });
    b.abort(new Error('left'));
    c.abort(new HeddleError('run.cancelled', 'stopped'));
    await turns();
    expect(refused).toEqual(['b Error: left', 'c run.cancelled']);
    expect([lane()?.depth, lanes.waiters(10).length]).toEqual([1, 1]);
    await drain();
    expect([began, lane()?.atWork]).toEqual([['a', 'd'], 0]);
  });

  it('refuse at once who has been aborted before', async () => {
    const { enterAll, refused, lanes, toRequest } = createWorld(one);
    const signal = AbortSignal.abort(new Error('over'));
    await enterAll({ a: { signal } });
    expect(refused).toEqual(['a Error: over']);
    expect(() => lanes.tryEnter(toRequest({ signal }))).toThrow('over');
    expect(lanes.snapshot().workers.busy).toBe(0);
  });

  it('give the slot of who is paused to others and let it go on before those who wait', async () => {
    const { enterAll, held, leave, began, lane } = createWorld({ ...one, lanes: [{ name: 'default', rate: null }] });
    await enterAll({ a: {}, b: {}, c: { priority: 50 } });
    held.get('a')?.pause();
    await turns();
    expect([began, lane()?.paused]).toEqual([['a', 'c'], 1]);
    let isBack = false;
    void held
      .get('a')
      ?.resume()
      .then(() => {
        isBack = true;
      });
    await turns();
    expect(isBack).toBe(false);
    await leave('c');
    expect([isBack, began, lane()?.paused, lane()?.atWork]).toEqual([true, ['a', 'c'], 0, 1]);
    await leave('a');
    expect(began).toEqual(['a', 'c', 'b']);
  });

  it('take a pause of the paused and a going on of the working for what they are', async () => {
    const { enterAll, held, leave, began, lane } = createWorld(one);
    await enterAll({ a: {}, b: {} });
    const a = held.get('a');
    await a?.resume();
    a?.pause();
    a?.pause();
    await turns();
    expect([began, lane()?.paused]).toEqual([['a', 'b'], 1]);
    const back = Promise.all([a?.resume(), a?.resume()]);
    await leave('b');
    await back;
    expect(lane()).toMatchObject({ atWork: 1, paused: 0 });
    a?.leave();
    a?.pause();
    expect(lane()).toMatchObject({ atWork: 0, paused: 0 });
  });

  it('pay no second token for going on', async () => {
    const { enterAll, held, began } = createWorld({ lanes: [{ name: 'default', rate: { type: 'leakyBucket', perSecond: 1, depth: 9 } }] });
    await enterAll({ a: {}, b: {} });
    held.get('a')?.pause();
    await held.get('a')?.resume();
    expect(began).toEqual(['a']);
  });

  it('let someone paused be aborted, or leave, and owe nothing', async () => {
    const { enterAll, held, leave, lane, drain, lanes } = createWorld(one);
    const stop = new AbortController();
    await enterAll({ a: { signal: stop.signal }, b: {}, c: {} });
    held.get('a')?.pause();
    await turns();
    const back = held.get('a')?.resume();
    // A second question, asked while it waits to go on, does not leave the first asker without an end.
    held.get('a')?.pause();
    stop.abort(new Error('stopped'));
    await expect(back).rejects.toThrow('stopped');
    await expect(held.get('a')?.resume()).rejects.toThrow('stopped');
    await leave('a');
    await drain();
    expect(lane()).toMatchObject({ atWork: 0, paused: 0, depth: 0 });
    expect(lanes.snapshot().workers.busy).toBe(0);
  });

  it('end the wait of someone who leaves while it waits to go on', async () => {
    const { enterAll, held, drain, lane } = createWorld(one);
    await enterAll({ a: {}, b: {} });
    held.get('a')?.pause();
    await turns();
    const back = held.get('a')?.resume();
    held.get('a')?.leave();
    await expect(back).rejects.toThrow('It left');
    await expect(held.get('a')?.resume()).rejects.toThrow('It has left');
    await drain();
    expect(lane()).toMatchObject({ atWork: 0, paused: 0, depth: 0 });
  });

  it('move one who waits to another lane', async () => {
    const { lanes, enterAll, drain, began, lane } = createWorld({
      ...one,
      lanes: [
        { name: 'slow', quota: 1 },
        { name: 'fast', priority: 1 },
        { name: 'full', maxDepth: 0, whenFull: 'reject' },
      ],
    });
    await enterAll({ a: { lane: 'slow', id: 'a' }, b: { lane: 'slow', id: 'b' }, c: { lane: 'slow', id: 'c' } });
    expect(lanes.move('c', 'fast')).toBe(true);
    expect([lane('slow')?.depth, lane('fast')?.depth]).toEqual([1, 1]);
    expect(lanes.waiters(10).map(({ ticketId, lane: name }) => [ticketId, name])).toEqual([
      ['b', 'slow'],
      ['c', 'fast'],
    ]);
    expect([lanes.move('a', 'fast'), lanes.move('nobody', 'fast'), lanes.move('c', 'fast')]).toEqual([false, false, true]);
    expect(() => lanes.move('b', 'nowhere')).toThrow(expect.objectContaining({ code: 'lane.notFound' }));
    expect(() => lanes.move('b', 'full')).toThrow(expect.objectContaining({ code: 'lane.rejected' }));
    await drain();
    expect(began).toEqual(['a', 'c', 'b']);
  });

  it('begin at once what is moved to where there is room', async () => {
    const { lanes, enterAll, began } = createWorld({ lanes: [{ name: 'slow', quota: 1 }] });
    await enterAll({ a: { lane: 'slow' }, b: { lane: 'slow', id: 'b' } });
    lanes.move('b', 'default');
    await turns();
    expect(began).toEqual(['a', 'b']);
  });

  it('take new settings at once, in the order of service', async () => {
    const { lanes, enterAll, began, lane, drain, held } = createWorld({ ...one, lanes: [{ name: 'odd', maxDepth: 7, whenFull: 'shed' }] });
    await enterAll({ a: {}, low: { lane: 'odd' }, paused: {}, high: { priority: 9 }, gone: { lane: 'odd', priority: 5 } });
    lanes.configure(schedulingSettingsSchema.parse({ workers: { min: 1, max: 2 }, limits: { run: { each: 2 } } }));
    await turns();
    expect([began, lane()?.depth, lane('odd')]).toEqual([['a', 'high'], 3, undefined]);
    expect(lanes.snapshot().limits).toEqual([{ sort: 'run', name: 'r', limit: 2, atWork: 2 }]);
    lanes.configure(schedulingSettingsSchema.parse(one));
    held.get('a')?.leave();
    await turns();
    expect(began).toEqual(['a', 'high']);
    await drain();
    expect(began).toEqual(['a', 'high', 'gone', 'low', 'paused']);
  });

  it('do not give a bucket afresh when other settings change', async () => {
    const rated = { lanes: [{ name: 'default', rate: { type: 'tokenBucket', perSecond: 1, burst: 2 } }] } satisfies Input;
    const { lanes, enterAll, began, clock } = createWorld(rated);
    await enterAll({ a: {}, b: {}, c: {} });
    lanes.configure(schedulingSettingsSchema.parse({ ...rated, workers: { min: 2, max: 9 } }));
    await turns();
    expect([began, clock.pendingTimers]).toEqual([['a', 'b'], 1]);
    await clock.advance(1000);
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('say how long who began lately waited and how many ended', async () => {
    const { enterAll, clock, leave, lane } = createWorld(one);
    await enterAll({ a: {}, b: {} });
    await clock.advance(400);
    await leave('a');
    await leave('b');
    await clock.advance(1000);
    expect(lane()).toMatchObject({ waitP50Ms: 0, waitP95Ms: 400, perSecond: 0.2 });
  });

  it('tell of changes, many at once as one', async () => {
    const { lanes, enterAll, clock, drain } = createWorld(one);
    let told = 0;
    const stop = lanes.onChange(() => {
      told += 1;
    });
    await enterAll({ a: {}, b: {} });
    expect(told).toBe(0);
    await clock.advance(100);
    expect(told).toBe(1);
    await clock.advance(1000);
    expect(told).toBe(1);
    stop();
    await drain();
    expect(clock.pendingTimers).toBe(0);
  });

  it('leave nothing behind when whoever is told of a wait throws', async () => {
    const { enterAll, refused, lane, lanes } = createWorld(one);
    const onWaiting = () => {
      throw new Error('bug');
    };
    await enterAll({ a: {}, b: { onWaiting } });
    expect([refused, lane()?.depth, lanes.waiters(9)]).toEqual([['b Error: bug'], 0, []]);
  });

  it('refuse two of one name to wait at once: that is a bug', async () => {
    const { enterAll, refused } = createWorld(one);
    await enterAll({ a: {}, b: { id: 'x' }, c: { id: 'x' } });
    expect(refused).toEqual(['c Error: A ticket x waits already']);
  });
});
