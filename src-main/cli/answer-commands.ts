import { HeddleError } from '#shared/base/errors.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { OutcomeDecision } from '#shared/run/events.ts';
import type { Command, CommandContext } from './command.ts';
import { UsageError } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { readJsonArgument } from './json-argument.ts';
import { changeRun, liveRunHelp, liveRunOptions, liveRunUsage } from './live-run.ts';
import { followToRest } from './run-follower.ts';

const which = 'Without an id it answers the only question that is open; `heddle approvals` lists them.';

/** `heddle approve`: yes to an approval or a tool call, or the values that a form asks for. */
export const approveCommand: Command = {
  usage: `heddle approve <runId> [approvalId] [--edit JSON | --edit @file] ${liveRunUsage}`,
  summary: 'approve what a run asks, or fill in its form',
  help: `${which}
  --edit JSON      another value for what goes on: the arguments of the tool, or the values of the form

${liveRunHelp}`,
  positionals: ['runId'],
  optionalPositionals: ['approvalId'],
  options: { ...liveRunOptions, edit: { type: 'string' } },
  run: async (args, context) => {
    const edit = args.text('edit');
    const value = edit === undefined ? {} : { value: await readJsonArgument(edit, 'The value of --edit', context.cwd) };
    return answerQuestion(args, context, ({ subject }) => subject.type !== 'outcomeUnknown', { type: 'grant', ...value });
  },
};

/** `heddle deny`: no. */
export const denyCommand: Command = {
  usage: `heddle deny <runId> [approvalId] --reason TEXT ${liveRunUsage}`,
  summary: 'deny what a run asks',
  help: `${which}
  --reason TEXT    why; the run and its agents are told

${liveRunHelp}`,
  positionals: ['runId'],
  optionalPositionals: ['approvalId'],
  options: { ...liveRunOptions, reason: { type: 'string' } },
  run: async (args, context) => {
    const reason = args.text('reason');
    if (reason === undefined) throw new UsageError('--reason is missing: say why, the run and its agents are told.');
    return answerQuestion(args, context, ({ subject }) => subject.type !== 'outcomeUnknown', { type: 'deny', reason });
  },
};

/** `heddle resolve`: what became of a call that was in flight when its host died. */
export const resolveCommand: Command = {
  usage: `heddle resolve <runId> [approvalId] --done JSON | --retry | --fail ${liveRunUsage}`,
  summary: 'say what became of a call with an unknown outcome',
  help: `Look first whether the call had its effect. ${which}
  --done JSON      it was done; this is its result (or @file)
  --retry          it was not done: do it now
  --fail           take it as failed

${liveRunHelp}`,
  positionals: ['runId'],
  optionalPositionals: ['approvalId'],
  options: { ...liveRunOptions, done: { type: 'string' }, retry: { type: 'boolean' }, fail: { type: 'boolean' } },
  run: async (args, context) => {
    const decision = await readDecision(args, context);
    return answerQuestion(args, context, ({ subject }) => subject.type === 'outcomeUnknown', { type: 'resolve', decision });
  },
};

async function readDecision(args: Arguments, { cwd }: CommandContext): Promise<OutcomeDecision> {
  const done = args.text('done');
  if ([done !== undefined, args.isSet('retry'), args.isSet('fail')].filter(Boolean).length !== 1)
    throw new UsageError('Say one of --done JSON, --retry and --fail.');
  if (done !== undefined) return { type: 'assumeDone', result: await readJsonArgument(done, 'The value of --done', cwd) };
  return { type: args.isSet('retry') ? 'retry' : 'fail' };
}

type Fits = (question: OpenApproval) => boolean;

function answerQuestion(args: Arguments, context: CommandContext, fits: Fits, answer: ApprovalAnswer): Promise<number> {
  const [runId = '', approvalId] = args.positionals;
  return changeRun(args, context, runId, async (api, by) => {
    const found = await findQuestion(api, runId, approvalId, fits, context.interrupted);
    await api.approval.decide({ runId, approvalId: found, answer, by });
  });
}

/** A run that was just taken up asks about an unknown outcome only when it gets there. */
async function findQuestion(
  api: HeddleApi,
  runId: string,
  approvalId: string | undefined,
  fits: Fits,
  signal: AbortSignal,
): Promise<string> {
  const list = async () => (await api.approval.list()).filter((question) => question.runId === runId);
  const isThere = (questions: readonly OpenApproval[]) =>
    approvalId === undefined ? questions.some(fits) : questions.some((question) => question.approvalId === approvalId);
  let open = await list();
  if (!isThere(open)) {
    await followToRest(api, runId, () => undefined, signal);
    open = await list();
  }
  // Whether an id that was given is one, and fits the answer, the host says in its own words.
  if (approvalId !== undefined) return approvalId;
  const [only, ...more] = open.filter(fits);
  if (only === undefined) throw new HeddleError('approval.notFound', toNothingOpenWords(runId, open));
  if (more.length > 0)
    throw new UsageError(`Run ${runId} asks ${more.length + 1} questions. Say which: ${[only, ...more].map(toChoice).join(', ')}.`);
  return only.approvalId;
}

function toNothingOpenWords(runId: string, open: readonly OpenApproval[]): string {
  const [other] = open;
  if (other === undefined) return `Run ${runId} asks nothing. \`heddle approvals\` lists what is open.`;
  const command = other.subject.type === 'outcomeUnknown' ? 'resolve' : 'approve` or `heddle deny';
  return `Run ${runId} asks no such question, but another: ${toChoice(other)}. Answer it with \`heddle ${command}\`.`;
}

function toChoice({ approvalId, nodeName }: OpenApproval): string {
  return `${approvalId} (${nodeName})`;
}
