import { HeddleError } from '#shared/base/errors.ts';
import { type DelayConfig, mostDelaySeconds } from '#shared/nodes/delay/delay.ts';
import type { Executor } from '../runtime/executor.ts';
import { evaluateIn } from './expressions.ts';

/** Waits for the seconds that the expression gives, then passes on what came in. */
export const runDelay: Executor<DelayConfig> = async (config, context) => {
  const seconds = evaluateIn(context, config.seconds);
  if (typeof seconds !== 'number' || !(seconds >= 0) || seconds > mostDelaySeconds) {
    throw new HeddleError(
      'node.outputInvalid',
      `A delay needs seconds from 0 to ${mostDelaySeconds}; “${config.seconds}” gives ${JSON.stringify(seconds)}.`,
    );
  }
  await context.waitFor(seconds * 1000);
  return { value: context.inputs.in ?? null };
};
