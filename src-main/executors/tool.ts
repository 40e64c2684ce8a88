import { HeddleError, toHeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { ToolConfig } from '#shared/nodes/tool/tool.ts';
import type { Executor } from '../runtime/executor.ts';
import { renderAllIn } from './expressions.ts';

/** Calls one tool with the arguments of the workflow; a failed call fails the node. */
export const runTool: Executor<ToolConfig> = async (config, context) => {
  if (config.tool === '')
    throw new HeddleError('tool.notFound', `${context.node.name || context.node.id} has no tool. Choose one in the inspector.`);
  const outcome = await context.callTool({
    tool: config.tool,
    arguments: renderAllIn(context, config.arguments) as JsonObject,
    rawArguments: '',
    callId: context.node.id,
    approval: config.approval ?? 'default',
  });
  if (outcome.type === 'failed') throw toHeddleError(outcome.error);
  return { result: outcome.value };
};
