import { listNodeStates } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes, UsageError } from './exit-codes.ts';

/** `heddle show`: how a run stands, or how it stood after any of its events. */
export const showCommand: Command = {
  usage: 'heddle show <runId> [--at SEQ] [--workspace DIR] [--json]',
  summary: 'show how a run stands, or stood at any event',
  help: `With --json the whole state is one line of JSON.

  --at SEQ  right after this event; \`heddle events\` numbers them`,
  positionals: ['runId'],
  options: { ...commonOptions, at: { type: 'string' } },
  run: async (args, context) => {
    const { output } = context;
    const [runId = ''] = args.positionals;
    const at = args.text('at');
    const connection = await connect(await readCommandConfiguration(args, context), 'reading');
    try {
      const state = (await connection.api.run.state({ runId, ...(at === undefined ? {} : { atSeq: toSeq(at) }) })) as unknown as RunState;
      if (args.isSet('json')) output.json(state);
      else for (const line of toLines(state)) output.line(line);
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

function toLines(state: RunState): string[] {
  const { runId, status, workflow, lastSeq, usage, outputs, error, endedAtMs, startedAtMs } = state;
  const cost = usage.costUsd === null ? '' : `, $${usage.costUsd.toFixed(4)}`;
  return [
    `${workflow.name}, run ${runId}: ${status} at event ${lastSeq}`,
    `started ${toTime(startedAtMs)}${endedAtMs === null ? '' : `, ended ${toTime(endedAtMs)}`}; ${usage.modelCalls} model calls, ${usage.toolCalls} tool calls${cost}`,
    ...listNodeStates(state).map(([id, node]) => `  ${node.status.padEnd(10)}  ${id}${'error' in node ? `: ${node.error.message}` : ''}`),
    ...(outputs === null ? [] : Object.entries(outputs).map(([name, value]) => `output ${name}: ${JSON.stringify(value)}`)),
    ...(error === null ? [] : [`failed: ${error.message}`]),
  ];
}

function toTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

function toSeq(text: string): number {
  const seq = Number(text);
  if (Number.isSafeInteger(seq) && seq > 0) return seq;
  throw new UsageError(`--at is the number of an event, from 1, not ${JSON.stringify(text)}.`);
}
