/** The list with the item at `index` replaced: what `with` gives, many times faster, because a slice is one copy of memory. */
export function replaced<Item>(list: readonly Item[], index: number, item: Item): readonly Item[] {
  const copy = list.slice();
  copy[index] = item;
  return copy;
}
