import type { Runs } from '#main/runtime/runs.ts';
import type { ErrorCode } from '#shared/base/errors.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { Steering } from '#shared/run/events.ts';
import { listNodeStates } from '#shared/run/node-states.ts';
import type { Dice } from './dice.ts';

export interface CommandTarget {
  readonly runs: Runs;
  readonly runId: string;
  readonly dice: Dice;
  /** What a person would say about a question. */
  readonly answer: (approval: OpenApproval) => ApprovalAnswer;
}

/** Something that people do to a run at a moment that suits nobody. */
export interface Command {
  /** The methods of `Runs` that it calls; a test says which that change something no command calls. */
  readonly uses: readonly string[];
  /** The refusals that it may meet besides those that any command may: the run has ended, has a fault, or its journal has stopped. */
  readonly mayMeet: readonly ErrorCode[];
  /** Gives what is wrong with what came of it, if anything is. Rejects with refusals. */
  perform(target: CommandTarget): Promise<string | undefined>;
}

/** What any command may be told. */
export const commonRefusals: readonly ErrorCode[] = [
  'run.alreadyFinished',
  'run.notActive',
  'run.notFound',
  'journal.stopped',
  'journal.writeFailed',
];

/** Methods of `Runs` that only look, and those that the simulation itself calls. */
export const methodsOfTheWorld: readonly string[] = [
  'start',
  'recover',
  'close',
  'summaries',
  'summary',
  'state',
  'openApprovals',
  'settled',
  'onSummary',
  'onDelta',
  'recordedFigures',
  'replay',
  'fork',
  'forkReport',
];

export const commands: Readonly<Record<string, Command>> = {
  cancel: {
    uses: ['cancel'],
    mayMeet: [],
    async perform({ runs, runId }) {
      await runs.cancel(runId, 'enough');
      return undefined;
    },
  },
  cancelTwice: {
    uses: ['cancel'],
    mayMeet: [],
    async perform({ runs, runId }) {
      await Promise.all([runs.cancel(runId, 'enough'), runs.cancel(runId, 'really')]);
      return undefined;
    },
  },
  decideTwice: {
    uses: ['decide'],
    mayMeet: ['approval.alreadyDecided', 'approval.editInvalid'],
    async perform({ runs, runId, dice, answer }) {
      const approval = pickApproval(runs, runId, dice);
      if (approval === undefined) return undefined;
      const { approvalId, subject } = approval;
      const second: ApprovalAnswer =
        subject.type === 'outcomeUnknown' || dice.holds(0.5) ? answer(approval) : { type: 'deny', reason: 'no' };
      const decisions = await Promise.allSettled([
        runs.decide(runId, approvalId, answer(approval), 'me'),
        runs.decide(runId, approvalId, second, 'you'),
      ]);
      return decisions.every(({ status }) => status === 'fulfilled') ? `both decisions about ${approvalId} were taken` : undefined;
    },
  },
  approveAndCancel: {
    uses: ['decide', 'cancel'],
    mayMeet: ['approval.alreadyDecided', 'approval.editInvalid'],
    async perform({ runs, runId, dice, answer }) {
      const approval = pickApproval(runs, runId, dice);
      const decide = async () => (approval === undefined ? undefined : runs.decide(runId, approval.approvalId, answer(approval), 'me'));
      const cancel = () => runs.cancel(runId, 'changed my mind');
      const acts = dice.holds(0.5) ? [decide, cancel] : [cancel, decide];
      await Promise.allSettled(acts.map((act) => act()));
      return undefined;
    },
  },
  decideOnNothing: {
    uses: ['decide'],
    mayMeet: ['approval.notFound'],
    async perform({ runs, runId }) {
      await runs.decide(runId, 'a999', { type: 'grant' }, 'me');
      return 'a question that nobody asked was answered';
    },
  },
  interrupt: {
    uses: ['interrupt'],
    mayMeet: [],
    async perform({ runs, runId, dice }) {
      await runs.interrupt(runId, dice.pick(['finish', 'abandon']), 'wait', 'me');
      return undefined;
    },
  },
  interruptTwice: {
    uses: ['interrupt'],
    mayMeet: [],
    async perform({ runs, runId }) {
      await Promise.all([runs.interrupt(runId, 'finish', 'wait', 'me'), runs.interrupt(runId, 'abandon', 'now', 'you')]);
      return undefined;
    },
  },
  continue: {
    uses: ['continue'],
    mayMeet: ['run.notInterrupted', 'run.overBudget'],
    async perform({ runs, runId }) {
      await runs.continue(runId, 'me');
      return undefined;
    },
  },
  compensate: {
    uses: ['compensate'],
    mayMeet: [],
    async perform({ runs, runId }) {
      await runs.compensate(runId, 'undo it', 'me');
      return undefined;
    },
  },
  signal: {
    uses: ['signal'],
    mayMeet: [],
    async perform({ runs, runId, dice }) {
      await runs.signal(runId, dice.pick(['go', 'go1', 'go3', 'nobody']), { unasked: true }, 'me');
      return undefined;
    },
  },
  steer: {
    uses: ['steer'],
    mayMeet: ['run.steeringInvalid'],
    async perform({ runs, runId, dice }) {
      await runs.steer(runId, [pickSteering(runs, runId, dice)], 'me');
      return undefined;
    },
  },
  move: {
    uses: ['move'],
    mayMeet: ['run.steeringInvalid', 'lane.notFound'],
    async perform({ runs, runId, dice }) {
      const state = runs.state(runId);
      const waiting = listNodeStates(state).flatMap(([id, node]) => (node.status === 'queued' ? [id] : []));
      const node = waiting.length > 0 ? dice.pick(waiting) : dice.pick(state.workflow.nodes).id;
      await runs.move(runId, node, dice.pick(['default', 'side']), 'me');
      return undefined;
    },
  },
  resume: {
    uses: ['resume'],
    mayMeet: [],
    async perform({ runs, runId }) {
      await runs.resume(runId);
      return undefined;
    },
  },
};

function pickSteering(runs: Runs, runId: string, dice: Dice): Steering {
  const { workflow: document } = runs.state(runId);
  const { id, config } = dice.pick(document.nodes);
  const at = { workflow: null, node: id };
  return dice.pick<Steering>([
    { type: 'model', model: 'sim/other' },
    { type: 'budget', budgetUsd: dice.pick([null, 0.01, 100]) },
    { type: 'skip', ...at },
    { type: 'policy', ...at, policy: { maxAttempts: dice.int(1, 3) } },
    { type: 'lane', ...at, lane: 'side' },
    { type: 'path', ...at, case: 'way0' },
    { type: 'config', ...at, config },
  ]);
}

function pickApproval(runs: Runs, runId: string, dice: Dice): OpenApproval | undefined {
  const open = runs.openApprovals().filter((approval) => approval.runId === runId);
  return open.length === 0 ? undefined : dice.pick(open);
}
