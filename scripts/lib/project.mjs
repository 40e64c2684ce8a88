import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * A path inside the project.
 * @param {string[]} parts
 */
export const inProject = (...parts) => join(projectRoot, ...parts);

/**
 * Where the person who typed the command stands: npm changes the folder for its scripts and remembers the old one.
 * @param {string} script the name of the npm script, so that the memory of another npm further up is not taken for ours
 */
export const callerFolder = (script) => (process.env.npm_lifecycle_event === script && process.env.INIT_CWD) || process.cwd();

/**
 * Refuses to go on: one line that says what happened and what to do.
 * @param {string} message
 * @param {number} exitCode
 * @returns {never}
 */
export function refuse(message, exitCode = 1) {
  console.error(`heddle: ${message}`);
  process.exit(exitCode);
}

/**
 * Whether that path exists.
 * @param {string[]} parts
 */
export const isInProject = (...parts) => existsSync(inProject(...parts));
