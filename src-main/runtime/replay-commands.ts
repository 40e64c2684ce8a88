import type { RunEvent } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunLoop } from './run-loop.ts';

type Command = Extract<
  RunEvent,
  {
    type:
      | 'run.cancelRequested'
      | 'run.compensationRequested'
      | 'run.interruptRequested'
      | 'run.continued'
      | 'run.steered'
      | 'signal.received'
      | 'approval.granted'
      | 'approval.denied'
      | 'approval.resolved';
  }
>;

const commandTypes = new Set<RunEvent['type']>([
  'run.cancelRequested',
  'run.compensationRequested',
  'run.interruptRequested',
  'run.continued',
  'run.steered',
  'signal.received',
  'approval.granted',
  'approval.denied',
  'approval.resolved',
] satisfies Command['type'][]);

/** Whether an event came from a person or program outside, who has to be played in a replay. */
export function isCommand(event: RunEvent): event is Command {
  return commandTypes.has(event.type);
}

/** Does again what somebody did; false when there is nothing to do it to. */
export function repeatCommand(
  loop: RunLoop,
  event: Command,
  replayedFrames: ReadonlyMap<string, string>,
  recordedFrames: ReadonlyMap<string, string>,
): boolean {
  const { journal } = loop;
  const state = journal.state();
  if (isFinal(state.status)) return false;
  switch (event.type) {
    case 'run.interruptRequested':
      journal.note(event.type, event.data);
      loop.hold();
      return true;
    case 'run.cancelRequested':
    case 'run.compensationRequested':
    case 'run.continued':
      journal.note(event.type, event.data);
      loop.release();
      return true;
    case 'run.steered': {
      // Of a workflow that the document followed now does not run any more.
      const changes = event.data.changes.filter(
        (change) => !('workflow' in change) || change.workflow === null || state.subworkflows[change.workflow] !== undefined,
      );
      if (changes.length === 0) return false;
      journal.note(event.type, { ...event.data, changes });
      loop.go();
      return true;
    }
    case 'signal.received': {
      const waiting = state.openSignalWaits.find((wait) => wait.name === event.data.name);
      journal.note(event.type, event.data);
      if (waiting !== undefined) loop.wake(waiting.frame);
      return true;
    }
    case 'approval.granted':
    case 'approval.denied':
    case 'approval.resolved': {
      const frame = recordedFrames.get(event.data.approvalId);
      const open = Object.values(state.approvals).find(
        (approval) => approval.decision.type === 'open' && replayedFrames.get(approval.approvalId) === frame,
      );
      if (open === undefined) return false;
      const { approvalId } = open;
      if (event.type === 'approval.granted') journal.note(event.type, { ...event.data, approvalId });
      else if (event.type === 'approval.denied') journal.note(event.type, { ...event.data, approvalId });
      else journal.note(event.type, { ...event.data, approvalId });
      loop.wake(approvalId);
      return true;
    }
  }
}
