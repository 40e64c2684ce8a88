import { assertNever } from '#shared/base/assert-never.ts';
import type { ModelAnswer, ModelDelta, TokenUsage } from '#shared/run/message.ts';
import { toMalformedAnswer } from '../wire/malformed-answer.ts';
import type { ToolCallAssembly } from '../wire/tool-call-assembly.ts';
import type { AnthropicEvent, AnthropicUsage } from './anthropic-event.ts';
import { answerToolName, type OutputForm } from './anthropic-request.ts';

/** Folds the events of a Messages stream into an answer. */
export interface AnthropicAnswer {
  accept(event: AnthropicEvent): void;
  /** True once the reason for stopping is known and every block is closed. */
  readonly isFinished: boolean;
  /** The whole answer, unpriced. */
  finish(): ModelAnswer;
}

/** A block while it is open: text that is shown, a tool call, or something that is skipped (thinking, …). */
type OpenBlock =
  | { readonly kind: 'text' }
  | { readonly kind: 'tool'; readonly call: number; hasPieces: boolean; readonly input: unknown }
  | { readonly kind: 'skipped' };

/** An answer that is told to `onDelta` while it grows. Events out of order reject with `model.malformedAnswer`. */
export function createAnthropicAnswer(
  provider: string,
  form: OutputForm,
  toolCalls: ToolCallAssembly,
  onDelta: (delta: ModelDelta) => void,
): AnthropicAnswer {
  const text: string[] = [];
  const openBlocks = new Map<number, OpenBlock>();
  let usage: AnthropicUsage = {};
  let stopReason: string | undefined;
  let isStopped = false;
  let hasAnswerTool = false;

  const addText = (piece: string | null | undefined) => {
    if (!piece) return;
    text.push(piece);
    onDelta({ type: 'text', text: piece });
  };
  const openBlock = (wire: Extract<AnthropicEvent, { type: 'content_block_start' }>['content_block']): OpenBlock => {
    if (wire.type === 'text') {
      addText(wire.text);
      return { kind: 'text' };
    }
    if (wire.type !== 'tool_use') return { kind: 'skipped' };
    if (form === 'answerTool' && wire.name === answerToolName) {
      hasAnswerTool = true;
      return { kind: 'text' };
    }
    if (!wire.name) throw toMalformedAnswer(provider, 'a tool call without saying which tool');
    return { kind: 'tool', call: toolCalls.open(wire.id ?? undefined, wire.name), hasPieces: false, input: wire.input };
  };
  const closeBlock = (block: OpenBlock) => {
    if (block.kind !== 'tool') return;
    // Gateways that do not stream arguments put them whole into the opening event.
    if (!block.hasPieces && typeof block.input === 'object' && block.input !== null && Object.keys(block.input).length > 0) {
      toolCalls.append(block.call, toJsonText(block.input, provider));
    }
    toolCalls.complete(block.call);
  };

  return {
    accept: (event) => {
      if (isStopped && event.type !== 'ping') throw toMalformedAnswer(provider, 'more after the end of its answer');
      switch (event.type) {
        case 'message_start':
          usage = { ...usage, ...withoutNulls(event.message.usage) };
          return;
        case 'content_block_start':
          if (openBlocks.has(event.index)) throw toMalformedAnswer(provider, 'the same block of its answer twice');
          openBlocks.set(event.index, openBlock(event.content_block));
          return;
        case 'content_block_delta': {
          const block = openBlocks.get(event.index);
          if (block === undefined) throw toMalformedAnswer(provider, 'a piece of a block that was not opened');
          if (block.kind === 'text') addText(event.delta.text ?? event.delta.partial_json);
          if (block.kind === 'tool' && event.delta.partial_json) {
            block.hasPieces = true;
            toolCalls.append(block.call, event.delta.partial_json);
          }
          return;
        }
        case 'content_block_stop': {
          const block = openBlocks.get(event.index);
          if (block === undefined) throw toMalformedAnswer(provider, 'the end of a block that was not opened');
          closeBlock(block);
          openBlocks.delete(event.index);
          return;
        }
        case 'message_delta':
          usage = { ...usage, ...withoutNulls(event.usage) };
          stopReason = event.delta.stop_reason ?? stopReason;
          return;
        case 'message_stop':
          if (openBlocks.size > 0) throw toMalformedAnswer(provider, 'the end of its answer while a block of it was still open');
          isStopped = true;
          return;
        case 'ping':
          return;
        default:
          assertNever(event);
      }
    },
    get isFinished() {
      return isStopped || (stopReason !== undefined && openBlocks.size === 0);
    },
    finish: () => {
      const finishReason = toFinishReason(stopReason, toolCalls.count);
      const calls = toolCalls.finish({ isCutByLength: finishReason === 'length' });
      if (stopReason === 'tool_use' && calls.length === 0 && !hasAnswerTool)
        throw toMalformedAnswer(provider, 'word that it calls tools, but no call');
      return { text: text.join(''), toolCalls: calls, finishReason, usage: toUsage(usage), costUsd: null };
    },
  };
}

function toFinishReason(stopReason: string | undefined, callCount: number): ModelAnswer['finishReason'] {
  if (stopReason === 'max_tokens' || stopReason === 'model_context_window_exceeded') return 'length';
  if (stopReason === 'refusal') return 'contentFilter';
  return callCount > 0 ? 'toolCalls' : 'stop';
}

/** Anthropic counts what it read from and wrote to its cache apart from the rest of the input. */
function toUsage(wire: AnthropicUsage): TokenUsage | null {
  if (!isCount(wire.input_tokens) || !isCount(wire.output_tokens)) return null;
  const cachedInputTokens = isCount(wire.cache_read_input_tokens) ? wire.cache_read_input_tokens : 0;
  const writtenTokens = isCount(wire.cache_creation_input_tokens) ? wire.cache_creation_input_tokens : 0;
  return { inputTokens: wire.input_tokens + cachedInputTokens + writtenTokens, outputTokens: wire.output_tokens, cachedInputTokens };
}

function isCount(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function withoutNulls(usage: AnthropicUsage | null | undefined): AnthropicUsage {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null));
}

function toJsonText(value: unknown, provider: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw toMalformedAnswer(provider, 'tool arguments that are nested too deeply');
  }
}
