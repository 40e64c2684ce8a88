import { type PeerAnswer, type PeerServer, splitText, startPeerServer } from './wire-server.ts';

/** A loopback server that speaks OpenAI's chat completions. Base URL: `${origin}/v1`. */
export function startOpenAiServer(models?: readonly string[]): Promise<PeerServer> {
  return startPeerServer(
    {
      answerPath: '/v1/chat/completions',
      modelsPath: '/v1/models',
      toPieces: toOpenAiPieces,
      toModelList: (names) => ({ object: 'list', data: names.map((id) => ({ id, object: 'model', created: 1, owned_by: 'tests' })) }),
    },
    models,
  );
}

/** The server-sent events of an answer: role, text, tool calls by index, finish reason, usage, [DONE]. */
function toOpenAiPieces(answer: PeerAnswer): string[] {
  const toolCalls = answer.toolCalls ?? [];
  const reason = answer.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop');
  const { input, output, cached } = answer.usage ?? { input: 11, output: 7 };
  return [
    toDelta({ role: 'assistant', content: '', refusal: null }),
    ...splitText(answer.text ?? '', answer.pieceLength).map((content) => toDelta({ content })),
    ...toolCalls.flatMap((call, index) => [
      toDelta({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }),
      ...call.argumentPieces.map((piece) => toDelta({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
    toDelta({}, reason),
    toEvent({
      ...frame,
      choices: [],
      usage: {
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input + output,
        ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
      },
    }),
    'data: [DONE]\n\n',
  ];
}

const frame = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'model-a', system_fingerprint: null };

function toDelta(delta: unknown, finishReason: string | null = null): string {
  return toEvent({ ...frame, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], usage: null });
}

function toEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
