import type { ModelAnswer } from './message.ts';
import type { UsageTotals } from './state.ts';

export const noUsage: UsageTotals = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, modelCalls: 0, toolCalls: 0, costUsd: 0 };

/** The totals after one more model answer. A call without a price makes the cost unknown (null) from then on: unknown is never 0. */
export function withModelAnswer(totals: UsageTotals, answer: ModelAnswer): UsageTotals {
  return {
    inputTokens: totals.inputTokens + (answer.usage?.inputTokens ?? 0),
    outputTokens: totals.outputTokens + (answer.usage?.outputTokens ?? 0),
    cachedInputTokens: totals.cachedInputTokens + (answer.usage?.cachedInputTokens ?? 0),
    modelCalls: totals.modelCalls + 1,
    toolCalls: totals.toolCalls,
    costUsd: totals.costUsd === null || answer.costUsd === null ? null : totals.costUsd + answer.costUsd,
  };
}

export function withToolCall(totals: UsageTotals): UsageTotals {
  return { ...totals, toolCalls: totals.toolCalls + 1 };
}
