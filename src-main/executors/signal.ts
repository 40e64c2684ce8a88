import type { SignalConfig } from '#shared/nodes/signal/signal.ts';
import type { Executor } from '../runtime/executor.ts';

/** Waits for a signal; what it brought leaves through `payload`, and nothing in time through `timedOut`. */
export const runSignal: Executor<SignalConfig> = async (config, context) => {
  const outcome = await context.awaitSignal(config.name, config.timeoutSeconds === null ? null : config.timeoutSeconds * 1000);
  return outcome.type === 'received' ? { payload: outcome.payload } : { timedOut: null };
};
