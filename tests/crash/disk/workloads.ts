import type { NewEvent } from '#shared/events/envelope.ts';

/** One call of `append`, at its place in its stream. */
export interface PlannedAppend {
  readonly stream: string;
  readonly firstSeq: number;
  readonly events: readonly NewEvent[];
}

/** Appends made in one turn of the event loop, or a projection saved between them. */
export type Step =
  | { readonly type: 'append'; readonly together: readonly PlannedAppend[] }
  | { readonly type: 'project'; readonly bytes: number };

export interface Workload {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What every stream holds in the end. */
  readonly streams: ReadonlyMap<string, readonly PlannedAppend[]>;
}

/** Every way in which the journal meets the disk. Above 256 KiB an event is a blob file; some 1,000 pages make SQLite checkpoint by itself. */
export const workloads: readonly Workload[] = [
  plan('single appends', (append) => [
    ...range(12).map(() => append({ a: [300] })),
    append({ b: [20, 9_000, 20] }),
    { type: 'project', bytes: 400 },
    ...range(6).map((index) => append(index % 2 === 0 ? { a: [40] } : { b: [5_000, 40] })),
  ]),
  plan('group commits of 64', (append) =>
    range(3).map(() => append(Object.fromEntries(range(64).map((index) => [`g${index}`, [60 + index]])))),
  ),
  plan('blobs', (append) => [
    append({ a: [100] }),
    append({ a: [280_000] }),
    append({ a: [50, 300_000, 50] }),
    append({ b: [270_000], c: [30] }),
    append({ a: [280_000] }),
    append({ b: [10] }),
  ]),
  plan('checkpoints', (append) => [
    ...range(24).map((index) => append({ [index % 3 === 0 ? 'b' : 'a']: [200_000] })),
    append({ a: [10] }),
    append({ b: [10] }),
  ]),
];

/** The last event, which no workload has, for trying whether a journal goes on. */
export function toLaterEvent(stream: string, seq: number): NewEvent {
  return toEvent(stream, seq, 30);
}

type Append = (sizes: Readonly<Record<string, readonly number[]>>) => Step;

function plan(name: string, toSteps: (append: Append) => readonly Step[]): Workload {
  const streams = new Map<string, PlannedAppend[]>();
  const append: Append = (sizes) => ({
    type: 'append',
    together: Object.entries(sizes).map(([short, bytes]) => {
      const stream = `run/${short}`;
      const before = streams.get(stream) ?? [];
      const last = before.at(-1);
      const firstSeq = last === undefined ? 1 : last.firstSeq + last.events.length;
      const planned = { stream, firstSeq, events: bytes.map((each, index) => toEvent(stream, firstSeq + index, each)) };
      streams.set(stream, [...before, planned]);
      return planned;
    }),
  });
  return { name, steps: toSteps(append), streams };
}

/** Its content says where it belongs, so that an event in a wrong place is noticed by anyone who compares. */
function toEvent(stream: string, seq: number, bytes: number): NewEvent {
  const text = `${stream}#${seq} `.repeat(Math.ceil(bytes / stream.length)).slice(0, bytes);
  return { type: 'note.taken', version: 1, atMs: 1000 + seq, data: { stream, seq, text } };
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
