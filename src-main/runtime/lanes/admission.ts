import type { Clock } from '#shared/base/clock.ts';
import { LazyHeap } from './lazy-heap.ts';
import type { RateLimit } from './rate-limit.ts';
import { isServedBefore, type LineEntry, WaitingLine } from './waiting-line.ts';

/** Something that lets only so many in at once (`limit`), or only so often (`rate`, which is never given back). */
export interface Gate {
  readonly name: string;
  limit: number;
  readonly rate: RateLimit | null;
  inUse: number;
  /** Groups that have to pass here, wherever they wait. */
  groups: number;
  readonly parked: LazyHeap<Group>;
  /** While passing goes on: whom this gate has sent to try. */
  candidate: Group | undefined;
  cancelTimer: (() => void) | undefined;
}

/** One who wants to pass all of its gates at once. */
export interface Applicant extends LineEntry {
  /** The scope of its order (a lane): equal for all who share a group. */
  readonly scopePriority: number;
  readonly scope: string;
  gates: readonly Gate[];
  group: Group | undefined;
}

/** Applicants of one scope that wait for the same gates: either all of them could pass, or none. */
interface Group {
  readonly key: string;
  readonly scopePriority: number;
  readonly gates: readonly Gate[];
  readonly line: WaitingLine<Applicant>;
  /** The gate at which it is parked, or that sent it to try. */
  parkedAt: Gate;
  priority: number;
  turn: number;
  seq: number;
  heapIndex: number;
}

/**
 * Who passes which gates when. Whoever waits is in a group, and between any two calls each group is parked at a gate that is closed to it;
 * so whoever finds all gates open overtakes nobody, and nobody is forgotten. A gate that opens tries its groups in the order of service
 * one by one; what a call costs depends on the number of groups it tries, never on how many wait.
 */
export interface Admission {
  /** True when it may pass now without overtaking anyone. */
  isFree(gates: readonly Gate[], nowMs: number): boolean;
  take(gates: readonly Gate[], nowMs: number): void;
  /** Gives back what was taken and lets in whoever can pass now. */
  give(gates: readonly Gate[]): void;
  wait(applicant: Applicant): void;
  /** Takes one who waits out. */
  remove(applicant: Applicant): void;
  /** Lets in whoever can pass after gates have changed. */
  reconsider(gates: Iterable<Gate>): void;
}

export function createGate(name: string, limit: number, rate: RateLimit | null = null): Gate {
  return { name, limit, rate, inUse: 0, groups: 0, parked: createGroupHeap(), candidate: undefined, cancelTimer: undefined };
}

