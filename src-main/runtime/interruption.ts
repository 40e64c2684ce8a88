import { HeddleError } from '#shared/base/errors.ts';

/** Why an attempt is dropped when its run is interrupted at once: nothing is recorded of that, so that going on finds it as after a crash. */
export function toInterruption(): HeddleError {
  return new HeddleError('run.interrupted', 'The run was interrupted. Continue it to go on from here.');
}

/** Whether a signal was aborted to interrupt the run. */
export function isInterruption(reason: unknown): boolean {
  return reason instanceof HeddleError && reason.code === 'run.interrupted';
}
