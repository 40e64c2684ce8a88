import { HeddleError } from '#shared/base/errors.ts';
import { toCallFrame } from '#shared/run/frame.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import type { WaitState } from '#shared/run/state.ts';
import { delay } from './abortable.ts';
import type { Attempt } from './attempt.ts';
import type { SignalOutcome } from './executor.ts';

/** Waits until a time that is recorded when it is first asked for, so that a restart in between does not make it longer. */
export async function waitFor(attempt: Attempt, delayMs: number): Promise<void> {
  const { journal, world } = attempt;
  const frame = nextWaitFrame(attempt);
  const recorded = findWait(attempt, frame);
  if (recorded !== undefined && recorded.endedAtMs !== null) return;
  const isOver = recorded === undefined && attempt.reuse?.timer({ frame, delayMs }) === true;
  const dueAtMs = recorded?.dueAtMs ?? world.clock.nowMs() + (isOver ? 0 : delayMs);
  if (recorded === undefined) journal.note('timer.started', { frame, dueAtMs });
  await attempt.activity.parked(() => sleepUntil(attempt, dueAtMs));
  journal.note('timer.fired', { frame });
}

/** Waits for a signal of this name, or until the time is over. */
export async function awaitSignal(attempt: Attempt, name: string, timeoutMs: number | null): Promise<SignalOutcome> {
  const { journal, world, waiters } = attempt;
  const frame = nextWaitFrame(attempt);
  const recorded = findWait(attempt, frame);
  const dueAtMs = recorded === undefined ? (timeoutMs === null ? null : world.clock.nowMs() + timeoutMs) : recorded.dueAtMs;
  if (recorded !== undefined && recorded.signal !== name) {
    throw new HeddleError(
      'run.replayMiss',
      `The journal waits for the signal “${recorded.signal}” at ${frame}, but the node now waits for “${name}”. The workflow changed since; start the run anew.`,
    );
  }
  if (recorded === undefined) journal.note('signal.awaited', { frame, name, dueAtMs });
  if (findWait(attempt, frame)?.endedAtMs === null) receiveAsBefore(attempt, frame, name);
  if (findWait(attempt, frame)?.endedAtMs === null) {
    const cancelTimer =
      dueAtMs === null
        ? () => undefined
        : world.clock.schedule(Math.max(0, dueAtMs - world.clock.nowMs()), () => {
            if (attempt.signal.aborted || findWait(attempt, frame)?.endedAtMs !== null) return;
            journal.note('signal.missed', { frame });
            waiters.wake(frame);
          });
    const isOver = () => findWait(attempt, frame)?.endedAtMs !== null;
    await attempt.timeLimit
      .whilePaused(() => attempt.activity.parked(() => waiters.until(frame, isOver, attempt.signal)))
      .finally(cancelTimer);
  }
  const outcome = findWait(attempt, frame)?.outcome;
  return outcome?.type === 'received' ? { type: 'received', payload: outcome.payload, by: outcome.by } : { type: 'missed' };
}

/** Takes over what came of the same wait before. A signal goes to who waits longest, so not while another waits for that name. */
function receiveAsBefore({ journal, reuse }: Attempt, frame: string, name: string): void {
  if (journal.state().openSignalWaits.find((wait) => wait.name === name)?.frame !== frame) return;
  const given = reuse?.signal({ frame, name });
  if (given === undefined) return;
  if (given.type === 'missed') journal.note('signal.missed', { frame });
  else journal.note('signal.received', { name, payload: given.payload, by: given.by });
}

/** In steps: a timer may fire a little early, and none runs for weeks. */
async function sleepUntil({ world: { clock }, signal }: Attempt, dueAtMs: number): Promise<void> {
  for (let leftMs = dueAtMs - clock.nowMs(); leftMs > 0; leftMs = dueAtMs - clock.nowMs()) {
    await delay(clock, Math.min(leftMs, longestTimerMs), signal);
  }
}

const longestTimerMs = 24 * 60 * 60_000;

function nextWaitFrame({ start, nextOrdinal }: Attempt): string {
  return toCallFrame(start.frame, 'wait', nextOrdinal(start.frame, 'wait'));
}

function findWait({ journal, address, start }: Attempt, frame: string): WaitState | undefined {
  const node = findNodeState(journal.state(), address);
  const attempt = node !== undefined && 'attempts' in node ? node.attempts[start.attempt - 1] : undefined;
  return attempt?.waits.find((wait) => wait.frame === frame);
}

/** A fact nobody waits for: a failed write reaches the journal's fault listener. */
