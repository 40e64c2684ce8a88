import type { RunEvent } from '#shared/run/events.ts';
import { reduceRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes, UsageError } from './exit-codes.ts';
import { toLine } from './progress-lines.ts';

/** `heddle runs`: the runs of a workspace, newest first. */
export const runsCommand: Command = {
  usage: 'heddle runs [--workspace DIR] [--limit N] [--json]',
  summary: 'list the runs of a workspace',
  help: 'With --json each run is one line of JSON.',
  positionals: [],
  options: { ...commonOptions, limit: { type: 'string' } },
  run: async (args, context) => {
    const { output } = context;
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      const runs = await connection.api.run.list({ limit: toNumber(args.text('limit') ?? '200', 'limit', 1000) });
      for (const run of runs) {
        if (args.isSet('json')) output.json(run);
        else
          output.line(
            `${run.runId}  ${run.status.padEnd(10)}  ${new Date(run.startedAtMs).toISOString().slice(0, 19)}  ${run.workflowName}${run.part === undefined ? '' : `, ${run.part}`}`,
          );
      }
      if (runs.length === 0 && !args.isSet('json')) output.note('No runs yet. `heddle run <workflow file>` starts one.');
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

/** `heddle events`: the journal of a run. */
export const eventsCommand: Command = {
  usage: 'heddle events <runId> [--workspace DIR] [--after SEQ] [--json]',
  summary: 'print the journal of a run',
  help: 'With --json each event is one line, exactly as it was recorded.',
  positionals: ['runId'],
  options: { ...commonOptions, after: { type: 'string' } },
  run: async (args, context) => {
    const { output } = context;
    const [runId = ''] = args.positionals;
    const after = toNumber(args.text('after') ?? '0', 'after', Number.MAX_SAFE_INTEGER);
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      let state: RunState | null = null;
      for (let afterSeq = args.isSet('json') ? after : 0; !output.isBroken(); ) {
        const page = await connection.api.run.events({ runId, afterSeq, limit: pageSize });
        for (const event of page) {
          if (args.isSet('json')) output.json(event);
          else {
            state = reduceRun(state, event as unknown as RunEvent);
            if (event.seq > after)
              output.line(`${String(event.seq).padStart(5)}  ${toLine(event as unknown as RunEvent, state)?.trim() ?? event.type}`);
          }
        }
        await output.flush();
        const last = page.at(-1);
        if (last === undefined || page.length < pageSize) break;
        afterSeq = last.seq;
      }
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

/** `heddle templates`: the gallery. */
export const templatesCommand: Command = {
  usage: 'heddle templates [--workspace DIR] [--json]',
  summary: 'list the templates that `heddle run` takes',
  help: 'With --json each template is one line of JSON.',
  positionals: [],
  options: commonOptions,
  run: async (args, context) => {
    const { output } = context;
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      for (const template of await connection.api.template.list()) {
        if (args.isSet('json')) output.json(template);
        else output.line(`${template.id.padEnd(24)}  ${template.name}: ${template.description}`);
      }
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

const pageSize = 1_000;

function toNumber(text: string, flag: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new UsageError(`--${flag} is a whole number from 0 to ${most}, not ${JSON.stringify(text)}.`);
}
