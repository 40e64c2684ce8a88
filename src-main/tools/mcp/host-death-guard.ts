import { spawn } from 'node:child_process';

/** Ends a server when this process dies without being able to, as by `kill -9`. */
export interface HostDeathGuard {
  /** Names the group; before that, and for what left it, only the mark tells what to end. */
  watch(pid: number): void;
  /** The server is gone or being ended: the guard goes too. */
  release(): void;
}

/**
 * A small shell whose input ends with this process, whatever ends it: then it kills the group, and on Linux everything that carries the
 * mark. Started before the server, so that there is no moment at which the server could be left alone. Windows has no such shell: there
 * a server that outlives the end of its input stays.
 */
export function guardAgainstHostDeath(markVariable: string, mark: string): HostDeathGuard {
  if (process.platform === 'win32') return { watch: () => undefined, release: () => undefined };
  const shell = spawn('/bin/sh', ['-c', script, 'heddle-guard', `${markVariable}=${mark}`], {
    // In a session of its own: a key pressed in a terminal ends the host, not what cleans up behind it.
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a guard the server still ends with its input, as servers should.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return {
    watch: (pid) => void shell.stdin.write(`${pid}\n`),
    release: () => {
      shell.kill('SIGKILL');
      shell.stdin.destroy();
    },
  };
}

/** Two rounds, because a process may start another one while it is looked for. */
const script = `trap '' HUP INT TERM
read -r pid
while read -r rest; do :; done
for round in 1 2; do
  [ -n "$pid" ] && kill -KILL -- "-$pid"
  [ -d /proc/self ] && for found in $(grep -lsazFx -- "$1" /proc/[0-9]*/environ); do
    found=\${found#/proc/}
    kill -KILL "\${found%/environ}"
  done
done`;
