import { contest, finishedRows, summarise, typicalEvent, warmUpPairs } from './append-contest.ts';
import type { Bench } from './bench.ts';

const appendsPerRound = 50;
const rounds = 100;

/** One writer, one event at a time, each acknowledged from disk: chain, head and promise against the bare insert of the same row. */
export const bench: Bench = {
  name: 'append',
  about: 'one event at a time, each fsynced before the next',
  async run(report) {
    const events = Array.from({ length: (rounds + warmUpPairs) * appendsPerRound }, (_, index) => typicalEvent(index));
    const rows = finishedRows('run/bench', 0, undefined, events);
    const ofRound = <Item>(items: readonly Item[], round: number): Item[] =>
      items.slice(round * appendsPerRound, (round + 1) * appendsPerRound);
    const pairs = await contest(
      rounds,
      async (store, round) => {
        let seq = round * appendsPerRound;
        for (const event of ofRound(events, round)) {
          await store.append('run/bench', seq, [event]);
          seq += 1;
        }
      },
      (raw, round) => {
        const ofThisRound = ofRound(events, round);
        ofRound(rows, round).forEach((row, index) => {
          raw.insert(1, row, ofThisRound[index]?.data ?? {});
        });
      },
    );
    const { oursMs, peerMs, ratio } = summarise(pairs);
    report({
      bench: 'append',
      metric: 'ms per event, fsynced',
      ours: oursMs / appendsPerRound,
      peer: peerMs / appendsPerRound,
      peerName: 'better-sqlite3 insert of the same event',
      ratio,
      goal: '<= 1.25',
      holds: ratio <= 1.25,
    });
  },
};
