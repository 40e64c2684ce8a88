import type { JsonObject } from '#shared/base/json.ts';
import type { ChatMessage, ModelRequest, OfferedTool } from '#shared/run/message.ts';
import type { NodeContext } from '../runtime/executor.ts';
import { renderIn } from './expressions.ts';

interface ModelSettings {
  readonly model: string;
  readonly system: string;
  readonly prompt: string;
  readonly temperature?: number | undefined;
  readonly outputSchema?: JsonObject | undefined;
}

/** The conversation a node begins with: its role, when it has one, and its task. */
export function toFirstMessages(context: NodeContext, settings: ModelSettings): readonly ChatMessage[] {
  const system = renderIn(context, settings.system);
  return [
    ...(system === '' ? [] : [{ role: 'system', text: system } as const]),
    { role: 'user', text: renderIn(context, settings.prompt) },
  ];
}

/** The request for the next answer in a conversation. */
export function toModelRequest(
  context: NodeContext,
  settings: ModelSettings,
  messages: readonly ChatMessage[],
  tools: readonly OfferedTool[],
): ModelRequest {
  return {
    model: context.chooseModel(settings.model),
    messages: [...messages],
    tools: [...tools],
    toolChoice: 'auto',
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    ...(settings.outputSchema === undefined ? {} : { outputSchema: settings.outputSchema }),
  };
}
