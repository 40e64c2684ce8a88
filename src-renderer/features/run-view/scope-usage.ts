import type { GraphState, UsageTotals } from '#shared/run/state.ts';
import { noUsage } from '#shared/run/usage.ts';

/** What the nodes of a graph used together. Nodes that run scopes count what was used in there, so the graph's own nodes are enough. */
export function sumScopeUsage({ nodes }: Pick<GraphState, 'nodes'>): UsageTotals {
  return nodes.reduce((sum, node) => (node.status === 'pending' ? sum : withUsage(sum, node.usage)), noUsage);
}

function withUsage(sum: UsageTotals, more: UsageTotals): UsageTotals {
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cachedInputTokens: sum.cachedInputTokens + more.cachedInputTokens,
    modelCalls: sum.modelCalls + more.modelCalls,
    toolCalls: sum.toolCalls + more.toolCalls,
    costUsd: sum.costUsd === null || more.costUsd === null ? null : sum.costUsd + more.costUsd,
  };
}
