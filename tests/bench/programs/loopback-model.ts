/**
 * A provider that speaks OpenAI's chat completions on the loopback interface: it asks for one tool call a turn and says “done” in the last.
 * Each answer begins after a delay. The arguments hold the time at which they left, in nanoseconds of the machine's monotonic clock,
 * which all its processes share. `GET /times` gives when each call of each conversation came and was answered.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallTimes } from '../loopback-model.ts';

const delayMs = Number(process.argv[2]);
const turns = Number(process.argv[3]);
const calls: CallTimes[] = [];

const server = createServer((request, response) => {
  if (request.method === 'GET') response.end(JSON.stringify(calls));
  else void answer(request, response);
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const arrivedNs = nowNs();
  const { messages } = (await json(request)) as { messages: readonly { role: string; content: string }[] };
  const conversation = messages.find(({ role }) => role === 'user')?.content ?? '';
  const turn = 1 + messages.filter(({ role }) => role === 'assistant').length;
  await delay(Math.max(0, delayMs - (nowNs() - arrivedNs) / 1e6));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (turn < turns) {
    const call = { index: 0, id: `call-${turn}`, type: 'function', function: { name: 'look', arguments: '' } };
    response.write(toDelta({ role: 'assistant', content: null, tool_calls: [call] }));
    await delay(1);
  }
  const answeredNs = nowNs();
  calls.push({ conversation, arrivedNs, answeredNs });
  const end =
    turn < turns
      ? [
          toDelta({ tool_calls: [{ index: 0, function: { arguments: JSON.stringify({ sentNs: answeredNs }) } }] }),
          toDelta({}, 'tool_calls'),
        ]
      : [toDelta({ role: 'assistant', content: 'done' }), toDelta({}, 'stop')];
  response.end([...end, 'data: [DONE]\n\n'].join(''));
}

function toDelta(delta: unknown, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'model-a', choices })}\n\n`;
}

function nowNs(): number {
  return Number(process.hrtime.bigint());
}
