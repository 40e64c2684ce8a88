import { relative, resolve, sep } from 'node:path';
import type { VersionEntry } from '#shared/contract/histories.ts';
import { openWorkspaceFolder } from '../workspace/workspace-folder.ts';
import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { connect } from './connect.ts';
import { exitCodes, UsageError } from './exit-codes.ts';

/** `heddle history`: what was done to a workflow, the newest first. */
export const historyCommand: Command = {
  usage: 'heddle history <file> [--named] [--limit N] [--workspace DIR] [--json]',
  summary: 'list what was done to a workflow',
  help: `Edits, undos and changes of the file from outside, each with the number of the version that it led to.
With --json each is one line of JSON. The studio compares versions and brings them back.

  --named    only versions that have a name
  --limit N  at most so many (100)`,
  positionals: ['file'],
  options: { ...commonOptions, named: { type: 'boolean' }, limit: { type: 'string' } },
  run: async (args, context) => {
    const { output } = context;
    const configuration = await readCommandConfiguration(args, context);
    const limit = toLimit(args.text('limit') ?? '100');
    const { root } = openWorkspaceFolder(configuration.workspace);
    const path = relative(root, resolve(context.cwd, args.positionals[0] ?? ''))
      .split(sep)
      .join('/');
    const connection = await connect(configuration, 'reading');
    try {
      const { entries } = await connection.api.workflow.versions({ path, limit, onlyNamed: args.isSet('named') });
      if (args.isSet('json')) for (const entry of entries) output.json(entry);
      else for (const line of toLines(entries)) output.line(line);
      return exitCodes.succeeded;
    } finally {
      await connection.close();
    }
  },
};

function toLines(entries: readonly VersionEntry[]): readonly string[] {
  if (entries.length === 0) return ['Nothing was changed yet.'];
  return entries.map(({ seq, atMs, what, label, words, name }) => {
    const done = { undone: 'Undid: ', redone: 'Did again: ' }[what as string] ?? '';
    const time = new Date(atMs).toISOString().slice(0, 19);
    return `${String(seq).padStart(6)}  ${time}  ${done}${label}${words === '' ? '' : ` (${words})`}${name === null ? '' : `  “${name}”`}`;
  });
}

function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0 && limit <= 500) return limit;
  throw new UsageError(`--limit is a number from 1 to 500, not ${JSON.stringify(text)}.`);
}
