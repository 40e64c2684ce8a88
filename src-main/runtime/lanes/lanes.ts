import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { LanesSnapshot, LaneWaiter } from '#shared/run/lane-figures.ts';
import { defaultLaneName, listLanes, type SchedulingSettings } from '#shared/run/lane-settings.ts';
import { createAdmission, createGate, type Gate } from './admission.ts';
import { createLane, maxDepthOf, toLaneFigures } from './lane.ts';
import {
  type LaneKeys,
  type LaneRequest,
  LaneTicket,
  type Ticket,
  type TicketLane,
  type TicketOffice,
  type TicketRun,
} from './lane-ticket.ts';
import { createNamedLimitGates } from './named-limits.ts';
import { createWorkerPool } from './worker-pool.ts';

export type LanesSettings = Pick<SchedulingSettings, 'lanes' | 'workers' | 'limits'>;

/**
 * Named queues before shared workers and limits. Whoever has a ticket is at work. Higher lanes go first, within a lane higher priorities,
 * among equals the run that was served least recently, and within a run the highest rank, then who came first. Whoever could begin never waits for somebody who
 * cannot, and what an entry costs does not depend on how many wait.
 */
export interface Lanes {
  /** A ticket if there is room for it now, else undefined: nothing waits. Throws the signal's reason when that has aborted. */
  tryEnter(request: LaneRequest): Ticket | undefined;
  /**
   * Resolves with a ticket as soon as there is room. Rejects with `lane.rejected`, `lane.shed` or `lane.timedOut`, and with the signal's
   * reason when that aborts while it waits.
   */
  enter(request: LaneRequest): Promise<Ticket>;
  /** Moves one who waits to the end of another lane; false when it does not wait (any more). Throws `lane.notFound` and `lane.rejected`. */
  move(ticketId: string, lane: string): boolean;
  /** Takes new settings at once. Nobody who is at work or waits is sent away; those of a lane that is gone stand in the default lane. */
  configure(settings: LanesSettings): void;
  snapshot(): LanesSnapshot;
  /** The first `limit` of those who wait, by when they came. */
  waiters(limit: number): readonly LaneWaiter[];
  /** Called at most once in 100 ms when anything has changed. */
  onChange(listener: () => void): () => void;
}

const changeDelayMs = 100;

