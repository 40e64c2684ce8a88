import { LazyHeap } from './lazy-heap.ts';

/** A run in its turn among the others; `turn` only ever grows, to the number of the admission that last served the run. */
export interface RunTurn {
  readonly run: string;
  turn: number;
}

/** One that waits. The links are kept by the line it stands in. */
export interface LineEntry {
  readonly run: RunTurn;
  readonly priority: number;
  /** Who came first has the smaller number. */
  seq: number;
  queue: RunQueue | undefined;
  before: LineEntry | undefined;
  behind: LineEntry | undefined;
}

/** The entries of one run with one priority, first come first served, as a linked list: any of them may leave at any time. */
export interface RunQueue {
  readonly key: string;
  readonly run: RunTurn;
  readonly priority: number;
  first: LineEntry | undefined;
  last: LineEntry | undefined;
  /** The run's turn and the first entry's number when the heap last looked. */
  turn: number;
  seq: number;
  heapIndex: number;
}

/**
 * Those who wait for the same things: the highest priority first, among equals the run that was served least recently,
 * within a run who came first. Everything costs O(log n) of the runs that wait here.
 */
export class WaitingLine<Entry extends LineEntry> {
  readonly #queues = new Map<string, RunQueue>();
  readonly #heap = new LazyHeap<RunQueue>(isServedBefore, refreshQueue);

  get isEmpty(): boolean {
    return this.#heap.size === 0;
  }

  push(entry: Entry): void {
    const key = `${entry.priority} ${entry.run.run}`;
    const queue = this.#queues.get(key);
    if (queue === undefined) {
      this.#open(key, entry);
      return;
    }
    entry.queue = queue;
    // A queue that is there has somebody in it.
    const last = queue.last as LineEntry;
    entry.before = last;
    last.behind = entry;
    queue.last = entry;
  }

  /** Takes one out of the line wherever it stands. */
  remove(entry: Entry): void {
    const { before, behind } = entry;
    const queue = entry.queue as RunQueue;
    if (before === undefined) queue.first = behind;
    else before.behind = behind;
    if (behind === undefined) queue.last = before;
    else behind.before = before;
    entry.queue = entry.before = entry.behind = undefined;
    if (queue.first !== undefined) return;
    this.#heap.remove(queue);
    this.#queues.delete(queue.key);
  }

  /** Whose turn it is. */
  first(): Entry | undefined {
    return this.#heap.top()?.first as Entry | undefined;
  }

  #open(key: string, entry: Entry): void {
    const queue: RunQueue = {
      key,
      run: entry.run,
      priority: entry.priority,
      first: entry,
      last: entry,
      turn: entry.run.turn,
      seq: entry.seq,
      heapIndex: -1,
    };
    entry.queue = queue;
    this.#queues.set(key, queue);
    this.#heap.push(queue);
  }
}

/** What decides who goes first. */
export interface ServiceOrder {
  readonly priority: number;
  readonly turn: number;
  readonly seq: number;
}

/** The one order of service: priority, then the run served least recently, then who came first. */
export function isServedBefore(one: ServiceOrder, other: ServiceOrder): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  if (one.turn !== other.turn) return one.turn < other.turn;
  return one.seq < other.seq;
}

function refreshQueue(queue: RunQueue): boolean {
  const turn = queue.run.turn;
  const { seq } = queue.first as LineEntry;
  if (queue.turn === turn && queue.seq === seq) return false;
  queue.turn = turn;
  queue.seq = seq;
  return true;
}
