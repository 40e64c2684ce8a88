import type { MergeConfig } from '#shared/nodes/merge/merge.ts';
import type { Executor } from '../runtime/executor.ts';

/** Joins what arrived: the first value, all values as a list, or all values by the node they came from. */
export const runMerge: Executor<MergeConfig> = async (config, context) => {
  const deliveries = context.deliveries('in');
  switch (config.mode) {
    case 'any':
      return { value: deliveries[0]?.value ?? null };
    case 'list':
      return { value: deliveries.map((delivery) => delivery.value) };
    case 'record':
      return { value: Object.fromEntries(deliveries.map((delivery) => [delivery.source, delivery.value])) };
  }
};
