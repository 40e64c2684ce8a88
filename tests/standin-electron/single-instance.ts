import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a second instance tells the first. */
export interface SecondInstance {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly additionalData: unknown;
}

/** Takes the lock of this folder, or tells the one who has it. `told` ends when it has been told. */
export function requestLock(
  userData: string,
  own: SecondInstance,
  onSecond: (second: SecondInstance) => void,
): { isFirst: boolean; told: Promise<void> } {
  // A socket's path may have about 100 characters.
  const name = createHash('sha256').update(userData).digest('hex').slice(0, 16);
  const path = userData.length < 80 ? join(userData, 'standin') : join(tmpdir(), `standin-${name}`);
  if (!takeLock(`${path}.pid`)) return { isFirst: false, told: tell(`${path}.sock`, own) };
  rmSync(`${path}.sock`, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.on('end', () => {
      onSecond(JSON.parse(text));
      socket.end('ok');
    });
  });
  server.listen(`${path}.sock`).unref();
  process.on('exit', () => {
    rmSync(`${path}.sock`, { force: true });
    rmSync(`${path}.pid`, { force: true });
  });
  return { isFirst: true, told: Promise.resolve() };
}

function takeLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(Number(readFileSync(path, 'utf8')))) return false;
    rmSync(path);
    return takeLock(path);
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function tell(path: string, own: SecondInstance): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => socket.end(JSON.stringify(own)));
    socket.on('data', () => undefined);
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
}
