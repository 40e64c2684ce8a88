import { HeddleError } from '#shared/base/errors.ts';
import type { RunStatus } from '#shared/run/state.ts';

/** What the exit code of `heddle` says. Scripts rely on these numbers. */
export const exitCodes = { succeeded: 0, failed: 1, wrongUsage: 2, waiting: 3, left: 130 } as const;

/** The command was written wrongly: the message says how to write it. */
export class UsageError extends Error {}

/** The exit code for how a run stands. */
export function toExitCode(status: RunStatus): number {
  if (status === 'succeeded') return exitCodes.succeeded;
  return status === 'waiting' || status === 'interrupted' ? exitCodes.waiting : exitCodes.failed;
}

/** The exit code for what a command threw: wrong usage covers everything that the caller gave and that cannot be used. */
export function toErrorExitCode(thrown: unknown): number {
  if (thrown instanceof UsageError) return exitCodes.wrongUsage;
  return thrown instanceof HeddleError && isCallersFault(thrown) ? exitCodes.wrongUsage : exitCodes.failed;
}

function isCallersFault({ code }: HeddleError): boolean {
  if (code.startsWith('workflow.') || code.startsWith('request.') || code.startsWith('config.')) return true;
  return callersFaults.has(code);
}

const callersFaults: ReadonlySet<string> = new Set([
  'run.inputInvalid',
  'run.notFound',
  'run.steeringInvalid',
  'template.notFound',
  'workspace.missing',
  'approval.notFound',
  'approval.editInvalid',
  'deadLetter.notFound',
  'expression.invalid',
]);
