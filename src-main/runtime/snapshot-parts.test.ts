import { describe, expect, test } from 'vitest';
import type { JsonValue } from '#shared/base/json.ts';
import { createRandom } from '../../tests/support/random.ts';
import { rounds } from '../../tests/support/rounds.ts';
import { createPartCodec } from './snapshot-parts.ts';

/** Parts in memory, and how many were handed out since last asked. */
function createShelf() {
  const parts = new Map<string, Buffer>();
  let added = 0;
  return {
    parts,
    put: ({ hash, text }: { readonly hash: string; readonly text: string }) => {
      parts.set(hash, Buffer.from(text));
      added += text.length;
    },
    read: (hash: string) => parts.get(hash),
    takeAdded: () => {
      const sum = added;
      added = 0;
      return sum;
    },
  };
}

const awkward: JsonValue[] = [
  null,
  0,
  'plain',
  '',
  [],
  {},
  JSON.parse('{"__proto__":{"deep":[1]},"a":1}') as JsonValue,
  { v: 1, h: [['a'], 'b'], s: [], l: true },
  'line\nbreak\u2028 and "quotes" and ü and \ud83d\ude00',
  Array.from({ length: 3000 }, (_, index) => index),
  Array.from({ length: 200 }, (_, index) => ({
    index,
    text: 'x'.repeat(index * 5),
    deep: { list: Array.from({ length: index }, () => ({ n: index })) },
  })),
  Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key ${index}`, { index, text: 'y'.repeat(300) }])),
  Object.fromEntries(Array.from({ length: 40 }, (_, index) => [index === 20 ? '__proto__' : `k${index}`, 'z'.repeat(200)])),
  Object.fromEntries(Array.from({ length: 1100 }, (_, index) => [`key ${index}`, index])),
  [[['x'.repeat(5000)]], Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 'inner'))],
];

/** Any JSON, with now and then something long. */
function toAnyJson(random: () => number, depth: number): JsonValue {
  const size = random() < 0.1 ? 80 : Math.floor(random() * 6);
  const members = (): JsonValue[] => Array.from({ length: size }, () => toAnyJson(random, depth - 1));
  const kind = Math.floor(random() * (depth > 0 ? 6 : 4));
  if (kind === 0) return Math.floor(random() * 1e6) / 8;
  if (kind === 1) return random() < 0.5;
  if (kind === 2) return 'ä€x\n'.repeat(Math.floor(random() * (random() < 0.1 ? 2000 : 20)));
  if (kind === 3) return null;
  if (kind === 4) return members();
  return Object.fromEntries(members().map((member, index) => [`${index}-${Math.floor(random() * 1e6)}`, member]));
}

describe('parts', () => {
  test.each(awkward.map((value, index) => [index, value] as const))('give value %i back, byte for byte', (_, value) => {
    const { put, read } = createShelf();
    const root = createPartCodec().takeApart(value, put);
    expect(JSON.stringify(createPartCodec().putTogether(root, read, never))).toBe(JSON.stringify(value));
  });

  test('give any value back, and know it again without storing anything', { timeout: 60_000 }, () => {
    const random = createRandom(7);
    for (let round = 0; round < rounds(40, 150); round += 1) {
      const value = toAnyJson(random, 5);
      const shelf = createShelf();
      const root = createPartCodec().takeApart(value, shelf.put);
      shelf.takeAdded();
      const reader = createPartCodec();
      const whole = reader.putTogether(root, shelf.read, never) ?? null;
      if (round % 2 === 0) expect(whole).toEqual(value);
      expect(reader.takeApart(whole, shelf.put)).toBe(root);
      expect(JSON.stringify(whole)).toBe(JSON.stringify(value));
    }
  });

  test('in steps are the same parts as at once', () => {
    for (const value of awkward) {
      expect(runThrough(createPartCodec().takeApartInSteps(value, () => undefined))).toBe(
        createPartCodec().takeApart(value, () => undefined),
      );
    }
  });

  test('of what a large record holds are not read to store the record again beside something new', () => {
    const shelf = createShelf();
    const value = { near: { far: { text: 'x'.repeat(6000) }, plain: 1 }, count: 1 };
    const root = createPartCodec().takeApart(value, shelf.put);
    for (const isInSteps of [false, true]) {
      const reads: string[] = [];
      const codec = createPartCodec();
      const read = (hash: string): Buffer | undefined => {
        reads.push(hash);
        return shelf.read(hash);
      };
      const again = codec.putTogether(root, read, never) as typeof value;
      const changed = { ...again, count: 2 };
      const changedRoot = isInSteps ? runThrough(codec.takeApartInSteps(changed, shelf.put)) : codec.takeApart(changed, shelf.put);
      expect(reads).toEqual([root]);
      expect(createPartCodec().putTogether(changedRoot, shelf.read, never)).toEqual({ ...value, count: 2 });
    }
  });

  test('in steps of a list that changed in one place are only those of that place', () => {
    const shelf = createShelf();
    const codec = createPartCodec();
    const list = Array.from({ length: 320 }, (_, index) => ({ index, text: 'x'.repeat(400) }));
    runThrough(codec.takeApartInSteps({ list }, shelf.put));
    const whole = shelf.takeAdded();
    const changed = { list: list.with(7, { index: -1, text: '' }) };
    const root = runThrough(codec.takeApartInSteps(changed, shelf.put));
    expect(shelf.takeAdded()).toBeLessThan(whole / 8);
    expect(createPartCodec().putTogether(root, shelf.read, never)).toEqual(changed);
  });

  test('that the disk refuses to read are no missing parts: the error passes', () => {
    const { put, read } = createShelf();
    const root = createPartCodec().takeApart({ near: { far: { text: 'x'.repeat(6000) } } }, put);
    const broken = (): never => {
      throw new Error('The disk is on fire');
    };
    expect(() => createPartCodec().putTogether(root, broken, never)).toThrow('The disk is on fire');
    let isBroken = false;
    const value = createPartCodec().putTogether(root, (hash) => (isBroken ? broken() : read(hash)), never);
    isBroken = true;
    expect(() => JSON.stringify(value)).toThrow('The disk is on fire');
  });

  test('of a value that changed in one place cost little more than that place', () => {
    const shelf = createShelf();
    const codec = createPartCodec();
    let list = Array.from({ length: 5000 }, (_, index) => ({ index, text: 'x'.repeat(400) }));
    codec.takeApart({ list }, shelf.put);
    const whole = shelf.takeAdded();
    for (let round = 0; round < 100; round += 1) {
      list = list.with(round, { index: -1, text: `${round}` });
      codec.takeApart({ list }, shelf.put);
    }
    expect(shelf.takeAdded() / 100).toBeLessThan(whole / 50);
  });

  test('that were read, and then changed in one place, cost little more than that place', () => {
    const shelf = createShelf();
    const value = { calls: Array.from({ length: 5000 }, (_, index) => ({ index, result: { text: 'x'.repeat(400) } })) };
    const root = createPartCodec().takeApart(value, shelf.put);
    const whole = shelf.takeAdded();
    const codec = createPartCodec();
    const again = codec.putTogether(root, shelf.read, never) as typeof value;
    const changed = { ...again, calls: again.calls.with(7, { index: 7, result: { text: 'new' } }) };
    const changedRoot = codec.takeApart(changed, shelf.put);
    expect(shelf.takeAdded()).toBeLessThan(whole / 50);
    expect(createPartCodec().putTogether(changedRoot, shelf.read, never)).toEqual({
      calls: value.calls.with(7, { index: 7, result: { text: 'new' } }),
    });
  });

  test('that are missing or changed, whichever they are, are made up for from the whole', { timeout: 60_000 }, () => {
    const { parts, put, read } = createShelf();
    const root = createPartCodec().takeApart(awkward, put);
    const text = JSON.stringify(awkward);
    expect(parts.size).toBeGreaterThan(20);
    const some = [...parts].filter(([hash], index) => index % rounds(40, 9) === 0 || hash === root);
    for (const [hash, bytes] of some) {
      const flipped = Buffer.from(bytes);
      flipped[Math.floor(bytes.length / 2)] = (flipped[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
      for (const bad of [undefined, flipped]) {
        let recovered = 0;
        const recover = (): JsonValue => {
          recovered += 1;
          return JSON.parse(text) as JsonValue;
        };
        const value = createPartCodec().putTogether(root, (wanted) => (wanted === hash ? bad : read(wanted)), recover);
        if (hash === root) expect(value).toBeUndefined();
        else expect([JSON.stringify(value), recovered > 0]).toEqual([text, true]);
      }
    }
  });

  test('that cannot be read when they are stored again are made up for from the whole', () => {
    const shelf = createShelf();
    const value = { calls: Array.from({ length: 100 }, (_, index) => ({ index, result: { text: 'x'.repeat(400) } })) };
    const root = createPartCodec().takeApart(value, shelf.put);
    const codec = createPartCodec();
    const again = codec.putTogether(root, shelf.read, () => structuredClone(value)) as typeof value;
    const changed = { calls: again.calls.with(3, { index: -1, result: { text: '' } }) };
    const stored = new Map(shelf.parts);
    shelf.parts.clear();
    const changedRoot = codec.takeApart(changed, shelf.put);
    const all = new Map([...stored, ...shelf.parts]);
    expect(createPartCodec().putTogether(changedRoot, (hash) => all.get(hash), never)).toEqual({
      calls: value.calls.with(3, { index: -1, result: { text: '' } }),
    });
  });
});

function runThrough(steps: Generator<void, string, void>): string {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function never(): never {
  throw new Error('Every part is there');
}
