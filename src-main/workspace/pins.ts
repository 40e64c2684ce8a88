import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { mostPinBytes, mostPinsBytes, type Pins, pinsSchema } from '#shared/contract/pins.ts';
import { workflowExtension } from '#shared/workflow/file-name.ts';
import { parseJsonText } from '#shared/workflow/json-text.ts';
import { isMissing, toDiskRefusal } from './disk-refusals.ts';
import { moveFile, replaceFile } from './durable-file.ts';
import { nameProblems } from './name-problems.ts';
import { createPathQueue } from './path-queue.ts';
import { resolveInWorkspace } from './workspace-paths.ts';

/** The pinned outputs of workflows: each in a file beside the workflow's, `brief.pins.json` beside `brief.heddle.json`. */
export interface PinFiles {
  /** None when there is no file. Refuses with `pin.invalid` a file that cannot be read. */
  list(path: string): Promise<Pins>;
  /** On disk when it resolves. Refuses with `pin.tooLarge`; whether the outputs fit the node is for the caller to check. */
  set(path: string, node: string, outputs: JsonObject): Promise<void>;
  /** Takes the pin of a node away, or with null all of them; the last takes the file with it. */
  remove(path: string, node: string | null): Promise<void>;
  /** The workflow was renamed: its pins go with it. Pins that lie at the new name already stay, and those of the old name too. */
  moveWith(path: string, newPath: string): Promise<void>;
  /** The workflow went to the trash, and its pins with it. */
  trashWith(path: string): Promise<void>;
  /** Calls back after each change from here. Returns the function that ends it. */
  onChange(listener: (path: string) => void): () => void;
}

const fileSchema = z.strictObject({ schemaVersion: z.literal(1), pins: pinsSchema });

/** The pins of the workflows below `root`. */
export function createPinFiles(root: string, clock: Clock): PinFiles {
  const listeners = new Set<(path: string) => void>();
  const inTurn = createPathQueue();

  async function change(path: string, toNext: (pins: Pins) => Pins): Promise<void> {
    const file = await toFile(root, path);
    await inTurn(file, async () => {
      const pins = toNext(await read(file));
      const names = Object.keys(pins).sort();
      const sorted = Object.fromEntries(names.map((name) => [name, pins[name] as JsonObject]));
      const text = `${JSON.stringify({ schemaVersion: 1, pins: sorted }, null, 2)}\n`;
      if (Buffer.byteLength(text) > mostPinsBytes) {
        const most = mostPinsBytes / 1024 / 1024;
        throw new HeddleError('pin.tooLarge', `The pins of ${path} together would have more than ${most} MiB. Unpin some first.`);
      }
      await (names.length === 0 ? rm(file, { force: true }) : replaceFile(file, text)).catch((error: unknown) => {
        throw toDiskRefusal(error, `save the pins of ${path}`);
      });
    });
    tell(path);
  }

  function tell(path: string): void {
    for (const listener of listeners) listener(path);
  }

  return {
    list: async (path) => read(await toFile(root, path)),
    async set(path, node, outputs) {
      if (Buffer.byteLength(JSON.stringify(outputs)) > mostPinBytes) {
        const most = mostPinBytes / 1024 / 1024;
        throw new HeddleError('pin.tooLarge', `What “${node}” gave has more than ${most} MiB, too much for a pin. Pin less of it by hand.`);
      }
      await change(path, (pins) => ({ ...pins, [node]: outputs }));
    },
    remove: (path, node) =>
      change(path, (pins) => (node === null ? {} : Object.fromEntries(Object.entries(pins).filter(([id]) => id !== node)))),
    async moveWith(path, newPath) {
      const [from, to] = [await toFile(root, path), await toFile(root, newPath)];
      await inTurn(from, () => moveFile(from, to)).catch(refuseUnlessGone);
      tell(path);
      tell(newPath);
    },
    async trashWith(path) {
      const file = await toFile(root, path);
      const trash = join(root, '.heddle', 'trash');
      await inTurn(file, async () => {
        await stat(file);
        await mkdir(trash, { recursive: true });
        await moveFile(file, join(trash, `${Math.trunc(clock.nowMs())}-${basename(file)}`));
      }).catch(refuseUnlessGone);
      tell(path);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Most workflows have no pins; and pins that lie where these would go are not replaced. */
function refuseUnlessGone(error: unknown): void {
  if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'EEXIST')) return;
  throw toDiskRefusal(error, 'move the pins');
}

function toFile(root: string, path: string): Promise<string> {
  if (!path.endsWith(workflowExtension))
    throw new HeddleError(
      'workflow.pathRefused',
      `${JSON.stringify(path)} is not a workflow file: its name must end in ${workflowExtension}.`,
    );
  return resolveInWorkspace(root, `${path.slice(0, -workflowExtension.length)}.pins.json`);
}

async function read(file: string): Promise<Pins> {
  try {
    const { size } = await stat(file);
    // Written by hand, perhaps, or by a merge: what is not ours to read is not ours to replace.
    if (size > mostPinsBytes) throw unreadable(file, 'it is too large');
    const parsed = fileSchema.safeParse(parseJsonText(await readFile(file, 'utf8')));
    if (!parsed.success) throw unreadable(file, nameProblems(parsed.error));
    return parsed.data.pins;
  } catch (error) {
    if (isMissing(error)) return {};
    if (error instanceof HeddleError && error.code === 'workflow.malformed') throw unreadable(file, String(error.details?.problem));
    throw toDiskRefusal(error, `read ${basename(file)}`);
  }
}

function unreadable(file: string, problem: string): HeddleError {
  return new HeddleError(
    'pin.invalid',
    `${basename(file)} cannot be used: ${problem}. Correct the file, or remove it to go on without pins.`,
  );
}
