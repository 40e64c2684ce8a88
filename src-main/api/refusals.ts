import { ORPCError } from '@orpc/server';
import { toKey } from '#main/workspace/name-problems.ts';
import { type ErrorInfo, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import { toBugInfo } from './bug-info.ts';

/** Who hears of a bug: it is written down under an id that the caller is given instead of a stack. */
export interface BugReporter {
  newId(): string;
  reportBug(id: string, procedure: string, thrown: unknown): void;
}

/** Anything a handler threw as the error that the caller gets: `REFUSED` with an `ErrorInfo`, or status 500 with `internal.bug` and an id. */
export function toCallerError(thrown: unknown, procedure: string, reporter: BugReporter): ORPCError<string, unknown> {
  if (thrown instanceof HeddleError && thrown.code !== 'internal.bug') return refused(toErrorInfo(thrown));
  if (thrown instanceof ORPCError) {
    if (thrown.defined || thrown.status < 500) return thrown.code === 'BAD_REQUEST' ? refused(toInvalidRequest(thrown)) : thrown;
  }
  const id = reporter.newId();
  reporter.reportBug(id, procedure, thrown);
  return new ORPCError('INTERNAL_SERVER_ERROR', { status: 500, message: toBugInfo(id).message, data: toBugInfo(id) });
}

/** The same error while a stream is being read. */
export async function* withCallerErrors<Item>(
  items: AsyncIterator<Item>,
  toError: (thrown: unknown) => Error,
): AsyncGenerator<Item, void, void> {
  try {
    for (let step = await items.next(); step.done !== true; step = await items.next()) yield step.value;
  } catch (error) {
    throw toError(error);
  } finally {
    await items.return?.();
  }
}

function refused(info: ErrorInfo): ORPCError<string, unknown> {
  return new ORPCError('REFUSED', { defined: true, status: 422, message: info.message, data: info });
}

/** The issues of a failed input schema, each with its place. */
function toInvalidRequest(error: ORPCError<string, unknown>): ErrorInfo {
  const issues =
    (
      error.data as
        | {
            readonly issues?: readonly {
              readonly message: string;
              readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
            }[];
          }
        | undefined
    )?.issues ?? [];
  const words = issues
    .slice(0, 10)
    .map(({ message, path }) => `${toKey((path ?? []).map((part) => (typeof part === 'object' ? part.key : part)))}: ${message}`);
  return {
    code: 'request.invalid',
    message: words.length === 0 ? 'The request could not be read.' : `The request is not valid. ${words.join('; ')}.`,
  };
}
