import { type HeapItem, LazyHeap } from './lazy-heap.ts';

/** A run in its turn among the others; `turn` only ever grows, to the number of the admission that last served the run. */
export interface RunTurn {
  readonly run: string;
  turn: number;
}

/** One that waits. Its place is kept by the line it stands in. */
export interface LineEntry {
  readonly run: RunTurn;
  readonly priority: number;
  /** Who goes first among the entries of one run with one priority. */
  readonly rank: number;
  /** Who came first has the smaller number. */
  seq: number;
  linePlace: LinePlace | undefined;
}

/** Where an entry stands among those of its run. */
export interface LinePlace extends HeapItem {
  readonly entry: LineEntry;
  readonly queue: RunQueue;
}

/** The entries of one run with one priority: the highest rank first, among equals who came first. Any of them may leave at any time. */
interface RunQueue extends HeapItem {
  readonly key: string;
  readonly run: RunTurn;
  readonly priority: number;
  readonly places: LazyHeap<LinePlace>;
  /** The run's turn and the first entry's number when the heap last looked. */
  turn: number;
  seq: number;
}

/**
 * Those who wait for the same things: the highest priority first, among equals the run that was served least recently,
 * within a run the highest rank, then who came first. Everything costs O(log n) of those that wait here.
 */
export class WaitingLine<Entry extends LineEntry> {
  readonly #queues = new Map<string, RunQueue>();
  readonly #heap = new LazyHeap<RunQueue>(isServedBefore, refreshQueue);

  get isEmpty(): boolean {
    return this.#heap.size === 0;
  }

  push(entry: Entry): void {
    const key = `${entry.priority} ${entry.run.run}`;
    const known = this.#queues.get(key);
    const queue = known ?? openQueue(key, entry);
    const place: LinePlace = { entry, queue, heapIndex: -1 };
    entry.linePlace = place;
    queue.places.push(place);
    if (known !== undefined) return;
    this.#queues.set(key, queue);
    this.#heap.push(queue);
  }

  /** Takes one out of the line wherever it stands. */
  remove(entry: Entry): void {
    const place = entry.linePlace as LinePlace;
    const { queue } = place;
    queue.places.remove(place);
    entry.linePlace = undefined;
    if (queue.places.size > 0) {
      // Behind one of a high rank may be somebody who came before it.
      if (refreshQueue(queue)) this.#heap.update(queue);
      return;
    }
    this.#heap.remove(queue);
    this.#queues.delete(queue.key);
  }

  /** Whose turn it is. */
  first(): Entry | undefined {
    return this.#heap.top()?.places.top()?.entry as Entry | undefined;
  }
}

function openQueue(key: string, { run, priority, seq }: LineEntry): RunQueue {
  return { key, run, priority, places: new LazyHeap(isBeforeInRun), turn: run.turn, seq, heapIndex: -1 };
}

function isBeforeInRun({ entry: one }: LinePlace, { entry: other }: LinePlace): boolean {
  return one.rank === other.rank ? one.seq < other.seq : one.rank > other.rank;
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
  const { seq } = (queue.places.top() as LinePlace).entry;
  if (queue.turn === turn && queue.seq === seq) return false;
  queue.turn = turn;
  queue.seq = seq;
  return true;
}
