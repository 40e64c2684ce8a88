import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What a start of the app was asked for. Undefined: the host chooses. */
export interface StartFlags {
  /** Absolute, links resolved where it exists. */
  readonly workspace: string | undefined;
  readonly port: string | undefined;
}

/** Finds our flags among those of Electron and Chromium. The host checks their values: it has the words for what is wrong. */
export function readStartFlags(argv: readonly string[], cwd: string): StartFlags {
  const { values } = parseArgs({
    args: [...argv],
    options: { workspace: { type: 'string' }, port: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  return {
    workspace: typeof values.workspace === 'string' ? toRealPath(resolve(cwd, values.workspace)) : undefined,
    port: typeof values.port === 'string' ? values.port : undefined,
  };
}

function toRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
