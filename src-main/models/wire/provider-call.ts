import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { ModelRequest } from '#shared/run/message.ts';
import { redactSecrets } from '../../workspace/secrets/redact-secrets.ts';
import type { ModelProvider, ProviderTest } from '../model.ts';
import type { ProviderOptions } from '../provider-options.ts';
import { type CallGuard, withinLimits } from './call-limits.ts';
import type { FailureContext } from './provider-failure.ts';

/** What one call to a provider may use. */
export interface ProviderCall {
  readonly guard: CallGuard;
  readonly key: string | undefined;
  /** How to speak of a failure without giving away the key or a header. */
  readonly failure: FailureContext;
}

/**
 * Runs one call to a provider: finds the key (`model.keyMissing`), keeps the limits, and turns whatever is thrown that has no code yet into
 * a refusal by `toFailure`. Messages of refusals never hold a key.
 */
export async function callProvider<T>(
  options: ProviderOptions,
  signal: AbortSignal,
  toFailure: (thrown: unknown, failure: FailureContext) => HeddleError | undefined,
  work: (call: ProviderCall) => Promise<T>,
): Promise<T> {
  return withinLimits({ limits: options.limits, clock: options.clock, provider: options.label, signal }, async (guard) => {
    const key = await readRequiredKey(options);
    const secrets = [
      ...(key === undefined ? [] : [key]),
      ...Object.values(options.headers).flatMap((value) => [value, ...value.split(' ')]),
    ];
    const redact = (text: string) => redactSecrets(text, secrets);
    const failure: FailureContext = { provider: options.label, keyName: options.keyName, redact, nowMs: options.clock.nowMs() };
    try {
      return await work({ guard, key, failure });
    } catch (thrown) {
      if (guard.signal.aborted) throw guard.signal.reason;
      if (thrown instanceof HeddleError) throw withRedactedMessage(thrown, redact);
      throw toFailure(thrown, failure) ?? thrown;
    }
  });
}

/**
 * What the test button shows: the models that the provider lists. Where it cannot list any, the first model that the configuration names
 * is asked for one word instead, which proves address, key and name alike.
 */
export async function testProvider(
  options: ProviderOptions,
  signal: AbortSignal,
  provider: Omit<ModelProvider, 'test'>,
): Promise<ProviderTest> {
  const startedAtMs = options.clock.monotonicMs();
  try {
    const models = await provider.listModels(signal).catch(async (thrown: unknown) => {
      const [model] = options.models;
      if (model === undefined || !(thrown instanceof HeddleError) || thrown.details?.status !== 404) throw thrown;
      await provider.call(toSmallestRequest(model), { signal, idempotencyKey: `test-${options.clock.nowMs()}`, onDelta: () => undefined });
      return options.models;
    });
    return { status: 'reachable', models, latencyMs: Math.round(options.clock.monotonicMs() - startedAtMs) };
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, message } = toErrorInfo(thrown);
    return { status: 'unreachable', code, message };
  }
}

function toSmallestRequest(model: string): ModelRequest {
  return { model, messages: [{ role: 'user', text: 'Say yes.' }], tools: [], toolChoice: 'auto', maxOutputTokens: 16 };
}

async function readRequiredKey({ keyName, readKey, label }: ProviderOptions): Promise<string | undefined> {
  if (keyName === undefined) return undefined;
  const key = await readKey();
  if (key !== undefined && key !== '') return key.trim();
  throw new HeddleError(
    'model.keyMissing',
    `${label} needs the key “${keyName}”, which is not stored. Add it in Settings, or set ${toVariableName(keyName)}.`,
    {
      details: { provider: label, keyName },
    },
  );
}

function toVariableName(keyName: string): string {
  return `HEDDLE_SECRET_${keyName.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

function withRedactedMessage(error: HeddleError, redact: (text: string) => string): HeddleError {
  const message = redact(error.message);
  if (message === error.message) return error;
  return new HeddleError(error.code, message, {
    isRetryable: error.isRetryable,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}
