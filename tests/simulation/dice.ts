import { createRandom } from '../support/random.ts';

/** Chance with a name: the same seed and the same words give the same throws, whatever else was thrown before. */
export interface Dice {
  /** In [0, 1). */
  next(): number;
  /** A whole number, both ends included. */
  int(least: number, most: number): number;
  holds(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
}

/**
 * Dice for one question of a simulation (“how long does this call take?”), thrown from the seed and the question's words.
 * Nothing is drawn from a common sequence, so that taking a part out of a plan leaves the chance of all others as it was: plans can be shrunk.
 */
export function createDice(seed: number, about: string): Dice {
  const next = createRandom(hashText(`${seed} ${about}`));
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    int,
    holds: (probability) => next() < probability,
    pick(items) {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new Error(`Nothing to pick from: ${about}`);
      return item;
    },
  };
}

/** A 32-bit number for a text: FNV-1a with a final avalanche, so that texts that differ at their end differ everywhere. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