/** `onPass` hears of each who waited and has passed; its gates are taken by then. */
export function createAdmission(clock: Clock, onPass: (applicant: Applicant, nowMs: number) => void): Admission {
  const groups = new Map<string, Group>();
  const ready = createGroupHeap();
  const opened: Gate[] = [];

  function wait(applicant: Applicant): void {
    const key = toGroupKey(applicant);
    const known = groups.get(key);
    applicant.group = known;
    if (known !== undefined) {
      known.line.push(applicant);
      if (refreshGroup(known)) known.parkedAt.parked.update(known);
      return;
    }
    const { gates, scopePriority, priority, seq } = applicant;
    const nowMs = clock.monotonicMs();
    const closed = gates.find((gate) => !isFreeGate(gate, nowMs));
    const parkedAt = closed ?? (gates.at(-1) as Gate);
    const group: Group = {
      key,
      scopePriority,
      gates,
      line: new WaitingLine(),
      parkedAt,
      priority,
      turn: applicant.run.turn,
      seq,
      heapIndex: -1,
    };
    applicant.group = group;
    group.line.push(applicant);
    groups.set(key, group);
    for (const gate of gates) gate.groups += 1;
    park(group, parkedAt, nowMs);
    if (closed === undefined) reconsider([parkedAt]);
  }

  function remove(applicant: Applicant): void {
    const { group } = applicant;
    if (group === undefined) return;
    leaveLine(group, applicant);
    const gate = group.parkedAt;
    if (!group.line.isEmpty) {
      if (refreshGroup(group)) gate.parked.update(group);
      return;
    }
    gate.parked.remove(group);
    if (gate.parked.size > 0) return;
    gate.cancelTimer?.();
    gate.cancelTimer = undefined;
  }

  function leaveLine(group: Group, applicant: Applicant): void {
    group.line.remove(applicant);
    applicant.group = undefined;
    if (!group.line.isEmpty) return;
    groups.delete(group.key);
    for (const gate of group.gates) gate.groups -= 1;
  }

  function park(group: Group, gate: Gate, nowMs: number): void {
    group.parkedAt = gate;
    refreshGroup(group);
    gate.parked.push(group);
    arm(gate, nowMs);
  }

  /** A rate opens with time, so somebody has to look again then; a timer may also have rung a moment early. */
  function arm(gate: Gate, nowMs: number): void {
    if (gate.rate === null || gate.cancelTimer !== undefined || gate.parked.size === 0) return;
    gate.cancelTimer = clock.schedule(gate.rate.waitMs(nowMs), () => {
      gate.cancelTimer = undefined;
      reconsider([gate]);
    });
  }

  function reconsider(gates: Iterable<Gate>): void {
    for (const gate of gates) if (gate.parked.size > 0) opened.push(gate);
    if (opened.length > 0) passWhoCan();
  }

  /** Each open gate sends its first group; the best of those tries, and stands in line again. Ends when every group is at a closed gate. */
  function passWhoCan(): void {
    const nowMs = clock.monotonicMs();
    for (;;) {
      sendCandidates(nowMs);
      const group = ready.top();
      if (group === undefined) return;
      ready.remove(group);
      const sender = group.parkedAt;
      sender.candidate = undefined;
      const closed = group.gates.find((gate) => !isOpen(gate, nowMs));
      if (closed !== undefined) {
        park(group, closed, nowMs);
        continue;
      }
      const applicant = group.line.first() as Applicant;
      leaveLine(group, applicant);
      take(group.gates, nowMs);
      onPass(applicant, nowMs);
      if (!group.line.isEmpty) park(group, sender, nowMs);
    }
  }

  function sendCandidates(nowMs: number): void {
    for (let index = opened.length - 1; index >= 0; index -= 1) {
      const gate = opened[index] as Gate;
      if (gate.candidate !== undefined) continue;
      const group = isOpen(gate, nowMs) ? gate.parked.top() : undefined;
      if (group === undefined) {
        opened[index] = opened.at(-1) as Gate;
        opened.pop();
        arm(gate, nowMs);
        continue;
      }
      gate.parked.remove(group);
      gate.candidate = group;
      ready.push(group);
    }
  }

  function take(gates: readonly Gate[], nowMs: number): void {
    for (const gate of gates) {
      if (gate.rate === null) gate.inUse += 1;
      else gate.rate.take(nowMs);
    }
  }

  return {
    isFree(gates, nowMs) {
      for (const gate of gates) if (!isFreeGate(gate, nowMs)) return false;
      return true;
    },
    take,
    give(gates) {
      for (const gate of gates) if (gate.rate === null) gate.inUse -= 1;
      reconsider(gates);
    },
    wait,
    remove,
    reconsider,
  };
}

function isOpen(gate: Gate, nowMs: number): boolean {
  return gate.rate === null ? gate.inUse < gate.limit : gate.rate.waitMs(nowMs) === 0;
}

/** A rate opens by itself as time passes, a moment before its timer lets in who waits: until then newcomers stand behind those. */
function isFreeGate(gate: Gate, nowMs: number): boolean {
  return isOpen(gate, nowMs) && (gate.rate === null || gate.parked.size === 0);
}

function createGroupHeap(): LazyHeap<Group> {
  return new LazyHeap<Group>((one, other) => {
    if (one.scopePriority !== other.scopePriority) return one.scopePriority > other.scopePriority;
    return isServedBefore(one, other);
  }, refreshGroup);
}

/** Groups compare by their first applicant. */
function refreshGroup(group: Group): boolean {
  const first = group.line.first() as Applicant;
  const { priority, seq } = first;
  const { turn } = first.run;
  if (group.priority === priority && group.turn === turn && group.seq === seq) return false;
  group.priority = priority;
  group.turn = turn;
  group.seq = seq;
  return true;
}

function toGroupKey({ scope, gates }: Applicant): string {
  return gates.reduce((key, gate) => `${key}\n${gate.name}`, scope);
}
