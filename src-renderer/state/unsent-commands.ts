import { z } from 'zod';
import { type HistoryCommand, historyCommandSchema } from '#shared/history/commands.ts';

const unsentSchema = z.strictObject({ window: z.string(), commands: z.array(historyCommandSchema) });

/** Commands that the host has not confirmed, as they lie in the browser's own storage. */
export interface UnsentCommands {
  readonly window: string;
  readonly commands: readonly HistoryCommand[];
}

type UnsentStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Keeps what a window has not got through to the host; nothing when that is empty. When the storage is full, the edits live in the window alone. */
export function keepUnsent(storage: UnsentStorage, path: string, unsent: UnsentCommands): void {
  try {
    if (unsent.commands.length === 0) storage.removeItem(toKey(path, unsent.window));
    else storage.setItem(toKey(path, unsent.window), JSON.stringify(unsent));
  } catch {
    // The host gets them as soon as it can be reached; only a window that dies before that takes them along.
  }
}

export function dropUnsent(storage: UnsentStorage, path: string, window: string): void {
  storage.removeItem(toKey(path, window));
}

/** What other windows have left behind for this workflow, dead or alive. What cannot be read is left out. */
export function listUnsent(storage: UnsentStorage, path: string): readonly UnsentCommands[] {
  const prefix = toKey(path, '');
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((key) => key.startsWith(prefix));
  return keys.flatMap((key) => {
    try {
      return [unsentSchema.parse(JSON.parse(storage.getItem(key) ?? ''))];
    } catch {
      return [];
    }
  });
}

function toKey(path: string, window: string): string {
  return `heddle.unsent:${path}:${window}`;
}
