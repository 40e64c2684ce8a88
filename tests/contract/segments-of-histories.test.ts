import { existsSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Segment, toSegments } from '#shared/context/segments.ts';
import { toSentRequest } from '#shared/context/sent-request.ts';
import type { ChatMessage } from '#shared/run/message.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import { walkAttempts } from '#shared/run/walk-attempts.ts';
import { historiesFolder, readHistory } from '../support/read-history.ts';

const templates = new URL('../../resources/templates/', import.meta.url);
const files = [
  ...readdirSync(historiesFolder).flatMap((file) => (file.endsWith('.ndjson') ? [new URL(file, historiesFolder)] : [])),
  ...readdirSync(templates)
    .map((id) => new URL(`${id}/recorded-run.ndjson`, templates))
    .filter((file) => existsSync(file)),
];

/** The message that its segments come to. */
function rejoin(message: ChatMessage, segments: readonly Segment[]): ChatMessage {
  const text = segments
    .filter(({ kind }) => kind !== 'asked')
    .map((segment) => segment.text)
    .join('');
  if (message.role !== 'assistant') return { ...message, text };
  return { ...message, text, toolCalls: segments.flatMap((segment) => (segment.kind === 'asked' ? [JSON.parse(segment.text)] : [])) };
}

it.each(files)('the segments of every model call of %s come to exactly what was sent, and each knows where it comes from', (file) => {
  const state = foldRun(readHistory(file));
  if (state === null) throw new Error('an empty history');
  for (const { address, attempt } of walkAttempts(state)) {
    for (const call of callsOf(attempt)) {
      if (call.type !== 'model') continue;
      const request = toSentRequest(attempt, call);
      const segments = toSegments(state, address, attempt, call);
      const messages = request.messages.map((message, index) =>
        rejoin(
          message,
          segments.filter((segment) => segment.message === index),
        ),
      );
      expect(messages).toEqual(request.messages);
      expect(segments.flatMap(({ kind, text }) => (kind === 'tool' ? [JSON.parse(text)] : []))).toEqual(request.tools);
      expect(segments.flatMap(({ kind, text }) => (kind === 'schema' ? [JSON.parse(text)] : []))).toEqual(
        request.outputSchema === undefined ? [] : [request.outputSchema],
      );
      expect(segments.filter(({ origin }) => origin.type === 'unknown')).toEqual([]);
    }
  }
});
