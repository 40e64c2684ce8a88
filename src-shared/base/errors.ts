import { z } from 'zod';
import { type JsonObject, jsonObjectSchema } from './json.ts';

/**
 * Every error code that a person, a script or a node can meet, as `area.problem`.
 * The words for each live in one table (`error-words.ts`), typed by this list.
 */
export const errorCodes = [
  'request.invalid',
  'request.tooLarge',
  'request.unauthorized',
  'request.forbidden',
  'request.notFound',
  'request.tooMany',
  'config.invalid',
  'host.starting',
  'host.unreachable',
  'host.portInUse',
  'host.readOnly',
  'workspace.missing',
  'workspace.readOnly',
  'workspace.locked',
  'workspace.full',
  'workflow.notFound',
  'workflow.malformed',
  'workflow.tooLarge',
  'workflow.unknownVersion',
  'workflow.invalid',
  'workflow.changedOutside',
  'workflow.exists',
  'workflow.pathRefused',
  'template.notFound',
  'bundle.invalid',
  'expression.invalid',
  'expression.failed',
  'journal.writeFailed',
  'journal.stopped',
  'journal.damaged',
  'journal.conflict',
  'journal.unknownEvent',
  'journal.newerSchema',
  'journal.exists',
  'backup.exists',
  'backup.damaged',
  'run.notFound',
  'run.notActive',
  'run.alreadyFinished',
  'run.inputInvalid',
  'run.cancelled',
  'run.replayMiss',
  'run.interrupted',
  'run.notInterrupted',
  'run.overBudget',
  'run.steeringInvalid',
  'run.tooDeep',
  'run.partInvalid',
  'run.partMissing',
  'pin.invalid',
  'pin.tooLarge',
  'node.failed',
  'node.timedOut',
  'node.outputInvalid',
  'node.vetoed',
  'node.overBudget',
  'lane.notFound',
  'lane.rejected',
  'lane.shed',
  'lane.timedOut',
  'deadLetter.notFound',
  'deadLetter.handled',
  'approval.notFound',
  'approval.alreadyDecided',
  'approval.denied',
  'approval.timedOut',
  'approval.editInvalid',
  'model.notConfigured',
  'model.unknownProvider',
  'model.keyMissing',
  'model.unauthorized',
  'model.rateLimited',
  'model.unavailable',
  'model.badRequest',
  'model.streamCut',
  'model.timedOut',
  'model.malformedAnswer',
  'model.contextTooLong',
  'model.circuitOpen',
  'model.scriptedNoRule',
  'model.scriptedInvalid',
  'secret.locked',
  'secret.storeUnavailable',
  'tool.notFound',
  'tool.argumentsInvalid',
  'tool.failed',
  'tool.timedOut',
  'tool.outputTooLarge',
  'tool.pathRefused',
  'tool.addressRefused',
  'tool.outcomeUnknown',
  'tool.circuitOpen',
  'mcp.notApproved',
  'mcp.startFailed',
  'mcp.crashed',
  'sandbox.timedOut',
  'sandbox.outOfMemory',
  'sandbox.crashed',
  'sandbox.threw',
  'sandbox.unavailable',
  'internal.bug',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
const errorCodeSchema = z.enum(errorCodes);

/** An error as data: what events, API answers and exit messages carry. */
export const errorInfoSchema = z.strictObject({
  code: errorCodeSchema,
  message: z.string(),
  /** Facts that a person or program needs to act: a path, a key, a provider's own words. Never a secret. */
  details: jsonObjectSchema.optional(),
  /** True when doing the same again may succeed; `retryAfterMs` when the other side said when. */
  isRetryable: z.boolean().optional(),
  retryAfterMs: z.number().nonnegative().optional(),
});
export type ErrorInfo = z.infer<typeof errorInfoSchema>;

/** A refusal with a code: something outside the program is wrong and the message says what to do. Everything else thrown is a bug. */
export class HeddleError extends Error {
  readonly code: ErrorCode;
  readonly details: JsonObject | undefined;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: JsonObject; isRetryable?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HeddleError';
    this.code = code;
    this.details = options.details;
    this.isRetryable = options.isRetryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Any thrown value as data; what is not a `HeddleError` becomes `internal.bug` with its message. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof HeddleError) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.details === undefined ? {} : { details: thrown.details }),
      ...(thrown.isRetryable ? { isRetryable: true } : {}),
      ...(thrown.retryAfterMs === undefined ? {} : { retryAfterMs: thrown.retryAfterMs }),
    };
  }
  return { code: 'internal.bug', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** The thrown form of error data. */
export function toHeddleError(info: ErrorInfo): HeddleError {
  return new HeddleError(info.code, info.message, {
    ...(info.details === undefined ? {} : { details: info.details }),
    ...(info.isRetryable === undefined ? {} : { isRetryable: info.isRetryable }),
    ...(info.retryAfterMs === undefined ? {} : { retryAfterMs: info.retryAfterMs }),
  });
}
