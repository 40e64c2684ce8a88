import { type ErrorInfo, toErrorInfo } from '#shared/base/errors.ts';

/** What a failed act means to a person: the host's own refusal, or a bug. An act that the user ended is null. */
export function toCallError(thrown: unknown): ErrorInfo | null {
  if (thrown instanceof Error && thrown.name === 'AbortError') return null;
  return toErrorInfo(thrown);
}
