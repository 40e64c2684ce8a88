import { parseArgs } from 'node:util';
import { refuse } from './project.mjs';

/**
 * Reads the command line strictly: an unknown flag or a missing value ends the program with exit code 2.
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {Options} options
 * @param {string} help printed for --help, after which the program ends
 */
export function readFlags(options, help) {
  const parsed = parseStrictly(options);
  if ('help' in parsed.values && parsed.values.help === true) {
    console.log(help);
    process.exit(0);
  }
  return parsed.values;
}

/**
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {Options} options
 */
function parseStrictly(options) {
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    return refuse(`${reason}. Try --help.`, 2);
  }
}
