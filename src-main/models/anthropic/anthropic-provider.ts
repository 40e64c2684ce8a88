import Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import type { ModelAnswer, ModelRequest } from '#shared/run/message.ts';
import type { ModelCallOptions, ModelProvider } from '../model.ts';
import type { ProviderOptions } from '../provider-options.ts';
import type { CallGuard } from '../wire/call-limits.ts';
import { toMalformedAnswer, tryParseJson } from '../wire/malformed-answer.ts';
import { callProvider, testProvider } from '../wire/provider-call.ts';
import { type FailureContext, toConnectionFailure, toStatusFailure, toStreamFailure } from '../wire/provider-failure.ts';
import { boundedFetch, describeContentType, readBody, readJsonBody, toStreamCut } from '../wire/response-body.ts';
import { readServerSentEvents } from '../wire/server-sent-events.ts';
import { createToolCallAssembly } from '../wire/tool-call-assembly.ts';
import { createToolNames } from '../wire/tool-names.ts';
import { type AnthropicAnswer, createAnthropicAnswer } from './anthropic-answer.ts';
import { anthropicEventSchema, anthropicEventTypes } from './anthropic-event.ts';
import { toAnthropicRequest, toOutputForm } from './anthropic-request.ts';

const anthropicBaseUrl = 'https://api.anthropic.com';

/** Anthropic's Messages API. Never retries: that is the runtime's to decide. */
export function createAnthropicProvider(options: ProviderOptions): ModelProvider {
  const baseUrl = options.baseUrl ?? anthropicBaseUrl;
  const toFailure = (thrown: unknown, failure: FailureContext) => toAnthropicFailure(thrown, baseUrl, failure);

  const call = (request: ModelRequest, { signal, idempotencyKey, onDelta }: ModelCallOptions): Promise<ModelAnswer> =>
    callProvider(options, signal, toFailure, async ({ guard, key, failure }) => {
      const names = createToolNames(request);
      const tell: typeof onDelta = (delta) => {
        if (!guard.signal.aborted) onDelta(delta);
      };
      const response = await createClient(options, baseUrl, key)
        .messages.create(toAnthropicRequest(request, names), { signal: guard.signal, headers: { 'Idempotency-Key': idempotencyKey } })
        .asResponse();
      guard.heard();
      const toolCalls = createToolCallAssembly(options.label, request, names.fromWire, tell);
      const answer = createAnthropicAnswer(options.label, toOutputForm(request), toolCalls, tell);
      await readAnswer(response, answer, guard, failure);
      return answer.finish();
    });

  const listModels = (signal: AbortSignal) =>
    callProvider(options, signal, toFailure, async ({ guard, key }) => {
      const response = await createClient(options, baseUrl, key).get('/v1/models?limit=1000', { signal: guard.signal }).asResponse();
      const parsed = z
        .object({ data: z.array(z.object({ id: z.string() })) })
        .safeParse(await readJsonBody(response, guard, options.label));
      if (!parsed.success) throw toMalformedAnswer(options.label, 'a list of models that is not as agreed');
      return parsed.data.data.map((model) => model.id).sort();
    });

  return { id: options.id, call, listModels, test: (signal) => testProvider(options, signal, { id: options.id, call, listModels }) };
}

/** Feeds the stream to the answer until it is done; half an answer is `model.streamCut`. */
async function readAnswer(response: Response, answer: AnthropicAnswer, guard: CallGuard, failure: FailureContext): Promise<void> {
  const { provider } = failure;
  const contentType = response.headers.get('content-type') ?? '';
  if (contentType !== '' && !contentType.includes('text/event-stream')) {
    throw new HeddleError(
      'model.malformedAnswer',
      `${provider} answered ${describeContentType(response)} instead of a stream. Check the address.`,
      {
        details: { provider },
      },
    );
  }
  try {
    for await (const { data, isTerminated } of readServerSentEvents(readBody(response, guard, provider))) {
      const json = tryParseJson(data);
      if (json === undefined) {
        if (!isTerminated) break;
        throw toMalformedAnswer(provider, 'a piece of an answer that is not JSON');
      }
      if (acceptEvent(json, answer, failure) === 'message_stop') return;
    }
  } catch (thrown) {
    if (answer.isFinished && thrown instanceof HeddleError && thrown.code === 'model.streamCut') return;
    throw thrown;
  }
  if (!answer.isFinished) throw toStreamCut(provider);
}

/** Returns the event's type, or undefined for one that this build does not know. */
function acceptEvent(json: unknown, answer: AnthropicAnswer, failure: FailureContext): string | undefined {
  const type = typeof json === 'object' && json !== null ? (json as Record<string, unknown>).type : undefined;
  if (typeof type !== 'string') throw toMalformedAnswer(failure.provider, 'an event without a type');
  if (!anthropicEventTypes.has(type)) return undefined;
  const event = anthropicEventSchema.safeParse(json);
  if (!event.success)
    throw toMalformedAnswer(failure.provider, `a piece of an answer that is not as agreed (${z.prettifyError(event.error).slice(0, 200)})`);
  if (event.data.type === 'error') throw toStreamFailure(event.data.error, failure);
  answer.accept(event.data);
  return type;
}

/** A client for one call. Nothing is taken from the environment or from profiles on disk that the configuration does not name. */
function createClient(options: ProviderOptions, baseUrl: string, key: string | undefined): Anthropic {
  return new Anthropic({
    apiKey: key ?? 'none',
    authToken: null,
    webhookKey: null,
    baseURL: baseUrl,
    maxRetries: 0,
    // The limits of the call are kept by `withinLimits`.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    openTelemetry: false,
    defaultHeaders: { ...(key === undefined ? { Authorization: null } : {}), ...options.headers },
    fetch: boundedFetch,
  });
}

function toAnthropicFailure(thrown: unknown, baseUrl: string, failure: FailureContext): HeddleError | undefined {
  if (!(thrown instanceof Anthropic.AnthropicError)) return undefined;
  if (thrown instanceof Anthropic.APIError && thrown.status !== undefined) {
    return toStatusFailure(thrown.status, thrown.headers, thrown.error ?? thrown.message, failure);
  }
  return toConnectionFailure(thrown, baseUrl, failure);
}
