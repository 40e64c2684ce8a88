import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program to its end and gives its exit code (128 + n when signal n ended it). What stops us stops the program first.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return exitOf(spawn(command, args, { stdio: 'inherit', ...options }));
}

/**
 * As `run`, but prints what the program says when it has ended, so that programs side by side do not interrupt each other.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>}
 */
export async function runInOnePiece(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {Buffer[]} */
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const code = await exitOf(child);
  await closed;
  process.stdout.write(Buffer.concat(said));
  return code;
}

/**
 * The exit code of a running child. Signals that reach us are passed on once; a second one a while later kills.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
export function exitOf(child) {
  const stopForwarding = forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']));
  }).finally(stopForwarding);
}

/** npm passes on the Ctrl-C that the terminal already sent to everyone; the echo comes within this time. */
const echoMs = 700;

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  let firstAtMs = 0;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (firstAtMs === 0) {
      firstAtMs = Date.now();
      child.kill(signal);
    } else if (Date.now() - firstAtMs > echoMs) {
      child.kill('SIGKILL');
    }
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
