import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { environmentFor } from './node24.mjs';

/**
 * What the host says on standard output when it serves, as one line of JSON.
 * @typedef {{ readonly type: 'ready', readonly url: string }} HostReady
 */

/**
 * Starts a host and calls `onReady` each time it says that it serves. Its other output goes to ours.
 * It gets signals only from us (a process group of its own) and sees by the closed channel when we are gone.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {(ready: HostReady) => void} onReady
 */
export function startHost(node, args, onReady) {
  const child = spawn(node, args, {
    env: { ...environmentFor(node), HEDDLE_READY_JSON: '1' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  });
  if (child.stdout === null) throw new Error('The host has no standard output.');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const ready = readReady(line);
    if (ready === undefined) console.log(line);
    else onReady(ready);
  });
  return child;
}

/**
 * The ready message, if the line is one.
 * @param {string} line
 * @returns {HostReady | undefined}
 */
export function readReady(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line);
    return value.type === 'ready' && typeof value.url === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
