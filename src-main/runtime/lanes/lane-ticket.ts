import type { Applicant, Gate } from './admission.ts';
import type { Lane } from './lane.ts';
import type { LinePlace } from './waiting-line.ts';

/** The right to be at work. It ends with `leave`, whatever became of the work; leaving twice is leaving once. */
export interface Ticket {
  readonly id: string;
  /** The lane it is in; another than was asked for when that is not there, or when it was moved. */
  readonly lane: string;
  leave(): void;
  /** Gives the slot back while a person is asked. */
  pause(): void;
  /** Resolves when the slot is back, before all who wait in its lane to begin; rejects with the signal's reason when that aborts. */
  resume(): Promise<void>;
}

/** What somebody who wants to be at work says about it. */
export interface LaneRequest {
  readonly lane: string;
  /** What it uses, by sort: limits are by these, and fairness is between runs. */
  readonly keys: LaneKeys;
  /** Higher goes first within its lane; 0 when absent. */
  readonly priority?: number | undefined;
  /** Among those of one run and one priority the highest goes first, then who came first; 0 when absent. */
  readonly rank?: number | undefined;
  readonly signal: AbortSignal;
  /** Longest wait in milliseconds before it is refused with `lane.timedOut`. */
  readonly scheduleToStartMs?: number | undefined;
  /** How it is called while it waits; unique among the waiting. Numbered when absent. */
  readonly id?: string | undefined;
  /** Called once, before waiting begins, and not at all when there is room. */
  readonly onWaiting?: ((place: { readonly id: string; readonly lane: string; readonly isOutside: boolean }) => void) | undefined;
}

export interface LaneKeys {
  readonly run: string;
  readonly [sort: string]: string | undefined;
}

/** Whoever gives out tickets and takes them back. */
export interface TicketOffice {
  leave(ticket: LaneTicket): void;
  pause(ticket: LaneTicket): void;
  resume(ticket: LaneTicket): Promise<void>;
}

export type TicketLane = Lane<LaneTicket>;

/** The run of tickets, and how many of them there are. */
export interface TicketRun {
  readonly run: string;
  turn: number;
  tickets: number;
}

/** A ticket from the moment somebody asks for it. Only its office changes it. */
export class LaneTicket implements Ticket, Applicant {
  readonly id: string;
  readonly request: LaneRequest;
  readonly run: TicketRun;
  readonly cameAtMs: number;
  readonly #office: TicketOffice;
  state: 'waiting' | 'atWork' | 'paused' | 'returning' | 'gone' = 'waiting';
  /** The lane it is in now. */
  place: TicketLane;
  priority: number;
  readonly rank: number;
  seq: number;
  gates: readonly Gate[];
  group: Applicant['group'];
  linePlace: LinePlace | undefined;
  heapIndex = -1;
  /** Settles the promise of whoever waits for it, to begin or to go on. */
  waiter: PromiseWithResolvers<Ticket> | undefined;
  /** Forgets the timer and the abort listener of its wait. */
  endWait: (() => void) | undefined;

  constructor(
    office: TicketOffice,
    request: LaneRequest,
    place: TicketLane,
    run: TicketRun,
    gates: readonly Gate[],
    seq: number,
    nowMs: number,
  ) {
    this.#office = office;
    this.id = request.id ?? `#${seq}`;
    this.request = request;
    this.place = place;
    this.run = run;
    this.gates = gates;
    this.group = this.linePlace = this.waiter = this.endWait = undefined;
    this.priority = request.priority ?? 0;
    this.rank = request.rank ?? 0;
    this.seq = seq;
    this.cameAtMs = nowMs;
  }

  get lane(): string {
    return this.place.settings.name;
  }

  get scope(): string {
    return this.place.settings.name;
  }

  get scopePriority(): number {
    return this.place.settings.priority;
  }

  leave(): void {
    this.#office.leave(this);
  }

  pause(): void {
    this.#office.pause(this);
  }

  resume(): Promise<void> {
    return this.#office.resume(this);
  }
}
