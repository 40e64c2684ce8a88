import Database from 'better-sqlite3';
import { join } from 'node:path';
import { type RunEvent, toRunStream } from '#shared/run/events.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
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
  readonly key: number;
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
      const db = new Database(join(folder, 'journal.db'), { readonly: true });
      const rows = db.prepare<[], Row>('SELECT key, type, version, at_ms, data FROM events ORDER BY key');
      const stream = toRunStream(runId);
      const toRate = (events: number, begin: number) => (events / (performance.now() - begin)) * 1000;
      const fold = () => {
        const begin = performance.now();
        let state: RunState | null = null;
        let seq = 0;
        for (const { type, version, at_ms: atMs, data } of rows.iterate()) {
          seq += 1;
          state = reduceRun(state, { stream, seq, type, version, atMs, data: JSON.parse(data) } as RunEvent);
        }
        if (state?.status !== 'succeeded') throw new Error(`The fold ${state?.status}`);
        return toRate(seq, begin);
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
