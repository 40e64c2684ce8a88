import type { JsonObject } from '../base/json.ts';
import { countBegun, endAt, toOwnWeights } from './flame-weight.ts';
import type { Span } from './span.ts';
import { toThreads } from './threads.ts';
import type { SeenSpans } from './weight-layout.ts';

/**
 * A run as a file that speedscope opens (https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources): a profile over time for each
 * thread, then tokens and cost by the stacks that used them, where anything did.
 */
export function toSpeedscope(name: string, seen: SeenSpans): JsonObject {
  const { spans, moment } = seen;
  const count = countBegun(spans, moment);
  const frames: string[] = [];
  const frameNumbers = new Map<string, number>();
  const frameOf = Array.from({ length: count }, (_, index) => {
    const title = (spans[index] as Span).name;
    const known = frameNumbers.get(title);
    if (known !== undefined) return known;
    frameNumbers.set(title, frames.length);
    return frames.push(title) - 1;
  });
  const profiles = [...toTimeProfiles(seen, count, frameOf), ...toUseProfiles(seen, count, frameOf)];
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name,
    exporter: 'heddle',
    activeProfileIndex: 0,
    shared: { frames: frames.map((title) => ({ name: title })) },
    profiles,
  };
}

/** Opens and closes of each thread, in milliseconds since the start of the run, nested as speedscope asks for. */
function toTimeProfiles({ spans, moment }: SeenSpans, count: number, frameOf: readonly number[]): JsonObject[] {
  const threadOf = toThreads(spans, count, moment);
  const start = spans[0]?.startedAtMs ?? 0;
  const end = spans[0] === undefined ? 0 : endAt(spans[0], moment) - start;
  const threads: { events: JsonObject[]; open: number[] }[] = [];
  const close = ({ events, open }: (typeof threads)[number], until: number, keep: number) => {
    for (let top = open.at(-1); top !== undefined && top !== keep; top = open.at(-1)) {
      const at = endAt(spans[top] as Span, moment) - start;
      if (at > until) return;
      events.push({ type: 'C', frame: frameOf[top] as number, at });
      open.pop();
    }
  };
  for (let index = 0; index < count; index += 1) {
    const span = spans[index] as Span;
    threads[threadOf[index] as number] ??= { events: [], open: [] };
    const thread = threads[threadOf[index] as number] as (typeof threads)[number];
    const at = span.startedAtMs - start;
    close(thread, at, span.parent);
    thread.events.push({ type: 'O', frame: frameOf[index] as number, at });
    thread.open.push(index);
  }
  return threads.map((thread, number) => {
    close(thread, Number.POSITIVE_INFINITY, -1);
    return {
      type: 'evented',
      name: number === 0 ? 'Time' : `Time, at once ${number + 1}`,
      unit: 'milliseconds',
      startValue: 0,
      endValue: end,
      events: thread.events,
    };
  });
}

function toUseProfiles({ spans, moment }: SeenSpans, count: number, frameOf: readonly number[]): JsonObject[] {
  return (['tokens', 'cost'] as const).flatMap((weight) => {
    const own = toOwnWeights(spans, count, weight, moment);
    const samples: number[][] = [];
    const weights: number[] = [];
    for (let index = 0; index < count; index += 1) {
      if ((own[index] as number) === 0) continue;
      samples.push(toStack(spans, index).map((each) => frameOf[each] as number));
      weights.push(own[index] as number);
    }
    const total = weights.reduce((sum, each) => sum + each, 0);
    if (total === 0) return [];
    const name = weight === 'tokens' ? 'Tokens' : 'Cost, US dollars';
    return [{ type: 'sampled', name, unit: 'none', startValue: 0, endValue: total, samples, weights }];
  });
}

/** A span and everything around it, from the outside in. */
function toStack(spans: readonly Span[], index: number): readonly number[] {
  const stack: number[] = [];
  for (let at = index; at >= 0; at = (spans[at] as Span).parent) stack.unshift(at);
  return stack;
}
