import type { Appended, EventStore } from '#main/event-store/event-store.ts';
import { createMemoryEventStore, type MemoryDisk } from '#main/event-store/memory-event-store.ts';
import type { EventEnvelope, NewEvent } from '#shared/events/envelope.ts';
import { createUpcast } from '#shared/events/upcast.ts';
import { runEventUpcasters, runEventVersions } from '#shared/run/events.ts';
import type { Dice } from './dice.ts';
import type { MortalClock, SimulatedTime } from './simulated-time.ts';

/** What goes wrong with the next transaction: it does not fit, or the medium fails for good. */
export type DiskFault = 'full' | 'io';

/** The journal on a disk that takes its time. What it has not written yet is lost when its clock is killed. */
export interface SimulatedStore extends EventStore {
  failNextWrite(fault: DiskFault): void;
  /** True when nothing waits to be written or acknowledged. */
  readonly isIdle: boolean;
  /** Writes what is pending at once, as a host that stops in order does before it closes. */
  drain(): Promise<void>;
}

interface PendingAppend {
  readonly turn: number;
  readonly stream: string;
  readonly expectedSeq: number;
  readonly events: readonly NewEvent[];
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Wraps the in-memory store (its queue, chain and refusals are the real ones) in delays. Appends of one turn are written together,
 * as promised; how many turns share a transaction, how long it takes and how late it is acknowledged is chance.
 */
export function openSimulatedStore(
  disk: MemoryDisk,
  clock: MortalClock,
  time: SimulatedTime,
  dice: Dice,
  onWritten: (events: readonly EventEnvelope[]) => void,
): SimulatedStore {
  const inner = createMemoryEventStore({ disk, upcast: createUpcast(runEventVersions, runEventUpcasters) });
  let queue: PendingAppend[] = [];
  let isWriting = false;
  let unacknowledged = 0;
  let isClosed = false;
  const late: (() => void)[] = [];
  let latestAckMs = 0;
  inner.onCommitted(onWritten);

  function write(): void {
    if (isWriting || queue.length === 0) return;
    isWriting = true;
    clock.schedule(toWriteMs(dice), () => {
      if (queue.length > 0) commit(takeTurns());
      isWriting = false;
      write();
    });
  }

  /** Whole turns from the front of the queue: at least one, mostly all. */
  function takeTurns(): PendingAppend[] {
    const turns = [...new Set(queue.map(({ turn }) => turn))];
    const last = dice.holds(0.7) ? turns.at(-1) : dice.pick(turns);
    const taken = queue.filter(({ turn }) => turn <= (last ?? 0));
    queue = queue.filter(({ turn }) => turn > (last ?? 0));
    return taken;
  }

  function commit(batch: readonly PendingAppend[]): void {
    for (const { stream, expectedSeq, events, resolve, reject } of batch) {
      unacknowledged += 1;
      inner.append(stream, expectedSeq, events).then(
        (appended) => acknowledge(() => resolve(appended)),
        (error: unknown) => {
          unacknowledged -= 1;
          reject(error);
          rejectBehind(stream, error);
        },
      );
    }
  }

  /** Most are told at once; some while later, and a host may die in between without knowing what stands on its disk. In order always. */
  function acknowledge(tell: () => void): void {
    const done = () => {
      unacknowledged -= 1;
      tell();
    };
    if (late.length === 0 && !dice.holds(0.15)) {
      done();
      return;
    }
    late.push(done);
    latestAckMs = Math.max(latestAckMs, clock.monotonicMs() + dice.int(0, 20));
    clock.schedule(latestAckMs - clock.monotonicMs(), () => late.shift()?.());
  }

  /** What waits behind a failed write would leave a hole. */
  function rejectBehind(stream: string, error: unknown): void {
    const behind = queue.filter((pending) => pending.stream === stream);
    queue = queue.filter((pending) => pending.stream !== stream);
    for (const { reject } of behind) reject(error);
  }

  async function drain(): Promise<void> {
    const rest = queue;
    queue = [];
    commit(rest);
    await time.settle();
    for (let tell = late.shift(); tell !== undefined; tell = late.shift()) tell();
    await time.settle();
  }

  return {
    ...inner,
    append: (stream, expectedSeq, events) =>
      new Promise((resolve, reject) => {
        if (isClosed || inner.stopReason(stream) !== undefined) {
          // The real store says why.
          inner.append(stream, expectedSeq, events).then(resolve, reject);
          return;
        }
        queue.push({ turn: time.steps, stream, expectedSeq, events, resolve, reject });
        write();
      }),
    failNextWrite: (fault) => inner.failNextWrite(fault),
    get isIdle() {
      return queue.length === 0 && unacknowledged === 0;
    },
    drain,
    async close() {
      await drain();
      isClosed = true;
      await inner.close();
    },
  };
}

/** Mostly about a millisecond, as an fsync on a good disk; sometimes much longer. */
function toWriteMs(dice: Dice): number {
  if (dice.holds(0.5)) return 0;
  return dice.holds(0.9) ? dice.int(1, 5) : dice.int(10, 400);
}
