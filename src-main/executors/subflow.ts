import { HeddleError, toHeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { SubflowConfig } from '#shared/nodes/subflow/subflow.ts';
import type { Executor, NodeContext } from '../runtime/executor.ts';
import { renderAllIn } from './expressions.ts';

/** Runs another workflow once; its outputs are this node's. */
export const runSubflow: Executor<SubflowConfig> = async (config, context) => {
  requireWorkflow(context, config.workflow);
  const inputs = renderAllIn(context, config.inputs) as JsonObject;
  const outcome = await context.runScope({ index: 0, workflowPath: config.workflow, inputs });
  switch (outcome.type) {
    case 'succeeded':
      return { outputs: outcome.outputs };
    case 'failed':
      throw toHeddleError({ ...outcome.error, isRetryable: false });
    case 'cancelled':
      throw new HeddleError('run.cancelled', `${config.workflow} was stopped.`);
  }
};

/** Refuses a node that was not told what to run. */
export function requireWorkflow({ node }: NodeContext, path: string): void {
  if (path === '') throw new HeddleError('workflow.notFound', `${node.name || node.id} has no workflow. Choose one in the inspector.`);
}
