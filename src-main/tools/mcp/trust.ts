import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import { type McpCommand, toCommandHash } from './server-config.ts';

/** Which commands a person has approved. */
export interface CommandTrust {
  /** Throws `config.invalid` when nobody can say. */
  isApproved(command: McpCommand): boolean;
  approve(command: McpCommand): Promise<void>;
  revoke(command: McpCommand): Promise<void>;
}

/** Approvals in a file of the user's own (`HEDDLE_HOME/trust.json`), outside every workspace: opening one cannot bring its approval along. */
export function createFileTrust(path: string): CommandTrust {
  let lastWrite: Promise<void> = Promise.resolve();
  const change = (edit: (approved: Approvals) => Approvals): Promise<void> => {
    // One after the other: two approvals at once must not lose one.
    const write = lastWrite.then(async () => {
      const next = { version: 1, approved: edit(readApprovals(path)) };
      await replaceFile(path, `${JSON.stringify(next, null, 2)}\n`);
    });
    lastWrite = write.catch(() => undefined);
    return write;
  };
  return {
    // Read every time, so that what another program revoked counts; the file is small and asked for at starts only.
    isApproved: (command) => Object.hasOwn(readApprovals(path), toCommandHash(command)),
    // The command itself is kept beside its hash so that the file can be read by people.
    approve: (command) => change((approved) => ({ ...approved, [toCommandHash(command)]: { ...command } })),
    revoke: (command) =>
      change((approved) => Object.fromEntries(Object.entries(approved).filter(([hash]) => hash !== toCommandHash(command)))),
  };
}

const trustFileSchema = z.strictObject({
  version: z.literal(1),
  approved: z.record(
    z.string(),
    z.strictObject({
      command: z.string(),
      args: z.array(z.string()).readonly(),
      env: z.record(z.string(), z.string()),
      secrets: z.record(z.string(), z.string()),
      cwd: z.string().nullable(),
    }),
  ),
});
type Approvals = z.output<typeof trustFileSchema>['approved'];

function readApprovals(path: string): Approvals {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new HeddleError('config.invalid', `Could not read the approvals in ${path}: ${(error as Error).message}.`, { cause: error });
  }
  try {
    return trustFileSchema.parse(JSON.parse(text)).approved;
  } catch (error) {
    throw new HeddleError('config.invalid', `${path} is damaged, so no command counts as approved. Delete it and approve again.`, {
      cause: error,
    });
  }
}

/** Written beside it and on disk before it takes the file's place: a crash leaves the old approvals or the new ones. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw new HeddleError('config.invalid', `Could not save the approval in ${path}: ${(error as Error).message}.`, { cause: error });
  }
}
