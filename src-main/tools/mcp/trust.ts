import { randomBytes } from 'node:crypto';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import { type McpCommand, toCommandHash } from './server-config.ts';

/** Which commands a person has approved. */
export interface CommandTrust {
  isApproved(command: McpCommand): Promise<boolean>;
  approve(command: McpCommand): Promise<void>;
  revoke(command: McpCommand): Promise<void>;
}

/** Approvals in a file of the user's own (`HEDDLE_HOME/trust.json`), outside every workspace: opening one cannot bring its approval along. */
export function createFileTrust(path: string): CommandTrust {
  let lastWrite: Promise<void> = Promise.resolve();
  const change = (edit: (approved: Approvals) => Approvals): Promise<void> => {
    // One after the other: two approvals at once must not lose one.
    const write = lastWrite.then(async () => {
      const next = { version: 1, approved: edit(await readApprovals(path)) };
      await replaceFile(path, `${JSON.stringify(next, null, 2)}\n`);
    });
    lastWrite = write.catch(() => undefined);
    return write;
  };
  return {
    isApproved: async (command) => Object.hasOwn(await readApprovals(path), toCommandHash(command)),
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
      env: z.array(z.string()).readonly(),
      cwd: z.string().nullable(),
    }),
  ),
});
type Approvals = z.output<typeof trustFileSchema>['approved'];

async function readApprovals(path: string): Promise<Approvals> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
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
