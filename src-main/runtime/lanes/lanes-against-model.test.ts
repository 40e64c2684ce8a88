import { describe, expect, it } from 'vitest';
import { type SchedulingSettings, schedulingSettingsSchema } from '#shared/run/lane-settings.ts';
import { createRandom } from '../../../tests/support/random.ts';
import { rounds } from '../../../tests/support/rounds.ts';
import { createSimulatedClock } from '../../../tests/support/simulated-clock.ts';
import type { Ticket } from './lane-ticket.ts';
import { createLanes } from './lanes.ts';

/** One asker as the model sees it. */
interface Asker {
  readonly name: string;
  readonly run: string;
  readonly provider: string | undefined;
  readonly controller: AbortController;
  lane: string;
  priority: number;
  seq: number;
  state: 'waiting' | 'atWork' | 'paused' | 'returning' | 'gone';
}

const lanePriorities: Readonly<Record<string, number>> = { default: 0, interactive: 10, background: -10 };
const laneNames = Object.keys(lanePriorities);
const seeds = Array.from({ length: rounds(10, 60) }, (_, index) => index + 1);

/**
 * The same rules without any cleverness: after everything that happens, the best of all who could begin begins, until nobody can.
 * The lanes must let in the same ones in the same order.
 */
function createModel(initial: SchedulingSettings) {
  let settings = initial;
  const askers: Asker[] = [];
  const runs = new Map<string, { turn: number; count: number }>();
  const passed: string[] = [];
  let turn = 0;
  let seq = 0;

  const limitOf = (provider: string) => settings.limits.provider?.byName[provider] ?? settings.limits.provider?.each ?? Infinity;
  const count = (is: (asker: Asker) => boolean) => askers.filter((asker) => asker.state === 'atWork' && is(asker)).length;
  const quotaOf = (lane: string) => settings.lanes.find(({ name }) => name === lane)?.quota ?? Infinity;
  const canBegin = (asker: Asker) =>
    count(() => true) < settings.workers.max &&
    count(({ lane }) => lane === asker.lane) < quotaOf(asker.lane) &&
    (asker.provider === undefined || count(({ provider }) => provider === asker.provider) < limitOf(asker.provider));
  const isBefore = (one: Asker, other: Asker) => {
    const order = (asker: Asker) => [
      -(lanePriorities[asker.lane] as number),
      asker.state === 'returning' ? -Infinity : -asker.priority,
      runs.get(asker.run)?.turn as number,
      asker.seq,
    ];
    const [a, b] = [order(one), order(other)];
    const difference = a.findIndex((value, index) => value !== b[index]);
    return (a[difference] as number) < (b[difference] as number);
  };
  function settle(): void {
    for (;;) {
      const able = askers.filter((asker) => (asker.state === 'waiting' || asker.state === 'returning') && canBegin(asker));
      const best = able.reduce<Asker | undefined>(
        (known, asker) => (known !== undefined && isBefore(known, asker) ? known : asker),
        undefined,
      );
      if (best === undefined) return;
      best.state = 'atWork';
      turn += 1;
      (runs.get(best.run) as { turn: number }).turn = turn;
      passed.push(best.name);
    }
  }
  function remove(asker: Asker): void {
    asker.state = 'gone';
    askers.splice(askers.indexOf(asker), 1);
    const run = runs.get(asker.run) as { turn: number; count: number };
    run.count -= 1;
    if (run.count === 0) runs.delete(asker.run);
  }
  return {
    askers,
    passed,
    settle,
    remove,
    enter(asker: Omit<Asker, 'seq' | 'state'>): void {
      const run = runs.get(asker.run) ?? { turn: turn - 0.5, count: 0 };
      run.count += 1;
      runs.set(asker.run, run);
      seq += 1;
      askers.push({ ...asker, seq, state: 'waiting' });
      settle();
    },
    configure(next: SchedulingSettings): void {
      settings = next;
      settle();
    },
    nextSeq: () => ++seq,
    canBegin,
  };
}

