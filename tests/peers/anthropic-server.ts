import { type PeerAnswer, type PeerServer, splitText, startPeerServer } from './wire-server.ts';

/** A loopback server that speaks Anthropic's Messages API. Base URL: `origin`. */
export function startAnthropicServer(models?: readonly string[]): Promise<PeerServer> {
  return startPeerServer(
    {
      answerPath: '/v1/messages',
      modelsPath: '/v1/models',
      toPieces: toAnthropicPieces,
      toModelList: (names) => ({
        data: names.map((id) => ({ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' })),
        has_more: false,
      }),
    },
    models,
  );
}

/** The server-sent events of an answer: start, a ping, one block for the text and one for each tool call, reason and usage, stop. */
function toAnthropicPieces(answer: PeerAnswer): string[] {
  const toolCalls = answer.toolCalls ?? [];
  const reason = answer.finishReason ?? (toolCalls.length > 0 ? 'tool_use' : 'end_turn');
  const { input, output, cached } = answer.usage ?? { input: 11, output: 7 };
  const textBlocks = answer.text === undefined ? 0 : 1;
  const usage = {
    input_tokens: input - (cached ?? 0),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached ?? 0,
    output_tokens: 1,
  };
  return [
    toEvent('message_start', {
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'model-a',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    }),
    ...(answer.text === undefined
      ? []
      : [
          toEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
          toEvent('ping', {}),
          ...splitText(answer.text, answer.pieceLength).map((text) =>
            toEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
          ),
          toEvent('content_block_stop', { index: 0 }),
        ]),
    ...toolCalls.flatMap((call, n) => {
      const index = textBlocks + n;
      return [
        toEvent('content_block_start', { index, content_block: { type: 'tool_use', id: call.id, name: call.name, input: {} } }),
        ...['', ...call.argumentPieces].map((partial_json) =>
          toEvent('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } }),
        ),
        toEvent('content_block_stop', { index }),
      ];
    }),
    toEvent('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: output } }),
    toEvent('message_stop', {}),
  ];
}

function toEvent(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
