import { HeddleError } from '#shared/base/errors.ts';

/** The refusal for something in an answer that breaks the protocol. */
export function toMalformedAnswer(provider: string, what: string): HeddleError {
  return new HeddleError(
    'model.malformedAnswer',
    `${provider} sent ${what}. Nothing of the answer was used; if it happens again, the endpoint is not compatible.`,
    {
      isRetryable: true,
      details: { provider },
    },
  );
}

/** Parsed JSON, or undefined when the text is none. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
