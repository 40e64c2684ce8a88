import type { SchedulingFigures } from '#shared/contract/lanes.ts';
import { liveItems } from './live-items.ts';
import { endOf, procedures } from './procedures.ts';
import type { HostServices } from './services.ts';

const { lane } = procedures;

/** Who is at work and who waits. */
export const laneHandlers = lane.router({
  figures: lane.figures.handler(({ context }) => context.services.scheduling.figures()),
  watch: lane.watch.handler(({ signal, context: { services } }) => watchFigures(services, endOf(signal, services))),
  move: lane.move.handler(async ({ input: { runId, node, lane: name, by }, context }) => {
    await context.services.runs.move(runId, node, name, by);
    return {};
  }),
});

/** Again at each change; waits are told in whole seconds by the window, so equal figures are not sent twice. */
function watchFigures({ scheduling }: HostServices, signal: AbortSignal): AsyncGenerator<SchedulingFigures, void, void> {
  let told = '';
  return liveItems(
    (wake) => scheduling.onChange(wake),
    () => {
      const figures = scheduling.figures();
      const text = JSON.stringify(figures);
      if (text === told) return [];
      told = text;
      return [figures];
    },
    signal,
  );
}
