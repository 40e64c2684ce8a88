import { toDocument } from '../support/workflow-builder.ts';
import { type Bench, loadPeer } from './bench.ts';
import { timeRun, toMedians } from './run-contest.ts';

const steps = 100;
const pairs = 7;
const goal = 0.7;

interface Peer {
  timeChain(steps: number): Promise<number>;
}

/** A durable step: a chain of 100 nodes, every step on disk before the run is called done, beside LangGraph with its SQLite saver. */
export const bench: Bench = {
  name: 'step',
  about: `one step of a ${steps}-step chain, journalled with fsync`,
  needsPeers: true,
  async run(report) {
    const { timeChain } = await loadPeer<Peer>('langgraph');
    const document = toDocument(
      Object.fromEntries(
        Array.from(
          { length: steps },
          (_, index) => [`n${index + 1}`, { kind: 'tool', config: { tool: 'look', arguments: { at: index } } }] as const,
        ),
      ),
      Array.from({ length: steps - 1 }, (_, index) => `n${index + 1}.result->n${index + 2}.in`),
    );
    const once = async () => {
      const ours = await timeRun(document, {
        answer: () => {
          throw new Error('no model here');
        },
        tool: () => 'seen',
      });
      return { ours: ours.ms / steps, peer: (await timeChain(steps)) / steps };
    };
    await once();
    const measured = [];
    for (let pair = 0; pair < pairs; pair += 1) measured.push(await once());
    const { ours, peer, ratio } = toMedians(measured);
    report({
      bench: 'step',
      metric: 'msPerStep',
      ours,
      peer,
      peerName: 'LangGraph with SqliteSaver',
      ratio,
      goal: `<= ${goal}`,
      holds: ratio <= goal,
    });
  },
};
