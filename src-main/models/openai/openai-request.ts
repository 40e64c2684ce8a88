import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type { JsonSchema, JsonValue } from '#shared/base/json.ts';
import type { ChatMessage, ModelRequest, RequestedToolCall } from '#shared/run/message.ts';
import type { ToolNames } from '../wire/tool-names.ts';

/** The chat-completions request that asks for what `request` asks. */
export function toOpenAiRequest(
  request: ModelRequest,
  names: ToolNames,
  { isOpenAiItself }: { isOpenAiItself: boolean },
): ChatCompletionCreateParamsStreaming {
  const tools = request.tools.map(
    (tool): ChatCompletionTool => ({
      type: 'function',
      function: { name: names.toWire(tool.name), description: tool.description, parameters: tool.inputSchema as Record<string, unknown> },
    }),
  );
  return {
    model: request.model,
    messages: request.messages.map((message) => toOpenAiMessage(message, names)),
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length === 0 ? {} : { tools, tool_choice: toToolChoice(request, names) }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...toTokenLimit(request.maxOutputTokens, isOpenAiItself),
    ...(request.outputSchema === undefined ? {} : { response_format: toResponseFormat(request.outputSchema) }),
  };
}

function toOpenAiMessage(message: ChatMessage, names: ToolNames): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'assistant':
      return message.toolCalls.length === 0
        ? { role: 'assistant', content: message.text }
        : {
            role: 'assistant',
            content: message.text === '' ? null : message.text,
            tool_calls: message.toolCalls.map((call) => toWireCall(call, names)),
          };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.isError ? `Error: ${message.text}` : message.text };
  }
}

/** Arguments that were not JSON go back wrapped in JSON: servers that fill a chat template refuse the whole conversation otherwise. */
function toWireCall(call: RequestedToolCall, names: ToolNames) {
  const text = JSON.stringify(call.arguments ?? { malformed_arguments: call.rawArguments });
  return { id: call.id, type: 'function' as const, function: { name: names.toWire(call.name), arguments: text } };
}

function toToolChoice(request: ModelRequest, names: ToolNames) {
  if (typeof request.toolChoice === 'string') return request.toolChoice;
  return { type: 'function' as const, function: { name: names.toWire(request.toolChoice.name) } };
}

/** OpenAI's newer models refuse `max_tokens`; other servers know nothing else. */
function toTokenLimit(maxOutputTokens: number | undefined, isOpenAiItself: boolean) {
  if (maxOutputTokens === undefined) return {};
  return isOpenAiItself ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens };
}

function toResponseFormat(schema: JsonSchema) {
  return {
    type: 'json_schema' as const,
    json_schema: { name: 'answer', schema: schema as Record<string, unknown>, strict: isStrict(schema) },
  };
}

/** Strict mode takes only schemas whose objects are closed and require all their properties. */
function isStrict(schema: JsonValue | undefined): boolean {
  if (schema === undefined || schema === null || typeof schema !== 'object') return true;
  if (Array.isArray(schema)) return schema.every(isStrict);
  const { type, properties, required, additionalProperties } = schema as Record<string, JsonValue | undefined>;
  if (type === 'object') {
    const names = Object.keys((properties ?? {}) as object);
    const requiredNames = new Set(Array.isArray(required) ? required : []);
    if (additionalProperties !== false || !names.every((name) => requiredNames.has(name))) return false;
  }
  return Object.values(schema).every(isStrict);
}
