import { toDocument } from '../support/workflow-builder.ts';
import { type Bench, loadPeer } from './bench.ts';
import { timeRun, toMedians } from './run-contest.ts';

const calls = 1000;
const pairs = 3;
const timeGoal = 0.05;
const bytesGoal = 0.005;

interface Peer {
  timeToolThread(calls: number): Promise<{ ms: number; bytes: number }>;
}

/** A thread of 1000 tool calls, one a turn: its time and what it leaves on disk, beside LangGraph with its SQLite saver. */
export const bench: Bench = {
  name: 'thousand-tools',
  about: `${calls} tool calls in one thread, journalled with fsync`,
  needsPeers: true,
  async run(report) {
    const { timeToolThread } = await loadPeer<Peer>('langgraph');
    const document = toDocument(
      { agent: { kind: 'agent', config: { model: 'bench/model', prompt: 'go', tools: [{ name: 'look' }], maxTurns: 1000 } } },
      [],
    );
    const thread = { ...document, nodes: document.nodes.map((node) => ({ ...node, config: { ...node.config, maxTurns: calls } })) };
    const once = async () => {
      const ours = await timeRun(thread, {
        answer: (turn) => ({
          text: turn < calls ? '' : 'done',
          toolCalls: turn < calls ? [{ id: `call-${turn}`, name: 'look', arguments: { at: turn }, rawArguments: `{"at":${turn}}` }] : [],
          finishReason: turn < calls ? 'toolCalls' : 'stop',
          usage: null,
          costUsd: null,
        }),
        tool: (args) => `seen ${String(args.at)}`,
      });
      return { ours, peer: await timeToolThread(calls) };
    };
    const measured = [];
    for (let pair = 0; pair < pairs; pair += 1) measured.push(await once());
    const time = toMedians(measured.map(({ ours, peer }) => ({ ours: ours.ms, peer: peer.ms })));
    const bytes = toMedians(measured.map(({ ours, peer }) => ({ ours: ours.bytes, peer: peer.bytes })));
    const peerName = 'LangGraph with SqliteSaver';
    report({ bench: 'thousand-tools', metric: 'ms', ...time, peerName, goal: `<= ${timeGoal}`, holds: time.ratio <= timeGoal });
    report({ bench: 'thousand-tools', metric: 'bytes', ...bytes, peerName, goal: `<= ${bytesGoal}`, holds: bytes.ratio <= bytesGoal });
  },
};
