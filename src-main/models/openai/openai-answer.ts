import type { ModelAnswer, ModelDelta, TokenUsage } from '#shared/run/message.ts';
import { toMalformedAnswer } from '../wire/malformed-answer.ts';
import type { ToolCallAssembly } from '../wire/tool-call-assembly.ts';
import type { OpenAiChunk, ToolCallPiece } from './openai-chunk.ts';

/** Folds the chunks of a chat completion into an answer. */
export interface OpenAiAnswer {
  accept(chunk: OpenAiChunk): void;
  /** The server said that it is done (`[DONE]`), with or without a finish reason. */
  end(): void;
  /** True once the server said why it stopped, or that it is done: from then on a broken connection costs nothing. */
  readonly isFinished: boolean;
  /** The whole answer, unpriced. */
  finish(): ModelAnswer;
}

/** An answer that is told to `onDelta` while it grows. */
export function createOpenAiAnswer(provider: string, toolCalls: ToolCallAssembly, onDelta: (delta: ModelDelta) => void): OpenAiAnswer {
  const text: string[] = [];
  const callByWireIndex = new Map<number, number>();
  const callByWireId = new Map<string, number>();
  const callsWithWireId = new Set<number>();
  let lastCall: number | undefined;
  let usage: TokenUsage | null = null;
  let wireReason: string | undefined;
  let isEnded = false;

  const acceptToolCall = (piece: ToolCallPiece) => {
    const name = piece.function?.name ?? '';
    const id = piece.id ?? '';
    let call = findCall(piece, name, id);
    if (call === undefined) {
      call = toolCalls.open(id, name);
      if (isIndex(piece.index)) callByWireIndex.set(piece.index, call);
      if (id !== '') callByWireId.set(id, call);
      if (id !== '') callsWithWireId.add(call);
    } else toolCalls.rename(call, name);
    lastCall = call;
    const args = piece.function?.arguments;
    if (args !== null && args !== undefined) toolCalls.append(call, typeof args === 'string' ? args : toJsonText(args, provider));
  };

  /** Which call a piece belongs to. Without an index it is told by the id, else by a new name; an index may be 0 for every call. */
  const findCall = (piece: ToolCallPiece, name: string, id: string): number | undefined => {
    const byId = id === '' ? undefined : callByWireId.get(id);
    if (!isIndex(piece.index)) return byId ?? (name === '' && id === '' ? lastCall : undefined);
    const byIndex = callByWireIndex.get(piece.index);
    const isAnotherCall = byIndex !== undefined && name !== '' && id !== '' && byId !== byIndex && callsWithWireId.has(byIndex);
    return isAnotherCall ? byId : byIndex;
  };

  return {
    accept: (chunk) => {
      if (chunk.usage) usage = toUsage(chunk.usage);
      for (const choice of chunk.choices ?? []) {
        if ((choice.index ?? 0) !== 0) continue;
        const message = choice.delta ?? choice.message;
        for (const piece of toTexts(message?.content, message?.refusal)) {
          text.push(piece);
          onDelta({ type: 'text', text: piece });
        }
        for (const piece of message?.tool_calls ?? []) acceptToolCall(piece);
        if (choice.finish_reason) wireReason = choice.finish_reason;
      }
    },
    end: () => {
      isEnded = true;
    },
    get isFinished() {
      return isEnded || wireReason !== undefined;
    },
    finish: () => {
      const finishReason = toFinishReason(wireReason, toolCalls.count);
      const calls = toolCalls.finish({ isCutByLength: finishReason === 'length' });
      if (wireReason === 'tool_calls' && calls.length === 0) {
        throw toMalformedAnswer(provider, 'word that it calls tools, but no call');
      }
      calls.forEach((_, index) => {
        toolCalls.complete(index);
      });
      return { text: text.join(''), toolCalls: calls, finishReason, usage, costUsd: null };
    },
  };
}

/** Several servers say `stop` although they call tools. */
function toFinishReason(wireReason: string | undefined, callCount: number): ModelAnswer['finishReason'] {
  if (wireReason === 'length') return 'length';
  if (wireReason === 'content_filter') return 'contentFilter';
  return callCount > 0 ? 'toolCalls' : 'stop';
}

function toUsage(wire: NonNullable<OpenAiChunk['usage']>): TokenUsage | null {
  const inputTokens = toCount(wire.prompt_tokens);
  const outputTokens = toCount(wire.completion_tokens);
  if (inputTokens === undefined || outputTokens === undefined) return null;
  return { inputTokens, outputTokens, cachedInputTokens: Math.min(inputTokens, toCount(wire.prompt_tokens_details?.cached_tokens) ?? 0) };
}

function toCount(value: number | null | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function toTexts(
  content: string | readonly { readonly text?: string | null | undefined }[] | null | undefined,
  refusal: string | null | undefined,
): string[] {
  const parts = typeof content === 'string' ? [content] : (content ?? []).map((part) => part.text ?? '');
  return [...parts, refusal ?? ''].filter((part) => part !== '');
}

function isIndex(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function toJsonText(value: unknown, provider: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw toMalformedAnswer(provider, 'tool arguments that are nested too deeply');
  }
}
