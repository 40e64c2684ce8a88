import { endAt, type Moment } from './flame-weight.ts';
import type { Span } from './span.ts';

/**
 * The thread of each of the first `count` spans, numbered from 0, so that the spans of a thread nest: a span goes on the thread of the one
 * around it while nothing else runs there, and otherwise on one that is free. Formats that know stacks only can then take what ran at once.
 */
export function toThreads(spans: readonly Span[], count: number, moment: Moment): Int32Array {
  const threads: number[][] = [];
  const threadOf = new Int32Array(count);
  for (let index = 0; index < count; index += 1) {
    const span = spans[index] as Span;
    const end = endAt(span, moment);
    const own = span.parent < 0 ? undefined : (threadOf[span.parent] as number);
    const isFree = (thread: number) => topAt(thread, span.startedAtMs) === undefined;
    let thread = own !== undefined && topAt(own, span.startedAtMs) === span.parent ? own : threads.findIndex((_, number) => isFree(number));
    // Something that reaches beyond what it would stand in cannot nest there.
    const around = threads[thread]?.at(-1);
    if (around !== undefined && endAt(spans[around] as Span, moment) < end) thread = threads.findIndex((_, number) => isFree(number));
    if (thread === -1) thread = threads.push([]) - 1;
    (threads[thread] as number[]).push(index);
    threadOf[index] = thread;
  }
  return threadOf;

  /** What is at work on a thread; what is over by then is taken off. */
  function topAt(thread: number, atMs: number): number | undefined {
    const stack = threads[thread] as number[];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (endAt(spans[top] as Span, moment) > atMs) return top;
      // A parent without a length is still the parent of what begins in the same instant.
      if (endAt(spans[top] as Span, moment) === atMs && (spans[top] as Span).startedAtMs === atMs) return top;
      stack.pop();
    }
    return undefined;
  }
}
