import type { JsonObject } from '#shared/base/json.ts';
import { type Bench, loadPeer } from './bench.ts';
import { createTalker } from './bench-runs.ts';
import { toAgentTeam } from './documents.ts';
import { alternate, timeRun, toMedians } from './run-contest.ts';

const calls = 1000;
const pairs = 3;
const timeGoal = 0.05;
const bytesGoal = 0.005;

/** An agent may take a thousand turns: 3,000 calls take several in each. */
const longCalls = 3000;
const shortCalls = 300;
const callsPerTurn = 4;
const growthPairs = 9;
const growthGoal = 1.2;

interface Peer {
  timeToolThread(calls: number): Promise<{ ms: number; bytes: number }>;
}

/** A thread of 1000 tool calls, one a turn: its time and what it leaves on disk, beside LangGraph with its SQLite saver; and whether a long thread costs more a call. */
export const bench: Bench = {
  name: 'thousand-tools',
  about: `${calls} tool calls in one thread, journalled with fsync`,
  needsPeers: true,
  async run(report) {
    const { timeToolThread } = await loadPeer<Peer>('langgraph');
    const measured = [];
    for (let pair = 0; pair < pairs; pair += 1) measured.push({ ours: await timeThread(calls, 1), peer: await timeToolThread(calls) });
    const time = toMedians(measured.map(({ ours, peer }) => ({ ours: ours.ms, peer: peer.ms })));
    const bytes = toMedians(measured.map(({ ours, peer }) => ({ ours: ours.bytes, peer: peer.bytes })));
    const peerName = 'LangGraph with SqliteSaver';
    report({ bench: 'thousand-tools', metric: 'ms', ...time, peerName, goal: `<= ${timeGoal}`, holds: time.ratio <= timeGoal });
    report({ bench: 'thousand-tools', metric: 'bytes', ...bytes, peerName, goal: `<= ${bytesGoal}`, holds: bytes.ratio <= bytesGoal });

    const perCall = async (count: number) => (await timeThread(count, callsPerTurn)).ms / count;
    const growth = toMedians(
      await alternate(
        growthPairs,
        () => perCall(longCalls),
        () => perCall(shortCalls),
      ),
    );
    report({
      bench: 'thousand-tools',
      metric: `msPerCall of ${longCalls}`,
      ...growth,
      peerName: `ours with ${shortCalls} calls`,
      goal: `<= ${growthGoal}`,
      holds: growth.ratio <= growthGoal,
    });
  },
};

/** The last turn that an agent may take is the one in which it says that it is done: a thread of 1000 makes 999 calls at one a turn. */
function timeThread(count: number, perTurn: number): Promise<{ ms: number; bytes: number }> {
  const turns = Math.min(1000, count / perTurn + 1);
  const world = { models: createTalker(turns, perTurn), tool: (args: JsonObject) => `seen ${String(args.at)}` };
  return timeRun(toAgentTeam('bench/model', 1, turns), world);
}
