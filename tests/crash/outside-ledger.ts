import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/** A real side effect, as the world outside of the host saw it. */
export type LedgerEntry =
  /** A call of a tool that must not be made twice. */
  | { readonly type: 'call'; readonly tool: string; readonly key: string; readonly about: string }
  /** A file that came to hold something new: another inode stands at its path. */
  | { readonly type: 'file'; readonly path: string; readonly hash: string };

/** What one says to the ledger. A `book` is the file that it writes to: one for each trial. */
export type LedgerMessage =
  | { readonly book: string; readonly write: LedgerEntry }
  /** Look whether the file at this path is another one than when it was looked at last. */
  | { readonly book: string; readonly look: string };

/** Resolves when the ledger has it on disk. */
export function tellLedger(socketPath: string, message: LedgerMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.on('error', reject);
    socket.on('data', () => {
      socket.end();
      resolve();
    });
    socket.write(`${JSON.stringify(message)}\n`);
  });
}

/** Everything in a book, oldest first. */
export function readBook(book: string): readonly LedgerEntry[] {
  try {
    const lines = readFileSync(book, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerEntry);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
