import { HeddleError } from '#shared/base/errors.ts';
import type { AgentConfig } from '#shared/nodes/agent/agent.ts';
import type { ChatMessage, RequestedToolCall } from '#shared/run/message.ts';
import type { Executor, NodeContext, ToolCallOutcome } from '../runtime/executor.ts';
import { toFirstMessages, toModelRequest } from './model-request.ts';
import { mostRepairs, readStructured, refuseAnswer, toRepairRequest } from './structured-answer.ts';

/** A model with tools, turn by turn: each turn is one answer and the calls it asks for, made side by side; it ends with an answer that asks for none. */
export const runAgent: Executor<AgentConfig> = async (config, context) => {
  const tools = await context.offerTools(config.tools.map((tool) => tool.name));
  const messages = [...toFirstMessages(context, config)];
  let repairs = 0;
  for (let turn = 1; turn <= config.maxTurns; turn += 1) {
    const { frame } = context.startTurn(turn);
    const answer = await context.callModel(toModelRequest(context, config, messages, tools), frame);
    messages.push({ role: 'assistant', text: answer.text, toolCalls: answer.toolCalls });
    if (answer.toolCalls.length > 0) {
      messages.push(...(await callTools(config, context, answer.toolCalls, frame)));
      context.completeTurn(frame);
      continue;
    }
    context.completeTurn(frame);
    if (config.outputSchema === undefined) return { text: answer.text, turns: turn };
    const read = readStructured(context, config.outputSchema, answer.text);
    if (read.type === 'fits') return { text: answer.text, json: read.json, turns: turn };
    if (repairs === mostRepairs) throw refuseAnswer(read.problem);
    repairs += 1;
    messages.push(toRepairRequest(read.problem));
  }
  throw new HeddleError(
    'node.failed',
    `The agent used all of its ${config.maxTurns} turns without coming to an answer. Allow more turns, or give it a smaller task.`,
  );
};

async function callTools(
  config: AgentConfig,
  context: NodeContext,
  calls: readonly RequestedToolCall[],
  turnFrame: string,
): Promise<ChatMessage[]> {
  const rules = new Map(config.tools.map((tool) => [tool.name, tool.approval ?? 'default']));
  const settled = await Promise.allSettled(
    calls.map(async (call): Promise<ChatMessage> => {
      const outcome = await context.callTool({
        tool: call.name,
        arguments: call.arguments,
        rawArguments: call.rawArguments,
        callId: call.id,
        approval: rules.get(call.name) ?? 'always',
        turnFrame,
        // What was not offered is not to be had, even when the workspace has a tool of that name.
        ...(rules.has(call.name)
          ? {}
          : { refusal: `There is no tool “${call.name}”. Use one of: ${[...rules.keys()].join(', ') || 'none'}.` }),
      });
      return { role: 'tool', callId: call.id, name: call.name, text: toToolText(outcome), isError: outcome.type === 'failed' };
    }),
  );
  // All calls have ended before the first failure is thrown, so none outlives its turn.
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

function toToolText(outcome: ToolCallOutcome): string {
  if (outcome.type === 'failed') return outcome.error.message;
  return typeof outcome.value === 'string' ? outcome.value : JSON.stringify(outcome.value);
}
