import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JsonValue } from '#shared/base/json.ts';
import type { ForkEdit } from '#shared/run/fork-origin.ts';
import { readWorkflow } from '../workspace/workflow-files.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { UsageError } from './exit-codes.ts';
import type { Arguments } from './flags.ts';
import { toReport, watchRun } from './watch-run.ts';

/** `heddle fork`: runs on from an event of a run with changes, and stays with the new run as `heddle run` does. */
export const forkCommand: Command = {
  usage:
    'heddle fork <runId> --at SEQ [--set-input name=value]… [--answer FRAME=TEXT|@file]… [--result FRAME=JSON|@file]… [--workflow FILE] [--rerun FRAME]… [--reuse unaffected|before] [--workspace DIR] [--json]',
  summary: 'run on from an event of a run, with changes',
  help: `Everything that the run recorded and that the changes leave as it was is taken over at no cost; what they affect is done again.

  --at SEQ                 the event to fork from; \`heddle events\` shows them
  --set-input name=value   another input; JSON where it is JSON, else text
  --answer FRAME=TEXT      what the model answered there; @file takes it from a file
  --result FRAME=JSON      what the tool gave there; @file takes it from a file
  --workflow FILE          another workflow
  --rerun FRAME            do this again, and everything below it
  --reuse before           take over only what was known at that event

Exit codes are those of \`heddle run\`.`,
  positionals: ['runId'],
  options: {
    ...commonOptions,
    at: { type: 'string' },
    'set-input': { type: 'string', multiple: true },
    answer: { type: 'string', multiple: true },
    result: { type: 'string', multiple: true },
    workflow: { type: 'string' },
    rerun: { type: 'string', multiple: true },
    reuse: { type: 'string' },
  },
  run: async (args, context) => {
    const [origin = ''] = args.positionals;
    const atSeq = Number(args.text('at') ?? Number.NaN);
    if (!Number.isInteger(atSeq) || atSeq < 1)
      throw new UsageError('--at takes the number of an event. `heddle events <runId>` shows them.');
    const reuse = args.text('reuse') ?? 'unaffected';
    if (reuse !== 'unaffected' && reuse !== 'before')
      throw new UsageError(`--reuse is unaffected or before, not ${JSON.stringify(reuse)}.`);
    const edits = await readEdits(args, context.cwd);
    const connection = await connect(await readCommandConfiguration(args, context), 'running');
    try {
      const { runId } = await connection.api.run.fork({ runId: origin, atSeq, edits, reuse, startedBy: 'cli' });
      const code = await watchRun(connection, runId, toReport(args, context), context);
      const report = await connection.api.run.forkReport({ runId });
      context.output.note(`${report.reused} reused, ${report.edited} edited, ${report.ranAgain} done again.`);
      return code;
    } finally {
      await connection.close();
    }
  },
};

async function readEdits(args: Arguments, cwd: string): Promise<ForkEdit[]> {
  const inputs = args.texts('set-input').map((entry) => split('--set-input name=value', entry));
  const answers = args.texts('answer').map((entry) => split('--answer FRAME=TEXT', entry));
  const results = args.texts('result').map((entry) => split('--result FRAME=JSON', entry));
  const file = args.text('workflow');
  return [
    ...(inputs.length === 0
      ? []
      : [{ type: 'inputs' as const, inputs: Object.fromEntries(inputs.map(([name, text]) => [name, tryParse(text) ?? text])) }]),
    ...(await Promise.all(answers.map(async ([frame, text]) => ({ type: 'answer' as const, frame, text: await readText(text, cwd) })))),
    ...(await Promise.all(
      results.map(async ([frame, text]) => ({ type: 'result' as const, frame, result: parse(await readText(text, cwd), frame) })),
    )),
    ...args.texts('rerun').map((frame) => ({ type: 'rerun' as const, frame })),
    ...(file === undefined
      ? []
      : [{ type: 'workflow' as const, path: null, document: (await readWorkflow(resolve(cwd, file), file)).document }]),
  ];
}

/** At the first equals sign: frames have none. */
function split(usage: string, entry: string): readonly [string, string] {
  const at = entry.indexOf('=');
  if (at <= 0) throw new UsageError(`${JSON.stringify(entry)} is not written as ${usage}.`);
  return [entry.slice(0, at), entry.slice(at + 1)];
}

async function readText(text: string, cwd: string): Promise<string> {
  if (!text.startsWith('@')) return text;
  return readFile(resolve(cwd, text.slice(1)), 'utf8').catch((error: unknown) => {
    throw new UsageError(`${text.slice(1)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function parse(text: string, frame: string): JsonValue {
  const value = tryParse(text);
  if (value === undefined) throw new UsageError(`The result for ${frame} is not JSON. Write texts in quotes: ${frame}='"text"'.`);
  return value;
}

function tryParse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