export function createLanes(clock: Clock, initial: LanesSettings): Lanes {
  const pool = createWorkerPool(initial.workers, clock.monotonicMs());
  const admission = createAdmission(clock, (applicant, nowMs) => pass(applicant as LaneTicket, nowMs));
  let named = createNamedLimitGates(initial.limits);
  let lanes = toLaneMap(initial, new Map());
  let poolGate = createGate('workers', initial.workers.max);
  /** All that are not gone. */
  const tickets = new Set<LaneTicket>();
  const waiting = new Map<string, LaneTicket>();
  const runs = new Map<string, TicketRun>();
  const listeners = new Set<() => void>();
  let isChangeAnnounced = false;
  let lastSeq = 0;
  /** How many admissions there have been: the present turn. */
  let turn = 0;

  const office: TicketOffice = { leave, pause, resume };

  function tryEnter(request: LaneRequest): LaneTicket | undefined {
    request.signal.throwIfAborted();
    const place = laneOf(request.lane);
    const gates = gatesOf(request.keys, place, true);
    const nowMs = clock.monotonicMs();
    if (!admission.isFree(gates, nowMs)) return undefined;
    const ticket = createTicket(request, place, gates, nowMs);
    admission.take(gates, nowMs);
    begin(ticket, nowMs);
    return ticket;
  }

  async function enter(request: LaneRequest): Promise<Ticket> {
    return tryEnter(request) ?? wait(request);
  }

  function wait(request: LaneRequest): Promise<Ticket> {
    const place = laneOf(request.lane);
    if (request.id !== undefined && waiting.has(request.id)) throw new Error(`A ticket ${request.id} waits already`);
    makeRoom(place, request);
    const gates = gatesOf(request.keys, place, true);
    const ticket = createTicket(request, place, gates, clock.monotonicMs());
    try {
      request.onWaiting?.({ id: ticket.id, lane: ticket.lane, isOutside: place.counts.waiting >= maxDepthOf(place.settings) });
    } catch (thrown) {
      forget(ticket);
      throw thrown;
    }
    const waiter = Promise.withResolvers<Ticket>();
    ticket.waiter = waiter;
    waiting.set(ticket.id, ticket);
    watchWait(ticket, request.scheduleToStartMs);
    queueUp(ticket);
    changed();
    return waiter.promise;
  }

  /** Refuses the newcomer or, for it, one who waits when its lane is full. */
  function makeRoom(place: TicketLane, request: LaneRequest): void {
    const { settings, counts } = place;
    const most = maxDepthOf(settings);
    if (counts.waiting < most || settings.whenFull === 'block') return;
    const details = { lane: settings.name, depth: counts.waiting };
    changed();
    if (settings.whenFull === 'reject') {
      counts.rejected += 1;
      named.forgetUnused(request.keys);
      throw new HeddleError(
        'lane.rejected',
        `The lane ${settings.name} is full: ${counts.waiting} wait already. Try again later, or give the lane more depth or workers.`,
        { details, isRetryable: true },
      );
    }
    counts.shed += 1;
    const shed = (why: string) =>
      new HeddleError('lane.shed', `The lane ${settings.name} is full, and ${why}. Try again later, or raise the priority.`, {
        details,
        isRetryable: true,
      });
    const last = place.sheddable.top();
    if (last !== undefined && last.priority < (request.priority ?? 0)) {
      refuse(last, shed('something with a higher priority came'));
      return;
    }
    named.forgetUnused(request.keys);
    throw shed('nothing that waits there has a lower priority');
  }

  function watchWait(ticket: LaneTicket, timeoutMs: number | undefined): void {
    const { signal } = ticket.request;
    const stop = () => abortWait(ticket);
    signal.addEventListener('abort', stop, { once: true });
    const cancelTimer = timeoutMs === undefined ? undefined : clock.schedule(timeoutMs, () => timeOut(ticket, timeoutMs));
    ticket.endWait = () => {
      signal.removeEventListener('abort', stop);
      cancelTimer?.();
    };
  }

  function abortWait(ticket: LaneTicket): void {
    const reason = ticket.request.signal.reason as Error;
    if (ticket.state === 'waiting') {
      refuse(ticket, reason);
      return;
    }
    // It still has to leave; until then it is as paused as before.
    admission.remove(ticket);
    ticket.state = 'paused';
    settleWait(ticket)?.reject(reason);
  }

  function timeOut(ticket: LaneTicket, timeoutMs: number): void {
    ticket.place.counts.timedOut += 1;
    const message = `It waited longer than its limit of ${timeoutMs} ms in the lane ${ticket.lane}. Raise the limit, or give the lane more workers.`;
    refuse(ticket, new HeddleError('lane.timedOut', message, { details: { lane: ticket.lane, timeoutMs } }));
  }

  /** Sends away one who waits to begin. */
  function refuse(ticket: LaneTicket, reason: Error): void {
    takeFromQueue(ticket);
    waiting.delete(ticket.id);
    const waiter = settleWait(ticket);
    forget(ticket);
    changed();
    waiter?.reject(reason);
  }

  function queueUp(ticket: LaneTicket): void {
    const { place } = ticket;
    place.counts.waiting += 1;
    if (place.settings.whenFull === 'shed') place.sheddable.push(ticket);
    admission.wait(ticket);
  }

  function takeFromQueue(ticket: LaneTicket): void {
    ticket.place.counts.waiting -= 1;
    if (ticket.heapIndex >= 0) ticket.place.sheddable.remove(ticket);
    admission.remove(ticket);
  }

  /** One who waited to begin or to go on has come through; its gates are taken. */
  function pass(ticket: LaneTicket, nowMs: number): void {
    const { place } = ticket;
    const waiter = settleWait(ticket);
    if (ticket.state === 'waiting') {
      place.counts.waiting -= 1;
      if (ticket.heapIndex >= 0) place.sheddable.remove(ticket);
      waiting.delete(ticket.id);
    } else place.counts.paused -= 1;
    begin(ticket, nowMs);
    waiter?.resolve(ticket);
  }

  function begin(ticket: LaneTicket, nowMs: number): void {
    const { place, run } = ticket;
    if (ticket.state === 'waiting') place.window.waited(nowMs - ticket.cameAtMs, nowMs);
    ticket.state = 'atWork';
    place.counts.atWork += 1;
    turn += 1;
    run.turn = turn;
    pool.began(nowMs);
    changed();
  }

  function stopWork(ticket: LaneTicket): void {
    ticket.place.counts.atWork -= 1;
    pool.ended(clock.monotonicMs());
    admission.give(ticket.gates);
    changed();
  }

  function leave(ticket: LaneTicket): void {
    const { state, place } = ticket;
    if (state === 'gone') return;
    if (state === 'returning') admission.remove(ticket);
    settleWait(ticket)?.reject(new Error('It left while it waited to go on'));
    ticket.state = 'gone';
    place.window.ended(clock.monotonicMs());
    if (state === 'atWork') stopWork(ticket);
    else place.counts.paused -= 1;
    forget(ticket);
    changed();
  }

  function pause(ticket: LaneTicket): void {
    if (ticket.state === 'returning') {
      // Whoever waits for it to go on waits until it is resumed again, or aborted.
      admission.remove(ticket);
      ticket.state = 'paused';
      return;
    }
    if (ticket.state !== 'atWork') return;
    ticket.state = 'paused';
    ticket.place.counts.paused += 1;
    stopWork(ticket);
    named.forgetUnused(ticket.request.keys);
  }

  async function resume(ticket: LaneTicket): Promise<void> {
    if (ticket.state === 'atWork') return;
    ticket.request.signal.throwIfAborted();
    if (ticket.state === 'gone') throw new Error('It has left and cannot go on');
    ticket.waiter ??= Promise.withResolvers<Ticket>();
    const { promise } = ticket.waiter;
    if (ticket.state === 'paused') {
      ticket.state = 'returning';
      // It has begun: it goes before all who wait in its lane to begin, and no rate counts it again.
      ticket.priority = Number.POSITIVE_INFINITY;
      ticket.seq = ++lastSeq;
      ticket.gates = gatesOf(ticket.request.keys, ticket.place, false);
      if (ticket.endWait === undefined) watchWait(ticket, undefined);
      admission.wait(ticket);
    }
    await promise;
  }

  /** Ends the wait and gives what settles its promise. */
  function settleWait(ticket: LaneTicket): PromiseWithResolvers<Ticket> | undefined {
    const { waiter } = ticket;
    ticket.endWait?.();
    ticket.endWait = ticket.waiter = undefined;
    return waiter;
  }

  function createTicket(request: LaneRequest, place: TicketLane, gates: readonly Gate[], nowMs: number): LaneTicket {
    const { run: id } = request.keys;
    let run = runs.get(id);
    if (run === undefined) {
      // Just before the run that was served last, and behind all that have waited longer, so that newcomers starve nobody.
      run = { run: id, turn: turn - 0.5, tickets: 0 };
      runs.set(id, run);
    }
    run.tickets += 1;
    const ticket = new LaneTicket(office, request, place, run, gates, ++lastSeq, nowMs);
    tickets.add(ticket);
    return ticket;
  }

  function forget(ticket: LaneTicket): void {
    ticket.state = 'gone';
    tickets.delete(ticket);
    ticket.run.tickets -= 1;
    if (ticket.run.tickets === 0) runs.delete(ticket.run.run);
    named.forgetUnused(ticket.request.keys);
  }

  function laneOf(name: string): TicketLane {
    return lanes.get(name) ?? (lanes.get(defaultLaneName) as TicketLane);
  }

  /** The most particular first: one who cannot pass there is not tried whenever a worker is free. */
  function gatesOf(keys: LaneKeys, lane: TicketLane, isBeginning: boolean): readonly Gate[] {
    const gates: Gate[] = [];
    named.addGates(keys, gates);
    if (isBeginning && lane.rateGate !== null) gates.push(lane.rateGate);
    if (lane.settings.quota !== null) gates.push(lane.quotaGate);
    gates.push(poolGate);
    return gates;
  }

  function configure(settings: LanesSettings): void {
    const queued = [...tickets]
      .filter(({ state }) => state === 'waiting' || state === 'returning')
      .sort((one, other) => one.seq - other.seq);
    for (const ticket of queued) {
      if (ticket.state === 'waiting') takeFromQueue(ticket);
      else admission.remove(ticket);
    }
    const nowMs = clock.monotonicMs();
    pool.configure(settings.workers, nowMs);
    lanes = toLaneMap(settings, lanes);
    named = createNamedLimitGates(settings.limits);
    // Shut while all take their new places, so that they pass in the order of service and not in that of this loop.
    poolGate = createGate('workers', 0);
    for (const ticket of tickets) {
      ticket.place = laneOf(ticket.lane);
      const { counts } = ticket.place;
      if (ticket.state === 'paused' || ticket.state === 'returning') counts.paused += 1;
      if (ticket.state !== 'atWork') continue;
      counts.atWork += 1;
      ticket.gates = gatesOf(ticket.request.keys, ticket.place, false);
      admission.take(ticket.gates, nowMs);
    }
    for (const ticket of queued) {
      ticket.gates = gatesOf(ticket.request.keys, ticket.place, ticket.state === 'waiting');
      if (ticket.state === 'waiting') queueUp(ticket);
      else admission.wait(ticket);
    }
    poolGate.limit = settings.workers.max;
    admission.reconsider([poolGate]);
    changed();
  }

  function move(ticketId: string, lane: string): boolean {
    const target = lanes.get(lane);
    if (target === undefined) {
      throw new HeddleError('lane.notFound', `There is no lane ${lane}. Choose one of ${[...lanes.keys()].join(', ')}.`, {
        details: { lane },
      });
    }
    const ticket = waiting.get(ticketId);
    if (ticket === undefined) return false;
    if (ticket.place === target) return true;
    const { whenFull } = target.settings;
    if (whenFull !== 'block' && target.counts.waiting >= maxDepthOf(target.settings)) {
      throw new HeddleError(
        'lane.rejected',
        `The lane ${lane} is full: ${target.counts.waiting} wait already. It stays in ${ticket.lane}.`,
        {
          details: { lane, depth: target.counts.waiting },
          isRetryable: true,
        },
      );
    }
    takeFromQueue(ticket);
    ticket.place = target;
    ticket.seq = ++lastSeq;
    ticket.gates = gatesOf(ticket.request.keys, target, true);
    queueUp(ticket);
    changed();
    return true;
  }

  function changed(): void {
    if (isChangeAnnounced || listeners.size === 0) return;
    isChangeAnnounced = true;
    clock.schedule(changeDelayMs, () => {
      isChangeAnnounced = false;
      for (const listener of listeners) listener();
    });
  }

  return {
    tryEnter,
    enter,
    move,
    configure,
    snapshot() {
      const nowMs = clock.monotonicMs();
      const { min, max } = pool.settings;
      return {
        lanes: [...lanes.values()].map((lane) => toLaneFigures(lane, nowMs)),
        workers: { now: pool.size(nowMs), busy: pool.busy, min, max },
        limits: named.list(),
      };
    },
    waiters(limit) {
      const nowMs = clock.monotonicMs();
      return [...waiting.values()]
        .slice(0, limit)
        .map(({ id, lane, run, priority, cameAtMs }) => ({ ticketId: id, lane, run: run.run, priority, waitingMs: nowMs - cameAtMs }));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function toLaneMap(settings: LanesSettings, before: ReadonlyMap<string, TicketLane>): Map<string, TicketLane> {
  return new Map(listLanes(settings).map((lane) => [lane.name, createLane(lane, before.get(lane.name))]));
}
