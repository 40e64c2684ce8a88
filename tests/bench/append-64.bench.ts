import type { StoredEvent } from '#main/event-store/chain.ts';
import type { NewEvent } from '#shared/events/envelope.ts';
import { contest, finishedRows, summarise, typicalEvent, warmUpPairs } from './append-contest.ts';
import type { Bench } from './bench.ts';

const writers = 64;
const appendsPerWriter = 25;
const rounds = 20;

/** 64 writers, each waiting for its own acknowledgement before the next event, against transactions of 64 bare inserts of the same rows. */
export const bench: Bench = {
  name: 'append-64',
  about: '64 writers, each waiting for its own fsynced event',
  async run(report) {
    const eventsOfRound: NewEvent[][][] = [];
    const rowsOfRound: StoredEvent[][][] = [];
    for (let round = 0; round < rounds + warmUpPairs; round += 1) {
      const events = Array.from({ length: writers }, (_, writer) => eventsOf(round, writer));
      const links = rowsOfRound[round - 1]?.map((rows) => rows.at(-1)?.hash);
      eventsOfRound.push(events);
      rowsOfRound.push(
        events.map((ofWriter, writer) => finishedRows(streamOf(writer), round * appendsPerWriter, links?.[writer], ofWriter)),
      );
    }
    const pairs = await contest(
      rounds,
      async (store, round) => {
        await Promise.all(
          (eventsOfRound[round] ?? []).map(async (ofWriter, writer) => {
            let seq = round * appendsPerWriter;
            for (const event of ofWriter) {
              await store.append(streamOf(writer), seq, [event]);
              seq += 1;
            }
          }),
        );
      },
      (raw, round) => {
        const rows = rowsOfRound[round] ?? [];
        const insertBatch = raw.db.transaction((index: number) => {
          rows.forEach((ofWriter, writer) => {
            const row = ofWriter[index];
            if (row !== undefined) raw.insert(writer + 1, row, eventsOfRound[round]?.[writer]?.[index]?.data ?? {});
          });
        });
        for (let index = 0; index < appendsPerWriter; index += 1) insertBatch(index);
      },
    );
    const { oursMs, peerMs, ratio } = summarise(pairs);
    const events = writers * appendsPerWriter;
    report({
      bench: 'append-64',
      metric: 'events per second, fsynced',
      ours: (events / oursMs) * 1000,
      peer: (events / peerMs) * 1000,
      peerName: 'better-sqlite3, 64 inserts a transaction',
      ratio: 1 / ratio,
      goal: '>= 0.5',
      holds: 1 / ratio >= 0.5,
    });
  },
};

function streamOf(writer: number): string {
  return `run/bench-${writer}`;
}

function eventsOf(round: number, writer: number): NewEvent[] {
  return Array.from({ length: appendsPerWriter }, (_, index) => typicalEvent((round * appendsPerWriter + index) * writers + writer));
}