async function play(seed: number): Promise<void> {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const toSettings = () =>
    schedulingSettingsSchema.parse({
      workers: { min: 1, max: between(1, 6) },
      lanes: laneNames.map((name) => ({ name, priority: lanePriorities[name], ...(random() < 0.5 ? { quota: between(1, 3) } : {}) })),
      limits: random() < 0.8 ? { provider: { each: between(1, 3), byName: { p0: between(1, 2) } } } : {},
    });
  const clock = createSimulatedClock();
  const settings = toSettings();
  const lanes = createLanes(clock, settings);
  const model = createModel(settings);
  const passed: string[] = [];
  const tickets = new Map<string, Ticket>();
  const onTheWay = new Set<string>();
  const inState = (...states: Asker['state'][]) => model.askers.filter(({ state }) => states.includes(state));
  const check = async (what: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(passed, `seed ${seed}, ${what}`).toEqual(model.passed);
    const snapshot = lanes.snapshot();
    expect(snapshot.workers.busy).toBe(inState('atWork').length);
    expect(snapshot.lanes.map(({ name, atWork, depth, paused }) => ({ name, atWork, depth, paused }))).toEqual(
      laneNames.map((name) => {
        const here = (...states: Asker['state'][]) => inState(...states).filter(({ lane }) => lane === name).length;
        return { name, atWork: here('atWork'), depth: here('waiting'), paused: here('paused', 'returning') };
      }),
    );
    // Nobody is forgotten, and nobody is at work beyond a limit: the model, which knows no cleverness, would let nobody else in.
    expect(inState('waiting', 'returning').filter(model.canBegin)).toEqual([]);
  };

  const acts = {
    enter() {
      const asker = {
        name: `n${model.nextSeq()}`,
        run: `r${between(0, 4)}`,
        provider: pick(['p0', 'p1', 'p2', undefined]),
        lane: pick(laneNames) as string,
        priority: between(-1, 1),
        controller: new AbortController(),
      };
      model.enter(asker);
      const { name, lane, priority, run, provider, controller } = asker;
      lanes.enter({ id: name, lane, priority, keys: { run, provider }, signal: controller.signal }).then(
        (ticket) => {
          passed.push(name);
          tickets.set(name, ticket);
        },
        () => undefined,
      );
    },
    leave() {
      const asker = pick(inState('atWork', 'paused', 'returning'));
      if (asker === undefined) return;
      model.remove(asker);
      model.settle();
      tickets.get(asker.name)?.leave();
    },
    abort() {
      const asker = pick(inState('waiting', 'returning'));
      if (asker === undefined) return;
      const isWaiting = asker.state === 'waiting';
      if (isWaiting) model.remove(asker);
      else asker.state = 'paused';
      asker.controller.abort(new Error('stop'));
      if (!isWaiting) {
        model.remove(asker);
        tickets.get(asker.name)?.leave();
      }
    },
    pause() {
      const asker = pick(inState('atWork', 'returning'));
      if (asker === undefined) return;
      asker.state = 'paused';
      tickets.get(asker.name)?.pause();
      model.settle();
    },
    resume() {
      const asker = pick(inState('paused'));
      if (asker === undefined) return;
      asker.state = 'returning';
      asker.seq = model.nextSeq();
      model.settle();
      const { name } = asker;
      const back = tickets.get(name)?.resume();
      // Someone who was paused again on the way back is resumed twice, and goes on once.
      const isFirst = !onTheWay.has(name);
      onTheWay.add(name);
      back?.then(
        () => {
          onTheWay.delete(name);
          if (isFirst) passed.push(name);
        },
        () => onTheWay.delete(name),
      );
    },
    move() {
      const asker = pick(inState('waiting'));
      const lane = pick(laneNames) as string;
      if (asker === undefined || asker.lane === lane) return;
      asker.lane = lane;
      asker.seq = model.nextSeq();
      lanes.move(asker.name, lane);
      model.settle();
    },
  };
  const weights: readonly (keyof typeof acts)[] = [
    'enter',
    'enter',
    'enter',
    'enter',
    'leave',
    'leave',
    'leave',
    'abort',
    'pause',
    'resume',
    'move',
  ];
  for (let step = 0; step < 250; step += 1) {
    const act = pick(weights) as keyof typeof acts;
    acts[act]();
    await check(`step ${step} ${act}`);
    if (act === 'enter' && random() < 0.05) {
      const next = toSettings();
      model.configure(next);
      lanes.configure(next);
      await check(`step ${step} configured`);
    }
  }
  // Whoever waits now gets in once the others leave: nobody starves.
  for (;;) {
    for (const asker of inState('paused')) tickets.get(asker.name)?.leave();
    for (const asker of inState('paused')) model.remove(asker);
    model.settle();
    const [asker] = inState('atWork');
    if (asker === undefined) break;
    model.remove(asker);
    model.settle();
    tickets.get(asker.name)?.leave();
    await check('draining');
  }
  expect(model.askers).toEqual([]);
  expect([lanes.waiters(9), lanes.snapshot().limits, clock.pendingTimers]).toEqual([[], [], 0]);
}

/** Lanes with buckets: beginnings of a lane keep to its rate in every interval, and everybody begins in the end. */
async function playRates(seed: number): Promise<void> {
  const random = createRandom(seed);
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const burst = between(1, 5);
  const perSecond = { token: between(1, 20), leaky: between(1, 20) };
  const clock = createSimulatedClock();
  const lanes = createLanes(
    clock,
    schedulingSettingsSchema.parse({
      workers: { min: 1, max: between(2, 8) },
      lanes: [
        { name: 'token', rate: { type: 'tokenBucket', perSecond: perSecond.token, burst } },
        { name: 'leaky', priority: between(-1, 1), rate: { type: 'leakyBucket', perSecond: perSecond.leaky, depth: 1000 } },
      ],
    }),
  );
  const begun = { token: [] as number[], leaky: [] as number[] };
  let ended = 0;
  const askers = 60;
  for (let asker = 0; asker < askers; asker += 1) {
    const lane = random() < 0.5 ? 'token' : 'leaky';
    const workMs = between(0, 400);
    clock.schedule(between(0, 5000), () => {
      void lanes.enter({ lane, keys: { run: `r${asker % 7}` }, signal: new AbortController().signal }).then((ticket) => {
        begun[lane].push(clock.monotonicMs());
        clock.schedule(workMs, () => {
          ticket.leave();
          ended += 1;
        });
      });
    });
  }
  while (await clock.advanceToNext());
  expect(ended).toBe(askers);
  for (const [lane, most] of [['token', burst] as const, ['leaky', 1] as const]) {
    const times = begun[lane];
    for (let first = 0; first < times.length; first += 1) {
      for (let last = first; last < times.length; last += 1) {
        const passedMs = (times[last] as number) - (times[first] as number);
        expect(last - first + 1, `seed ${seed}, ${lane}`).toBeLessThanOrEqual(most + (passedMs * perSecond[lane]) / 1000 + 1e-6);
      }
    }
  }
}

describe('lanes against a model that looks at everyone', () => {
  it.each(seeds)('let in the same, in the same order (seed %i)', play);
  it.each(seeds)('keep to their rates and forget nobody (seed %i)', playRates);
});
