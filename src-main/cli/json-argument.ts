import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JsonValue } from '#shared/base/json.ts';
import { UsageError } from './exit-codes.ts';

/** A value given as JSON, or as `@file` whose text is JSON. `what` names it in words for whoever wrote it wrongly. */
export async function readJsonArgument(text: string, what: string, cwd: string): Promise<JsonValue> {
  const json = text.startsWith('@') ? await readText(text.slice(1), what, cwd) : text;
  try {
    return JSON.parse(json) as JsonValue;
  } catch (error) {
    const advice = text.startsWith('@') ? '' : ` A text needs its quotes: '"${text.slice(0, 40)}"'.`;
    throw new UsageError(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}.${advice}`);
  }
}

async function readText(path: string, what: string, cwd: string): Promise<string> {
  return readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new UsageError(`The file of ${what} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  });
}
