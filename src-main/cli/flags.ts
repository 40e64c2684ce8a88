import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from './exit-codes.ts';

/** What a command takes: its positional arguments by name, and its flags. */
export interface CommandShape {
  readonly usage: string;
  readonly positionals: readonly string[];
  /** Those that may be left out, behind the others. */
  readonly optionalPositionals?: readonly string[];
  readonly options: ParseArgsOptionsConfig;
}

/** The arguments of a command, parsed. */
export interface Arguments {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  isSet(name: string): boolean;
}

/** Parses strictly: an unknown flag, or a positional argument too few or too many, is wrong usage. */
export function parseArguments(shape: CommandShape, argv: readonly string[]): Arguments {
  const { values, positionals } = parse(shape, argv);
  const missing = shape.positionals[positionals.length];
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing.\n\nUsage: ${shape.usage}`);
  const extra = positionals[shape.positionals.length + (shape.optionalPositionals?.length ?? 0)];
  if (extra !== undefined) throw new UsageError(`There is no place for ${JSON.stringify(extra)}.\n\nUsage: ${shape.usage}`);
  return {
    positionals,
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    texts: (name) => (Array.isArray(values[name]) ? values[name].map(String) : []),
    isSet: (name) => values[name] === true,
  };
}

function parse({ usage, options }: CommandShape, argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [words = 'The arguments cannot be read.'] = (error instanceof Error ? error.message : String(error)).split(/\. To specify|\n/);
    throw new UsageError(`${words.replace(/\.$/, '')}.\n\nUsage: ${usage}`);
  }
}
