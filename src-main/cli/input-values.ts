import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { Field } from '#shared/nodes/field.ts';
import { UsageError } from './exit-codes.ts';

/**
 * The inputs of a run from `--input name=value`. The field's type decides how the value is read: texts as they are, everything else as JSON.
 * A path that exists where the command is given is made absolute.
 * `name=@path` takes the value from a file: parsed when it ends in `.json`, else its text.
 */
export async function readInputs(given: readonly string[], fields: readonly Field[], cwd: string): Promise<JsonObject> {
  const inputs: Record<string, JsonValue> = {};
  for (const entry of given) {
    const equals = entry.indexOf('=');
    if (equals <= 0)
      throw new UsageError(`--input ${JSON.stringify(entry)} has no name. Write --input name=value or --input name=@file.json.`);
    const name = entry.slice(0, equals);
    const text = entry.slice(equals + 1);
    const field = fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      throw new UsageError(
        `This workflow has no input ${JSON.stringify(name)}. It has: ${fields.map((known) => known.name).join(', ') || 'none'}.`,
      );
    }
    inputs[name] = text.startsWith('@') ? await readFromFile(name, text.slice(1), cwd) : toValue(name, text, field, cwd);
  }
  return inputs;
}

async function readFromFile(name: string, path: string, cwd: string): Promise<JsonValue> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new UsageError(`The file of --input ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  return path.endsWith('.json') ? parseJson(text, `The file ${path} of --input ${name}`) : text;
}

function toValue(name: string, text: string, { type }: Field, cwd: string): JsonValue {
  if (type === 'string') return text;
  if (type === 'file' || type === 'folder') return toPath(text, cwd);
  if (type === 'any') return tryParseJson(text) ?? text;
  return parseJson(text, `--input ${name}`);
}

/** Someone at a command line means the folder that they are in; what is not there is meant in the workspace. */
function toPath(text: string, cwd: string): string {
  const here = resolve(cwd, text);
  return existsSync(here) ? here : text;
}

function parseJson(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new UsageError(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function tryParseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
