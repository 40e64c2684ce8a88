import { z } from 'zod';

/** Any value that survives a round trip through JSON. Everything journalled, saved or sent is one of these. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = JsonObject;

export const jsonValueSchema: z.ZodType<JsonValue> = z.json() as unknown as z.ZodType<JsonValue>;
export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), jsonValueSchema) as unknown as z.ZodType<JsonObject>;

/**
 * The one text that stands for a JSON value: object keys sorted by code unit, no spaces.
 * Equal values give equal texts whatever order their keys were written in; used wherever content is hashed or compared.
 */
export function toCanonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  const object = value as JsonObject;
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${toCanonicalJson(object[key] as JsonValue)}`);
  return `{${members.join(',')}}`;
}
