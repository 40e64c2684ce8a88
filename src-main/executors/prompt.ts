import type { PromptConfig } from '#shared/nodes/prompt/prompt.ts';
import type { Executor } from '../runtime/executor.ts';
import { toFirstMessages, toModelRequest } from './model-request.ts';
import { mostRepairs, readStructured, refuseAnswer, toRepairRequest } from './structured-answer.ts';

/** One question to a model; with a schema, the answer is checked and the model may mend it. */
export const runPrompt: Executor<PromptConfig> = async (config, context) => {
  const messages = [...toFirstMessages(context, config)];
  for (let repairs = 0; ; repairs += 1) {
    const request = toModelRequest(context, config, messages, []);
    const answer = await context.callModel({
      ...request,
      ...(config.maxOutputTokens === undefined ? {} : { maxOutputTokens: config.maxOutputTokens }),
    });
    if (config.outputSchema === undefined) return { text: answer.text };
    const read = readStructured(context, config.outputSchema, answer.text);
    if (read.type === 'fits') return { text: answer.text, json: read.json };
    if (repairs === mostRepairs) throw refuseAnswer(read.problem);
    messages.push({ role: 'assistant', text: answer.text, toolCalls: [] }, toRepairRequest(read.problem));
  }
};
