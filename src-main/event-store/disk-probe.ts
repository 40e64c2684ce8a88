import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why nothing can be written to a folder, learnt by writing to it; undefined when it can be. Leaves nothing behind. */
export function probeDisk(folder: string): Error | undefined {
  const path = join(folder, `.probe-${process.pid}`);
  try {
    writeFileSync(path, probe, { mode: 0o600 });
    return undefined;
  } catch (error) {
    // The file system throws nothing else.
    return error as Error;
  } finally {
    rmSync(path, { force: true });
  }
}

/** One block: an empty file would need no room. */
const probe = Buffer.alloc(4096);
