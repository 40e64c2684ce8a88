/** What stands in a heap: `heapIndex` is its place there, kept by the heap, and -1 outside of one. */
export interface HeapItem {
  heapIndex: number;
}

/**
 * A binary heap from which any item can be taken in O(log n), and whose items may fall behind without telling it: an order that only
 * ever gets worse is brought up to date when its item reaches the top. An item whose order gets better must be told of (`update`).
 */
export class LazyHeap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  readonly #isBefore: (one: Item, other: Item) => boolean;
  readonly #refresh: (item: Item) => boolean;

  /** `refresh` brings the order that `isBefore` compares up to date and says whether it had changed. */
  constructor(isBefore: (one: Item, other: Item) => boolean, refresh: (item: Item) => boolean = () => false) {
    this.#isBefore = isBefore;
    this.#refresh = refresh;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first item by its true order. */
  top(): Item | undefined {
    for (;;) {
      const first = this.#items[0];
      if (first === undefined || !this.#refresh(first)) return first;
      this.#sink(first, 0);
    }
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** Puts an item that is in here where its order says. */
  update(item: Item): void {
    this.#rise(item, item.heapIndex);
    this.#sink(item, item.heapIndex);
  }

  remove(item: Item): void {
    const index = item.heapIndex;
    const last = this.#items.pop();
    item.heapIndex = -1;
    if (last === undefined || last === item) return;
    this.#items[index] = last;
    last.heapIndex = index;
    this.update(last);
  }

  #rise(item: Item, from: number): void {
    const items = this.#items;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex] as Item;
      if (!this.#isBefore(item, parent)) break;
      items[index] = parent;
      parent.heapIndex = index;
      index = parentIndex;
    }
    items[index] = item;
    item.heapIndex = index;
  }

  #sink(item: Item, from: number): void {
    const items = this.#items;
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= items.length) break;
      const right = items[childIndex + 1];
      if (right !== undefined && this.#isBefore(right, items[childIndex] as Item)) childIndex += 1;
      const child = items[childIndex] as Item;
      if (!this.#isBefore(child, item)) break;
      items[index] = child;
      child.heapIndex = index;
      index = childIndex;
    }
    items[index] = item;
    item.heapIndex = index;
  }
}
