import { z } from 'zod';

const toolCallPieceSchema = z.object({
  index: z.number().nullish(),
  id: z.string().nullish(),
  // Ollama and some gateways send the arguments as an object rather than as text.
  function: z
    .object({ name: z.string().nullish(), arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish() })
    .nullish(),
});
export type ToolCallPiece = z.infer<typeof toolCallPieceSchema>;

const contentSchema = z.union([z.string(), z.array(z.object({ type: z.string().nullish(), text: z.string().nullish() }))]);
const messageSchema = z.object({
  content: contentSchema.nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(toolCallPieceSchema).nullish(),
});

/**
 * What is read of a chunk of a chat completion; the rest (`reasoning_content`, log probabilities, …) is ignored.
 * `message` is how a server that does not stream sends the whole answer.
 */
export const openAiChunkSchema = z.object({
  choices: z
    .array(
      z.object({
        index: z.number().nullish(),
        delta: messageSchema.nullish(),
        message: messageSchema.nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: z.number().nullish(),
      completion_tokens: z.number().nullish(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
  error: z.unknown().optional(),
});
export type OpenAiChunk = z.infer<typeof openAiChunkSchema>;
