import OpenAI from 'openai';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import type { ModelAnswer, ModelRequest } from '#shared/run/message.ts';
import type { ModelCallOptions, ModelProvider } from '../model.ts';
import type { ProviderOptions } from '../provider-options.ts';
import type { CallGuard } from '../wire/call-limits.ts';
import { toMalformedAnswer, tryParseJson } from '../wire/malformed-answer.ts';
import { callProvider, type ProviderCall, testProvider } from '../wire/provider-call.ts';
import { type FailureContext, toConnectionFailure, toStatusFailure, toStreamFailure } from '../wire/provider-failure.ts';
import { boundedFetch, describeContentType, readBody, readJsonBody, toStreamCut } from '../wire/response-body.ts';
import { readServerSentEvents } from '../wire/server-sent-events.ts';
import { createToolCallAssembly } from '../wire/tool-call-assembly.ts';
import { createToolNames } from '../wire/tool-names.ts';
import { createOpenAiAnswer, type OpenAiAnswer } from './openai-answer.ts';
import { openAiChunkSchema } from './openai-chunk.ts';
import { toOpenAiRequest } from './openai-request.ts';

const openAiBaseUrl = 'https://api.openai.com/v1';

/** OpenAI and every endpoint that speaks its chat completions. Never retries: that is the runtime's to decide. */
export function createOpenAiProvider(options: ProviderOptions): ModelProvider {
  const baseUrl = options.baseUrl ?? openAiBaseUrl;
  const toFailure = (thrown: unknown, failure: FailureContext) => toOpenAiFailure(thrown, baseUrl, failure);

  const call = (request: ModelRequest, { signal, idempotencyKey, onDelta }: ModelCallOptions): Promise<ModelAnswer> =>
    callProvider(options, signal, toFailure, async ({ guard, key, failure }) => {
      const names = createToolNames(request);
      const tell: typeof onDelta = (delta) => {
        if (!guard.signal.aborted) onDelta(delta);
      };
      const body = toOpenAiRequest(request, names, { isOpenAiItself: new URL(baseUrl).hostname === 'api.openai.com' });
      const response = await createClient(options, baseUrl, key)
        .chat.completions.create(body, { signal: guard.signal, headers: { 'Idempotency-Key': idempotencyKey } })
        .asResponse();
      guard.heard();
      const toolCalls = createToolCallAssembly(options.label, request, names.fromWire, tell);
      const answer = createOpenAiAnswer(options.label, toolCalls, tell);
      await readAnswer(response, answer, guard, failure);
      return answer.finish();
    });

  const listModels = (signal: AbortSignal) =>
    callProvider(options, signal, toFailure, async ({ guard, key }) => {
      const response = await createClient(options, baseUrl, key).get('/models', { signal: guard.signal }).asResponse();
      return toModelNames(await readJsonBody(response, guard, options.label), options.label);
    });

  return { id: options.id, call, listModels, test: (signal) => testProvider(options, signal, { id: options.id, call, listModels }) };
}

/** Feeds the stream to the answer until it is done; half an answer is `model.streamCut`. */
async function readAnswer(response: Response, answer: OpenAiAnswer, guard: CallGuard, failure: FailureContext): Promise<void> {
  const { provider } = failure;
  const contentType = response.headers.get('content-type') ?? '';
  if (contentType.includes('application/json')) {
    acceptChunk(await readJsonBody(response, guard, provider), answer, failure);
    answer.end();
    return;
  }
  if (contentType !== '' && !contentType.includes('text/event-stream')) {
    throw new HeddleError(
      'model.malformedAnswer',
      `${provider} answered ${describeContentType(response)} instead of a stream. Check the address; many end in /v1.`,
      {
        details: { provider },
      },
    );
  }
  try {
    for await (const { data, isTerminated } of readServerSentEvents(readBody(response, guard, provider))) {
      if (data.trim() === '[DONE]') {
        answer.end();
        return;
      }
      const json = tryParseJson(data);
      if (json === undefined) {
        if (!isTerminated) break;
        throw toMalformedAnswer(provider, 'a piece of an answer that is not JSON');
      }
      acceptChunk(json, answer, failure);
    }
  } catch (thrown) {
    if (answer.isFinished && thrown instanceof HeddleError && thrown.code === 'model.streamCut') return;
    throw thrown;
  }
  // Some servers never send [DONE]; one that said why it stopped has said everything.
  if (!answer.isFinished) throw toStreamCut(provider);
}

function acceptChunk(json: unknown, answer: OpenAiAnswer, failure: FailureContext): void {
  const chunk = openAiChunkSchema.safeParse(json);
  if (!chunk.success)
    throw toMalformedAnswer(failure.provider, `a piece of an answer that is not as agreed (${z.prettifyError(chunk.error).slice(0, 200)})`);
  if (chunk.data.error !== undefined && chunk.data.error !== null) throw toStreamFailure(chunk.data.error, failure);
  answer.accept(chunk.data);
}

/** A client for one call. Nothing is taken from the environment that the configuration does not name. */
function createClient(options: ProviderOptions, baseUrl: string, key: ProviderCall['key']): OpenAI {
  return new OpenAI({
    apiKey: key ?? 'none',
    adminAPIKey: null,
    baseURL: baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    // The limits of the call are kept by `withinLimits`.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    defaultHeaders: { ...(key === undefined ? { Authorization: null } : {}), ...options.headers },
    fetch: boundedFetch,
  });
}

function toOpenAiFailure(thrown: unknown, baseUrl: string, failure: FailureContext): HeddleError | undefined {
  if (!(thrown instanceof OpenAI.OpenAIError)) return undefined;
  if (thrown instanceof OpenAI.APIError && thrown.status !== undefined) {
    return toStatusFailure(thrown.status, thrown.headers, thrown.error === undefined ? thrown.message : { error: thrown.error }, failure);
  }
  return toConnectionFailure(thrown, baseUrl, failure);
}

function toModelNames(body: unknown, provider: string): string[] {
  const parsed = z.object({ data: z.array(z.object({ id: z.string() })) }).safeParse(body);
  if (!parsed.success) throw toMalformedAnswer(provider, 'a list of models that is not as agreed');
  return parsed.data.data.map((model) => model.id).sort();
}
