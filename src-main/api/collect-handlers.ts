import type { Runs } from '#main/runtime/runs.ts';
import type { CollectInput } from '#shared/contract/collect.ts';
import { type Collected, type CollectOrder, collect } from '#shared/run/collect.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { liveItems } from './live-items.ts';
import { endOf, procedures } from './procedures.ts';

const { run } = procedures;

/** What a run has brought so far. */
export const collectHandlers = {
  collect: run.collect.handler(({ input, context: { services } }) => toAnswer(collect(services.runs.state(input.runId), toOrder(input)))),
  followCollected: run.followCollected.handler(async function* ({ input, signal, context: { services } }) {
    for await (const collected of followCollected(services.runs, input.runId, toOrder(input), endOf(signal, services)))
      yield toAnswer(collected);
  }),
};

/** What a run has brought so far, again at each change of it, until the run ends. A slow consumer gets the latest. */
async function* followCollected(
  runs: Runs,
  runId: string,
  order: CollectOrder,
  signal: AbortSignal,
): AsyncGenerator<Collected, void, void> {
  let told = '';
  const looks = liveItems(
    (wake) =>
      runs.onSummary((summary) => {
        if (summary.runId === runId) wake();
      }),
    () => {
      const state = runs.state(runId);
      return [{ collected: collect(state, order), isLast: isFinal(state.status) }];
    },
    signal,
  );
  for await (const { collected, isLast } of looks) {
    const text = JSON.stringify(collected);
    if (text !== told) yield collected;
    told = text;
    if (isLast) return;
  }
}

function toOrder({ nodes, map, aggregation, count, reduce }: CollectInput): CollectOrder {
  const names = (nodes ?? '').split(',').map((name) => name.trim());
  return { from: map === undefined ? { type: 'nodes', nodes: names } : { type: 'map', node: map }, aggregation, count, reduce };
}

/** The same, as a list that nobody promises to leave alone. */
function toAnswer({ failed, missing, left, ...rest }: Collected) {
  return { ...rest, failed: [...failed], missing: [...missing], left: [...left] };
}
