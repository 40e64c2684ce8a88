import { runEventSchemas } from '#shared/run/events.ts';
import type { CampaignReport } from './campaign.ts';

/** Sums of many simulations, for the end of a campaign. */
export interface Tally {
  add(report: CampaignReport): void;
  addKnown(words: string): void;
  toText(seconds: number): string;
}

/** A tally of nothing yet. */
export function createTally(): Tally {
  const events = new Map<string, number>();
  const counts = new Map<string, number>();
  const endings = new Map<string, number>();
  const known = new Map<string, number>();
  let seeds = 0;
  let simulations = 0;
  let steps = 0;
  let elapsedMs = 0;

  return {
    add({ results, plan }) {
      seeds += 1;
      for (const result of results) {
        simulations += 1;
        steps += result.liveSteps;
        elapsedMs += result.elapsedMs;
        for (const [type, count] of Object.entries(result.events)) bump(events, type, count);
        for (const [what, count] of Object.entries(result.counts)) bump(counts, what, count);
        for (const ending of result.endings) bump(endings, `${ending?.status ?? 'none'} (${plan.profile})`, 1);
      }
    },
    addKnown: (words) => bump(known, words, 1),
    toText(seconds) {
      const unseen = Object.keys(runEventSchemas).filter((type) => !events.has(type));
      return [
        '',
        `${seeds} seeds in ${seconds.toFixed(1)} s (${(seeds / seconds).toFixed(1)} seeds/s): ${simulations} simulations, ${steps} steps, ${(elapsedMs / 3_600_000).toFixed(0)} simulated hours`,
        toLine('runs', endings),
        toLine('disturbances and faults', counts),
        toLine('events', events),
        `event types never seen: ${unseen.join(', ') || 'none'}`,
        ...[...known].map(([words, count]) => `known finding, ${count} times: ${words}`),
      ].join('\n');
    },
  };
}

function bump(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

function toLine(title: string, map: ReadonlyMap<string, number>): string {
  const sorted = [...map].sort(([, a], [, b]) => b - a);
  return `${title}: ${sorted.map(([key, count]) => `${key} ${count}`).join(' · ') || 'none'}`;
}
