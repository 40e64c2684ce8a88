import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { Command, CommandContext } from './command.ts';
import { exitCodes, toErrorExitCode, UsageError } from './exit-codes.ts';
import { parseArguments } from './flags.ts';
import { createOutput } from './output.ts';

/** Commands are loaded when they are called: `--help` should not wait for a database. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run-command.ts')).runCommand,
  resume: async () => (await import('./resume-command.ts')).resumeCommand,
  code: async () => (await import('./code-command.ts')).codeCommand,
  runs: async () => (await import('./look-commands.ts')).runsCommand,
  approvals: async () => (await import('./approvals-command.ts')).approvalsCommand,
  approve: async () => (await import('./answer-commands.ts')).approveCommand,
  deny: async () => (await import('./answer-commands.ts')).denyCommand,
  resolve: async () => (await import('./answer-commands.ts')).resolveCommand,
  signal: async () => (await import('./signal-command.ts')).signalCommand,
  interrupt: async () => (await import('./hold-commands.ts')).interruptCommand,
  continue: async () => (await import('./hold-commands.ts')).continueCommand,
  steer: async () => (await import('./steer-command.ts')).steerCommand,
  compensate: async () => (await import('./hold-commands.ts')).compensateCommand,
  collect: async () => (await import('./collect-command.ts')).collectCommand,
  'dead-letters': async () => (await import('./dead-letters-command.ts')).deadLettersCommand,
  replay: async () => (await import('./replay-command.ts')).replayCommand,
  fork: async () => (await import('./fork-command.ts')).forkCommand,
  events: async () => (await import('./look-commands.ts')).eventsCommand,
  show: async () => (await import('./show-command.ts')).showCommand,
  history: async () => (await import('./history-command.ts')).historyCommand,
  serve: async () => (await import('./serve-command.ts')).serveCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
  backup: async () => (await import('./backup-command.ts')).backupCommand,
  restore: async () => (await import('./restore-command.ts')).restoreCommand,
  compact: async () => (await import('./compact-command.ts')).compactCommand,
  export: async () => (await import('./bundle-commands.ts')).exportCommand,
  import: async () => (await import('./bundle-commands.ts')).importCommand,
  templates: async () => (await import('./look-commands.ts')).templatesCommand,
};

/** Commands whose last line of `--json` says how a run stands. */
const resultCommands = new Set('run resume approve deny resolve signal interrupt continue steer compensate'.split(' '));

const output = createOutput(process.stdout, process.stderr);
// A run may wait for nothing that Node knows of, such as an answer that never comes: only this command's own end is an end.
setInterval(() => undefined, 2 ** 30);
process.exitCode = await main(process.argv.slice(2));
await output.flush();
// A connection that is still closing must not keep the shell waiting.
process.exit();

async function main([name = '--help', ...rest]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') return printHelp(rest[0]);
  if (name === '--version' || name === '-v') return printVersion();
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined)
    return fail(
      new UsageError(
        `There is no command ${JSON.stringify(name)}. Commands: ${Object.keys(commands).join(', ')}. \`heddle --help\` says more.`,
      ),
      name,
      rest,
    );
  if (rest.includes('--help') || rest.includes('-h')) return printHelp(name);
  try {
    const command = await load();
    return await command.run(parseArguments(command, rest), toContext(name));
  } catch (error) {
    return fail(error, name, rest);
  }
}

/** What a failed command says: to people on standard error, to scripts also as a last line. */
function fail(error: unknown, name: string, rest: readonly string[]): number {
  const isExpected = error instanceof HeddleError || error instanceof UsageError;
  const words = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
  output.note(isExpected ? `heddle: ${words}` : `heddle: a fault in Heddle: ${words}`);
  if (rest.includes('--json')) {
    const info = error instanceof UsageError ? { code: 'request.invalid', message: words } : toErrorInfo(error);
    output.json(
      resultCommands.has(name)
        ? { type: 'result', runId: null, status: 'failed', outputs: {}, usage: null, error: info }
        : { type: 'error', error: info },
    );
  }
  return toErrorExitCode(error);
}

async function printHelp(name: string | undefined): Promise<number> {
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) {
    const { usage, help } = await load();
    output.line(`Usage: ${usage}\n\n${help}`);
    return exitCodes.succeeded;
  }
  const lines = await Promise.all(
    Object.entries(commands).map(async ([command, loadIt]) => `  ${command.padEnd(13)} ${(await loadIt()).summary}`),
  );
  output.line(
    [
      'heddle runs and looks at multi-agent workflows.',
      '',
      'Usage: heddle <command> [arguments]',
      '',
      ...lines,
      '',
      '  --help        this, or `heddle <command> --help`',
      '  --version     the version',
      '',
      'Exit codes: 0 succeeded, 1 failed, 2 wrong usage or invalid workflow, 3 waiting for a person or a signal, or interrupted.',
      'HEDDLE_HOME moves what belongs to this user (settings, keys); HEDDLE_WORKSPACE names a workspace.',
    ].join('\n'),
  );
  return exitCodes.succeeded;
}

async function printVersion(): Promise<number> {
  const { readVersion } = await import('../host/installation.ts');
  output.line(readVersion());
  return exitCodes.succeeded;
}

function toContext(name: string): CommandContext {
  const interrupting = new AbortController();
  // `serve` closes its host itself.
  if (name !== 'serve') {
    process.on('SIGINT', () => {
      if (interrupting.signal.aborted) process.exit(130);
      interrupting.abort();
    });
  }
  return { output, cwd: process.cwd(), env: process.env, isTerminal: process.stderr.isTTY, interrupted: interrupting.signal };
}
