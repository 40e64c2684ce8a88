/**
 * The world outside: a process of its own that writes down real side effects, so that no death of a host can make it forget one.
 * `node ledger.main.ts <socket path>`; says `ready` when it listens. Each message is one line of JSON, answered when it is on disk.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { LedgerEntry, LedgerMessage } from './outside-ledger.ts';

const [, , socketPath = ''] = process.argv;
/** The inode last seen, by book and path. */
const seen = new Map<string, number>();

createServer((socket) => {
  // A host that is killed while it speaks resets its connection.
  socket.on('error', () => undefined);
  const lines = createInterface({ input: socket });
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    const message = JSON.parse(line) as LedgerMessage;
    if ('write' in message) append(message.book, message.write);
    else look(message.book, message.look);
    socket.write('ok\n');
  });
}).listen(socketPath, () => process.stdout.write('"ready"\n'));

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

function look(book: string, path: string): void {
  const inode = statSync(path, { throwIfNoEntry: false })?.ino;
  const place = `${book}\n${path}`;
  if (inode === undefined || seen.get(place) === inode) return;
  seen.set(place, inode);
  append(book, { type: 'file', path, hash: createHash('sha256').update(readFileSync(path)).digest('hex') });
}

function append(book: string, entry: LedgerEntry): void {
  const file = openSync(book, 'a');
  writeSync(file, `${JSON.stringify(entry)}\n`);
  fsyncSync(file);
  closeSync(file);
}
