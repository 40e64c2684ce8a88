import { toHistoryId } from '#shared/history/events.ts';
import { toRunId } from '#shared/run/events.ts';
import type { IntegrityReport, StreamVerdict } from '../event-store/event-store.ts';
import { openStore, toHeddleFolder } from '../host/open-journal.ts';
import { openWorkspaceFolder } from '../workspace/workspace-folder.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { exitCodes } from './exit-codes.ts';

/** `heddle doctor`: checks every event of the journal against its hash chain, and the database against its own check. Changes nothing. */
export const doctorCommand: Command = {
  usage: 'heddle doctor [--workspace DIR] [--json]',
  summary: 'check the journal of a workspace for damage',
  help: `Says of every run, and of every workflow's history of edits, whether its journal is whole, and of a damaged one from which event on.
Works beside a running host.
Exit code 0 when all is well, 1 when something is damaged.`,
  positionals: [],
  options: commonOptions,
  run: async (args, context) => {
    const { output } = context;
    const { root } = openWorkspaceFolder((await readCommandConfiguration(args, context)).workspace);
    const store = openStore(toHeddleFolder(root), true);
    try {
      const report = store.verify();
      if (args.isSet('json')) for (const line of toJsonLines(report)) output.json(line);
      else for (const line of toWords(report)) output.line(line);
      return isHealthy(report) ? exitCodes.succeeded : exitCodes.failed;
    } finally {
      await store.close();
    }
  },
};

/** One line per stream, then the verdict on the whole. */
function toJsonLines(report: IntegrityReport): object[] {
  return [
    ...report.streams.map((verdict) => {
      const runId = toRunId(verdict.stream);
      return runId === undefined ? { type: 'stream', ...verdict } : { type: 'run', runId, ...verdict };
    }),
    { type: 'result', status: isHealthy(report) ? 'healthy' : 'damaged', storageProblems: report.storageProblems },
  ];
}

function toWords(report: IntegrityReport): string[] {
  const damaged = report.streams.filter(({ status }) => status === 'damaged');
  const all = countStreams(report.streams);
  return [
    ...report.streams.map(toSentence),
    ...report.storageProblems.map((problem) => `The database says: ${problem}`),
    isHealthy(report)
      ? `All is well: ${all} checked.`
      : `Of ${all}, ${damaged.length} are damaged${report.storageProblems.length === 0 ? '' : ', and the database file itself has problems'}. What is undamaged opens as before; copy .heddle before you try to repair anything.`,
  ];
}

/** What there is, counted: `2 runs and 1 history of edits`. What only says which history is whose is not counted. */
function countStreams(streams: readonly StreamVerdict[]): string {
  const runs = streams.filter(({ stream }) => toRunId(stream) !== undefined).length;
  const histories = streams.filter(({ stream }) => toHistoryId(stream) !== undefined).length;
  const words = [`${runs} ${runs === 1 ? 'run' : 'runs'}`];
  if (histories > 0) words.push(`${histories} ${histories === 1 ? 'history' : 'histories'} of edits`);
  return words.join(' and ');
}

function toSentence(verdict: StreamVerdict): string {
  const { stream } = verdict;
  const [runId, historyId] = [toRunId(stream), toHistoryId(stream)];
  const name = runId !== undefined ? `run ${runId}` : historyId !== undefined ? `history ${historyId}` : `stream ${stream}`;
  return verdict.status === 'intact'
    ? `${name}: whole, ${verdict.events} events`
    : `${name}: damaged from event ${verdict.fromSeq} on (${verdict.reason}); ${verdict.readableEvents} events can be read`;
}

function isHealthy({ streams, storageProblems }: IntegrityReport): boolean {
  return storageProblems.length === 0 && streams.every(({ status }) => status === 'intact');
}
