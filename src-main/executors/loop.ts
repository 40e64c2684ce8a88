import { HeddleError, toHeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { LoopConfig } from '#shared/nodes/loop/loop.ts';
import type { Executor } from '../runtime/executor.ts';
import { holdsIn, renderAllIn } from './expressions.ts';
import { requireWorkflow } from './subflow.ts';

/** Runs a workflow round by round until the condition holds; a round that fails fails the loop, and so does one round too many. */
export const runLoop: Executor<LoopConfig> = async (config, context) => {
  requireWorkflow(context, config.workflow);
  let last: JsonObject | null = null;
  for (let round = 0; round < config.maxRounds; round += 1) {
    const inputs = renderAllIn(context, config.inputs, { last, round }) as JsonObject;
    const outcome = await context.runScope({ index: round, workflowPath: config.workflow, inputs });
    if (outcome.type === 'cancelled') throw new HeddleError('run.cancelled', `Round ${round + 1} was stopped.`);
    if (outcome.type === 'failed') throw toHeddleError({ ...outcome.error, isRetryable: false });
    last = outcome.outputs;
    if (holdsIn(context, config.until, { last, round })) return { last, rounds: round + 1 };
  }
  throw new HeddleError(
    'node.failed',
    `The loop has run its ${config.maxRounds} rounds, and “${config.until}” does not hold yet. Allow more rounds, or look at why it does not come to hold.`,
  );
};
