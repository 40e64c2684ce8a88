import { z } from 'zod';
import { jsonObjectSchema } from '../base/json.ts';

/** A tool call as a model asked for it. `arguments` is null when the text was not a JSON object; `rawArguments` is what came. */
export const requestedToolCallSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  arguments: jsonObjectSchema.nullable(),
  rawArguments: z.string(),
});
export type RequestedToolCall = z.infer<typeof requestedToolCallSchema>;

export const chatMessageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), text: z.string() }),
  z.strictObject({ role: z.literal('user'), text: z.string() }),
  z.strictObject({ role: z.literal('assistant'), text: z.string(), toolCalls: z.array(requestedToolCallSchema) }),
  z.strictObject({ role: z.literal('tool'), callId: z.string(), name: z.string(), text: z.string(), isError: z.boolean() }),
]);
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** What a model is told of a tool. */
export const offeredToolSchema = z.strictObject({ name: z.string(), description: z.string(), inputSchema: jsonObjectSchema });
export type OfferedTool = z.infer<typeof offeredToolSchema>;

/** Everything that decides a model's answer, provider and model named as `provider/model`. Its canonical JSON is what recordings are found by. */
export const modelRequestSchema = z.strictObject({
  model: z.string(),
  messages: z.array(chatMessageSchema),
  tools: z.array(offeredToolSchema),
  toolChoice: z.union([z.enum(['auto', 'none', 'required']), z.strictObject({ name: z.string() })]),
  temperature: z.number().optional(),
  maxOutputTokens: z.int().positive().optional(),
  /** Ask for a JSON answer of this shape, where the provider can. */
  outputSchema: jsonObjectSchema.optional(),
});
export type ModelRequest = z.infer<typeof modelRequestSchema>;

/**
 * A request as the journal keeps it. A conversation grows by a few messages a turn, so only what is new since an earlier call of the same
 * attempt is written: the first `keptMessages` messages are those of `baseFrame`'s request, and null `tools` are its tools.
 * `context/sent-request.ts` gives the whole request back.
 */
export const recordedRequestSchema = modelRequestSchema.extend({
  baseFrame: z.string().nullable(),
  keptMessages: z.int().nonnegative(),
  tools: z.array(offeredToolSchema).nullable(),
});
export type RecordedRequest = z.infer<typeof recordedRequestSchema>;

/** Tokens as the provider measured them. `cachedInputTokens` is the part of `inputTokens` that was served from its cache. */
export const tokenUsageSchema = z.strictObject({
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  cachedInputTokens: z.int().nonnegative(),
});
export type TokenUsage = z.infer<typeof tokenUsageSchema>;

export const modelAnswerSchema = z.strictObject({
  text: z.string(),
  toolCalls: z.array(requestedToolCallSchema),
  finishReason: z.enum(['stop', 'toolCalls', 'length', 'contentFilter']),
  /** Null when the provider did not say. */
  usage: tokenUsageSchema.nullable(),
  /** US dollars by the price table at the time of the call; null when the model has no price. */
  costUsd: z.number().nonnegative().nullable(),
});
export type ModelAnswer = z.infer<typeof modelAnswerSchema>;

/** What streams to the eyes while an answer is being made. Never journalled: the full answer is the fact. */
export const modelDeltaSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('toolCallStarted'), index: z.int(), id: z.string(), name: z.string() }),
  z.strictObject({ type: z.literal('toolCallArguments'), index: z.int(), fragment: z.string() }),
  z.strictObject({ type: z.literal('toolCallCompleted'), index: z.int() }),
]);
export type ModelDelta = z.infer<typeof modelDeltaSchema>;
