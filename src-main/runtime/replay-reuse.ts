import type { RunEvent } from '#shared/run/events.ts';
import type { RunState, WaitState } from '#shared/run/state.ts';
import { toAttemptOf, walkAttempts } from '#shared/run/walk-attempts.ts';
import type { ReplayGates } from './replay-gates.ts';
import type { ReplayScript } from './replay-script.ts';
import type { Reuse } from './reuse.ts';
import { wholeRun } from './run-end.ts';

/**
 * What a run took over when it was recorded, and what its hooks said, from its own journal: a fork is replayed without its origin, and no
 * hook is asked. `end` is the run as its journal leaves it.
 */
export function createReplayReuse(
  script: ReplayScript,
  end: RunState,
  isMatched: (event: RunEvent) => boolean,
  gates: Pick<ReplayGates, 'pass'>,
): Reuse {
  const isFork = script.started.forkedFrom !== null;
  const waits = new Map<string, WaitState>();
  if (isFork) for (const { attempt } of walkAttempts(end)) for (const wait of attempt.waits) waits.set(wait.frame, wait);
  const decided = new Map(Object.values(end.approvals).map((approval) => [approval.frame, approval.decision]));
  const isAtOnce = (wait: WaitState | undefined) => wait !== undefined && wait.endedAtMs !== null && wait.endedAtMs === wait.startedAtMs;

  return {
    modelCall({ frame, requestHash }) {
      const call = script.models.get(frame);
      if (call?.started.data.requestHash !== requestHash) return undefined;
      const reused = call.ends.find((event) => event.type === 'modelCall.reused');
      return reused?.type === 'modelCall.reused' ? { answer: reused.data.answer, from: reused.data.from } : undefined;
    },
    toolCall({ frame, argumentsHash }) {
      const call = script.tools.get(frame);
      const [first] = call?.ends ?? [];
      if (!isFork || call === undefined || first === undefined || call.requested.data.argumentsHash !== argumentsHash) return undefined;
      if (first.type === 'toolCall.reused') {
        const { result, isTruncated, from } = first.data;
        return { type: 'completed', result, isTruncated, from };
      }
      if (call.starts.some(({ seq }) => seq < first.seq) || call.wasAsked) return undefined;
      if (first.type === 'toolCall.outcomeUnknown') return { type: 'inDoubt' };
      return first.type === 'toolCall.failed' && !isStop(first.data.error.code) ? { type: 'failed', error: first.data.error } : undefined;
    },
    answer({ frame }) {
      const decision = decided.get(frame);
      return isFork && decision !== undefined && decision.type !== 'open' && decision.by.startsWith('fork: ') ? decision : undefined;
    },
    timer: ({ frame, delayMs }) => {
      const wait = waits.get(frame);
      return delayMs > 0 && wait?.dueAtMs != null && wait.dueAtMs <= wait.startedAtMs;
    },
    signal({ frame }) {
      const wait = waits.get(frame);
      if (wait?.outcome.type === 'received' && wait.outcome.by.startsWith('fork: '))
        return { type: 'received', payload: wait.outcome.payload, by: wait.outcome.by };
      return wait?.outcome.type === 'fired' && isAtOnce(wait) ? { type: 'missed' } : undefined;
    },
    hook({ frame, point, ordinal, hook }) {
      const [said] = script.byKey.get(`hook.completed ${frame} ${point} ${ordinal} ${hook}`) ?? [];
      if (said?.type !== 'hook.completed') return undefined;
      // While hooks are asked, others may do something to the run.
      return gates.pass(frame === wholeRun.frame ? frame : toAttemptOf(frame)).then(() => said.data.outcome);
    },
    steeringBefore(frame) {
      if (!isFork) return [];
      const [at] = script.byKey.get(/\/t\d+$/.test(frame) ? `turn.started ${frame}` : `node.started ${frame}`) ?? [];
      return (script.byKey.get('run.steered ') ?? []).flatMap((event) =>
        event.type === 'run.steered' && event.data.by === 'fork' && at !== undefined && event.seq < at.seq && !isMatched(event)
          ? event.data.changes
          : [],
      );
    },
  };
}

/** Whether a call failed because its attempt was stopped, not by itself. */
export function isStop(code: string): boolean {
  return code === 'run.cancelled' || code === 'node.timedOut' || code === 'run.interrupted' || code === 'journal.stopped';
}
