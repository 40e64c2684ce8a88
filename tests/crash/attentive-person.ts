import type { Runs } from '#main/runtime/runs.ts';
import type { JsonValue } from '#shared/base/json.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import type { RunWorld } from '../support/run-world.ts';

/** Does something with an open question; rejections are the person's own affair. */
export type Decide = (runs: Runs, approval: OpenApproval, answer: ApprovalAnswer) => Promise<unknown>;

const decideOnce: Decide = (runs, { runId, approvalId }, answer) => runs.decide(runId, approvalId, answer, 'test');

/** Answers every question and sends every signal as an attentive person would, and lets time pass when only timers are left. Ends with its host. */
export async function driveToEnd(world: RunWorld, runId: string, decide: Decide = decideOnce): Promise<RunState> {
  const { runs } = world;
  for (let rounds = 0; rounds < 200; rounds += 1) {
    for (const approval of runs.openApprovals()) await decide(runs, approval, toAnswer(world, approval));
    for (const { name } of runs.state(runId).openSignalWaits)
      await runs.signal(runId, name, `${name} is there`, 'test').catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    if (world.runs !== runs) throw new Error('The host is gone');
    const state = runs.state(runId);
    if (isFinal(state.status) && isFinal(runs.summary(runId).status)) return state;
    if (state.status !== 'waiting') await world.clock.advance(60_000);
  }
  throw new Error(`Run ${runId} is stuck: ${JSON.stringify(world.events(runId).slice(-3))}`);
}

/** Edits what a tool is called with. What got lost is looked up in the outside ledger, which knows what nobody in the program can. */
function toAnswer(world: RunWorld, { subject }: OpenApproval): ApprovalAnswer {
  if (subject.type === 'node' || subject.type === 'form') return { type: 'grant' };
  if (subject.type === 'toolCall') return { type: 'grant', value: { ...subject.arguments, checked: true } };
  const happened = world.ledger.some(
    (entry) => entry.tool === subject.tool && JSON.stringify(entry.args) === JSON.stringify(subject.arguments),
  );
  const result: JsonValue = `paid ${String(subject.arguments.amount)}`;
  return { type: 'resolve', decision: happened ? { type: 'assumeDone', result } : { type: 'retry' } };
}
