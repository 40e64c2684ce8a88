import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { type RunEvent, toRunStream } from '#shared/run/events.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { Bench } from './bench.ts';
import { createBenchRuns, createTalker, runToEnd, withJournal } from './bench-runs.ts';
import { toAgentTeam } from './documents.ts';
import { alternate, toMedians } from './run-contest.ts';

const agents = 20;
const turns = 200;
const eventsPerTurn = 7;
const pairs = 15;
const goal = 0.6;

interface Row {
  readonly type: string;
  readonly version: number;
  readonly at_ms: number;
  readonly data: string;
}

/** The fold of a run of many turns from the texts of its events in SQLite, beside reading and parsing the same texts and nothing else. */
export const bench: Bench = {
  name: 'fold',
  about: `the state of a run of ${(agents * turns * eventsPerTurn).toLocaleString('en')} events from its journal`,
  async run(report) {
    await withJournal(async (store, folder) => {
      const runs = createBenchRuns(store, { models: createTalker(turns), tool: () => 'A line of what the tool has seen. '.repeat(10) });
      const { runId, lastSeq } = await runToEnd(runs, toAgentTeam('bench/model', agents, turns));
      await runs.close();
      const stream = toRunStream(runId);
      const db = toPlainTable(join(folder, 'plain.db'), store.read(stream));
      const rows = db.prepare<[], Row>('SELECT type, version, at_ms, data FROM events ORDER BY seq');
      const toRate = (events: number, begin: number) => (events / (performance.now() - begin)) * 1000;
      const fold = () => {
        const begin = performance.now();
        const state = foldRun(toEvents(stream, rows.iterate()));
        if (state?.status !== 'succeeded') throw new Error(`The fold ${state?.status}`);
        return toRate(state.lastSeq, begin);
      };
      const parse = () => {
        const begin = performance.now();
        let seq = 0;
        let texts = 0;
        for (const { data } of rows.iterate()) {
          seq += 1;
          texts += JSON.parse(data) === null ? 0 : 1;
        }
        if (texts !== lastSeq) throw new Error('The journal has other events');
        return toRate(seq, begin);
      };
      const rates = toMedians(
        await alternate(
          pairs,
          async () => fold(),
          async () => parse(),
        ),
      );
      db.close();
      const peerName = 'iterate and JSON.parse';
      report({ bench: 'fold', metric: 'events per second', ...rates, peerName, goal: `>= ${goal}`, holds: rates.ratio >= goal });
    });
  },
};

/** The events in a table of their own, so that neither side depends on how the journal keeps them. */
function toPlainTable(path: string, events: readonly EventEnvelope[]): Database.Database {
  const db = new Database(path);
  db.exec('CREATE TABLE events (seq INTEGER PRIMARY KEY, type TEXT, version INTEGER, at_ms REAL, data TEXT)');
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  db.transaction(() => {
    for (const { seq, type, version, atMs, data } of events) insert.run(seq, type, version, atMs, JSON.stringify(data));
  })();
  return db;
}

function* toEvents(stream: string, rows: Iterable<Row>): Generator<RunEvent> {
  let seq = 0;
  for (const { type, version, at_ms: atMs, data } of rows) {
    seq += 1;
    yield { stream, seq, type, version, atMs, data: JSON.parse(data) } as RunEvent;
  }
}
