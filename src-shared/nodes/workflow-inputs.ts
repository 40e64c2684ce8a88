import { z } from 'zod';
import { type JsonValue, jsonObjectSchema } from '../base/json.ts';
import type { ExpressionUse } from './kind.ts';

/** The workflow that a map, loop or subflow runs: a path in the workspace, empty while none was chosen. */
export const workflowPathSchema = z.string().max(1000).default('');

/** What the inputs of that workflow get: every text is a template; a text that is one `{{ }}` and nothing else gives the value itself. */
export const workflowInputsSchema = jsonObjectSchema.default({});

/** Every template in a value, by its path. */
export function listTemplates(value: JsonValue, path: readonly (string | number)[], names?: readonly string[]): ExpressionUse[] {
  if (typeof value === 'string')
    return [{ path, form: 'template', source: value, gives: 'any', ...(names === undefined ? {} : { names }) }];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => listTemplates(item, [...path, index], names));
  return Object.entries(value).flatMap(([key, item]) => listTemplates(item as JsonValue, [...path, key], names));
}

/** The name of a workflow file without folder and ending, for a card. */
export function toWorkflowWords(path: string): string {
  if (path === '') return 'no workflow chosen';
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.heddle\.json$/, '');
}
