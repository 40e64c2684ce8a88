import { type Configuration, readConfiguration } from '../workspace/configuration.ts';
import type { Arguments, CommandShape } from './flags.ts';
import type { Output } from './output.ts';

/** One command of `heddle`: how it is written, and what it does. */
export interface Command extends CommandShape {
  readonly summary: string;
  readonly help: string;
  /** Resolves to the exit code. */
  run(args: Arguments, context: CommandContext): Promise<number>;
}

/** What every command is given. */
export interface CommandContext {
  readonly output: Output;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: boolean;
  /** Aborts with the first Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** Flags that every command takes. */
export const commonOptions = {
  workspace: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** The configuration of a command; `fallbackWorkspace` counts when nobody names a workspace. */
export function readCommandConfiguration(args: Arguments, { env, cwd }: CommandContext, fallbackWorkspace = cwd): Promise<Configuration> {
  return readConfiguration({
    env,
    cwd,
    fallbackWorkspace,
    flags: {
      workspace: args.text('workspace'),
      port: args.text('port'),
      token: args.text('token'),
      readOnly: args.isSet('read-only') || undefined,
    },
  });
}
