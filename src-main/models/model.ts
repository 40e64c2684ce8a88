import type { ModelAnswer, ModelDelta, ModelRequest } from '#shared/run/message.ts';

export interface ModelCallOptions {
  readonly signal: AbortSignal;
  /** Sent to providers that take one, so that a call repeated after a crash is not billed twice where they can help it. */
  readonly idempotencyKey: string;
  readonly onDelta: (delta: ModelDelta) => void;
}

/** What the test button shows. */
export type ProviderTest =
  | { readonly status: 'reachable'; readonly models: readonly string[]; readonly latencyMs: number }
  | { readonly status: 'unreachable'; readonly code: string; readonly message: string };

/** One place where models answer. `request.model` is the provider's own name, without the provider's prefix. */
export interface ModelProvider {
  readonly id: string;
  /** Rejects with a `model.*` HeddleError; half an answer or half a tool call is never returned as a whole one. */
  call(request: ModelRequest, options: ModelCallOptions): Promise<ModelAnswer>;
  listModels(signal: AbortSignal): Promise<readonly string[]>;
  test(signal: AbortSignal): Promise<ProviderTest>;
}

/** All providers, by the `provider/model` names that workflows use. */
export interface Models {
  /** Finds the provider of `request.model` (`provider/model`), prices the answer, and rejects with `model.unknownProvider` or `model.notConfigured`. */
  call(request: ModelRequest, options: ModelCallOptions): Promise<ModelAnswer>;
}
