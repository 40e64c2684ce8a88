import type { UsageTotals } from '#shared/run/state.ts';
import { formatMoney } from '../../ui/format.ts';

/** A figure with its name. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** What was used, one fact a figure; what did not occur is left out. */
export function toUsageFacts(usage: UsageTotals): readonly Fact[] {
  return [
    ...(usage.modelCalls === 0
      ? []
      : [
          { label: 'Model calls', value: usage.modelCalls.toLocaleString() },
          {
            label: 'Tokens in',
            value:
              usage.cachedInputTokens === 0
                ? usage.inputTokens.toLocaleString()
                : `${usage.inputTokens.toLocaleString()}, ${usage.cachedInputTokens.toLocaleString()} cached`,
          },
          { label: 'Tokens out', value: usage.outputTokens.toLocaleString() },
          { label: 'Cost', value: formatMoney(usage.costUsd) },
        ]),
    ...(usage.toolCalls === 0 ? [] : [{ label: 'Tool calls', value: usage.toolCalls.toLocaleString() }]),
  ];
}
