import type { HeddleApi } from '#shared/contract/client.ts';
import type { RunState } from '#shared/run/state.ts';
import { type Awaited, listAwaited, toAnswerCommand } from './awaited.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes } from './exit-codes.ts';
import { toQuestion } from './progress-lines.ts';

/** `heddle approvals`: what the runs of a workspace wait for. */
export const approvalsCommand: Command = {
  usage: 'heddle approvals [runId] [--workspace DIR] [--json]',
  summary: 'list what runs wait for: approvals, forms, unknown outcomes, signals',
  help: `Of one run, or of all, each with the command that answers it. With --json each is one line of JSON.
A call whose outcome is unknown since a crash is listed once its run has been taken up again.`,
  positionals: [],
  optionalPositionals: ['runId'],
  options: commonOptions,
  run: async (args, context) => {
    const { output } = context;
    const [only] = args.positionals;
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      const found = await listOpen(connection.api, only);
      for (const { state, awaited } of found) {
        const { runId, workflow } = state;
        if (args.isSet('json')) output.json({ ...awaited, runId, workflowName: workflow.name, ...deadlineOf(state, awaited) });
        else output.line(`${runId}  ${workflow.name} · ${awaited.nodeName}: ${toWords(awaited)}\n    ${toAnswerCommand(runId, awaited)}`);
      }
      if (found.length === 0 && !args.isSet('json')) output.note('Nothing waits for an answer.');
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

interface Open {
  readonly state: RunState;
  readonly awaited: Awaited;
}

async function listOpen(api: HeddleApi, only: string | undefined): Promise<readonly Open[]> {
  const runs = only === undefined ? await api.run.list({ limit: 1000 }) : [await api.run.get({ runId: only })];
  const live = runs.filter(({ endedAtMs }) => endedAtMs === null);
  const states = await Promise.all(live.map(async ({ runId }) => (await api.run.state({ runId })) as unknown as RunState));
  return states.flatMap((state) => listAwaited(state).map((awaited) => ({ state, awaited })));
}

function toWords(awaited: Awaited): string {
  return awaited.type === 'signal' ? `waits for the signal ${awaited.name}` : toQuestion(awaited.subject);
}

function deadlineOf({ approvals }: RunState, awaited: Awaited): object {
  const approval = awaited.type === 'approval' ? approvals[awaited.approvalId] : undefined;
  return approval === undefined ? {} : { deadline: approval.deadline, escalatedTo: approval.escalatedTo };
}
