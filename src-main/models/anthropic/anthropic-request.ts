import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolChoice,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type { JsonSchema } from '#shared/base/json.ts';
import type { ChatMessage, ModelRequest } from '#shared/run/message.ts';
import type { ToolNames } from '../wire/tool-names.ts';

/** The tool through which an answer of a given shape is asked for when the request offers no tools of its own. */
export const answerToolName = 'give_answer';

/** How an `outputSchema` is asked for: as the input of a forced tool, or in words beside the tools that are offered. */
export type OutputForm = 'text' | 'answerTool' | 'instruction';

/** The form for this request. A tool's input must be an object, and a forced tool would forbid the offered ones. */
export function toOutputForm(request: ModelRequest): OutputForm {
  if (request.outputSchema === undefined) return 'text';
  return request.tools.length === 0 && request.outputSchema.type === 'object' ? 'answerTool' : 'instruction';
}

/** The Messages request that asks for what `request` asks. */
export function toAnthropicRequest(request: ModelRequest, names: ToolNames): MessageCreateParamsStreaming {
  const form = toOutputForm(request);
  const system = request.messages.filter((message) => message.role === 'system').map((message) => message.text);
  if (form === 'instruction') system.push(toInstruction(request.outputSchema ?? {}));
  const systemText = system.filter((text) => text.trim() !== '').join('\n\n');
  return {
    model: request.model,
    // The API wants a limit; this one is allowed by every current model.
    max_tokens: request.maxOutputTokens ?? 8192,
    stream: true,
    messages: toTurns(request.messages, names),
    ...(systemText === '' ? {} : { system: systemText }),
    ...(request.temperature === undefined ? {} : { temperature: Math.min(1, request.temperature) }),
    ...toTools(request, names, form),
  };
}

function toTools(request: ModelRequest, names: ToolNames, form: OutputForm): { tools?: Tool[]; tool_choice?: ToolChoice } {
  if (form === 'answerTool') {
    const answerTool: Tool = {
      name: answerToolName,
      description: 'Gives the answer. Always use it.',
      input_schema: toInputSchema(request.outputSchema ?? {}),
    };
    return { tools: [answerTool], tool_choice: { type: 'tool', name: answerToolName } };
  }
  const tools = request.tools.map(
    (tool): Tool => ({ name: names.toWire(tool.name), description: tool.description, input_schema: toInputSchema(tool.inputSchema) }),
  );
  return tools.length === 0 ? {} : { tools, tool_choice: toToolChoice(request, names) };
}

function toToolChoice({ toolChoice }: ModelRequest, names: ToolNames): ToolChoice {
  switch (toolChoice) {
    case 'auto':
    case 'none':
      return { type: toolChoice };
    case 'required':
      return { type: 'any' };
    default:
      return { type: 'tool', name: names.toWire(toolChoice.name) };
  }
}

function toInputSchema(schema: JsonSchema): Tool.InputSchema {
  return { ...schema, type: 'object' } as Tool.InputSchema;
}

function toInstruction(schema: JsonSchema): string {
  return `When you give your final answer, write nothing but JSON that fits this JSON Schema, without a code fence:\n${JSON.stringify(schema)}`;
}

/** Turns must alternate, so neighbours of one side are merged; the results of parallel calls thereby come in one user turn, first. */
function toTurns(messages: readonly ChatMessage[], names: ToolNames): MessageParam[] {
  const turns: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = toBlocks(message, names);
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

function toBlocks(message: Exclude<ChatMessage, { role: 'system' }>, names: ToolNames): ContentBlockParam[] {
  switch (message.role) {
    case 'user':
      return toTextBlocks(message.text);
    case 'assistant':
      return [
        ...toTextBlocks(message.text),
        ...message.toolCalls.map((call) => ({
          type: 'tool_use' as const,
          id: call.id,
          name: names.toWire(call.name),
          input: call.arguments ?? { malformed_arguments: call.rawArguments },
        })),
      ];
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: message.callId, content: message.text, ...(message.isError ? { is_error: true } : {}) }];
  }
}

/** Blocks without text are refused. */
function toTextBlocks(text: string): TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}
