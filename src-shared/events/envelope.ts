import { z } from 'zod';
import { type JsonObject, jsonObjectSchema } from '../base/json.ts';

/**
 * One fact in a stream. `seq` counts from 1 without holes; `version` is the schema version of `data` for this `type`;
 * `atMs` is when the recorder wrote it down (Unix milliseconds).
 */
export interface EventEnvelope<Type extends string = string, Data = JsonObject> {
  readonly stream: string;
  readonly seq: number;
  readonly type: Type;
  readonly version: number;
  readonly atMs: number;
  readonly data: Data;
}

/** A fact on its way to the journal: the store gives it its place. */
export interface NewEvent<Type extends string = string, Data = JsonObject> {
  readonly type: Type;
  readonly version: number;
  readonly atMs: number;
  readonly data: Data;
}

export const eventEnvelopeSchema: z.ZodType<EventEnvelope> = z.strictObject({
  stream: z.string().min(1),
  seq: z.int().positive(),
  type: z.string().min(1),
  version: z.int().positive(),
  atMs: z.number(),
  data: jsonObjectSchema,
});
