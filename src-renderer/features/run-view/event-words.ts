import type { RunEvent, RunEventData, RunEventType, Steering } from '#shared/run/events.ts';
import { openerOf, parseFrame, toAttemptFrame } from '#shared/run/frame.ts';
import { notInPart, skippedWhereRecorded } from '#shared/run/fresh-graph.ts';
import { toPartWords } from '#shared/run/part.ts';
import { hookPointTitles } from '../../state/hook-words.ts';
import { formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import { listValueChanges, toChangeWords } from './value-changes.ts';

export type EventCategory = 'run' | 'node' | 'scope' | 'model' | 'tool' | 'approval' | 'wait' | 'hook' | 'log';

/** An event in a list: what it is about, whose it is, and one line of what happened. */
export interface EventWords {
  readonly category: EventCategory;
  /** The address of the node it belongs to, or null when it is the run's own. */
  readonly node: string | null;
  readonly frame: string | null;
  readonly text: string;
  readonly tone: 'plain' | 'succeeded' | 'failed' | 'waiting';
}

/** The line of an event, made only from the event. */
export function describeEvent(event: RunEvent): EventWords {
  const place = toPlace(event);
  const words = (text: string, tone: EventWords['tone'] = 'plain'): EventWords => ({
    category: toCategory(event.type),
    ...place,
    text,
    tone,
  });
  switch (event.type) {
    case 'run.started':
      return words(`Started “${event.data.workflow.name}”${toPart(event.data)}`);
    case 'run.resumed':
      return words(
        event.data.inFlightFrames.length === 0 ? 'Taken up again' : `Taken up again, ${event.data.inFlightFrames.length} in flight`,
      );
    case 'run.cancelRequested':
      return words(`Asked to stop: ${event.data.reason}`);
    case 'run.compensationRequested':
      return words(`${event.data.by} asked to stop and undo what was done: ${event.data.reason}`);
    case 'run.interruptRequested':
      return words(
        `${event.data.by} holds the run${event.data.mode === 'abandon' ? ', dropping what is under way' : ''}: ${event.data.reason}`,
        'waiting',
      );
    case 'run.interrupted':
      return words('Held until someone lets it go on', 'waiting');
    case 'run.continued':
      return words(`${event.data.by} lets it go on`);
    case 'run.steered':
      return words(`${event.data.by} changed ${event.data.changes.map(toSteeringWords).join(', ')}`);
    case 'run.succeeded':
      return words('Succeeded', 'succeeded');
    case 'run.failed':
      return words(`Failed: ${event.data.error.message}`, 'failed');
    case 'run.cancelled':
      return words(`Stopped: ${event.data.reason}`);
    case 'node.queued':
      return words(`Waits for room in the lane ${event.data.lane}`);
    case 'node.moved':
      return words(`${event.data.by} moved it to the lane ${event.data.lane}`);
    case 'scope.started':
      return words(`${toScopePart(event.data.scope)} started, ${event.data.workflowPath}`);
    case 'scope.succeeded':
      return words(`${toScopePart(event.data.scope)} succeeded`, 'succeeded');
    case 'scope.failed':
      return words(`${toScopePart(event.data.scope)} failed: ${event.data.error.message}`, 'failed');
    case 'scope.cancelRequested':
      return words(`${toScopePart(event.data.scope)} asked to stop: ${event.data.reason}`);
    case 'scope.cancelled':
      return words(`${toScopePart(event.data.scope)} stopped`);
    case 'saga.started':
      return words(`Undoes what was done: ${event.data.reason}`, 'waiting');
    case 'saga.completed':
      return event.data.failed.length === 0
        ? words('Undone', 'succeeded')
        : words(`Undone, but for ${event.data.failed.join(', ')}`, 'failed');
    case 'timer.started':
      return words(`Waits ${formatDuration(event.data.dueAtMs - event.atMs)}`);
    case 'timer.fired':
      return words('The wait is over');
    case 'signal.awaited':
      return words(
        event.data.dueAtMs === null
          ? `Waits for the signal ${event.data.name}`
          : `Waits for the signal ${event.data.name}, ${formatDuration(event.data.dueAtMs - event.atMs)} at most`,
        'waiting',
      );
    case 'signal.received':
      return words(`${event.data.by} sent the signal ${event.data.name}`, 'succeeded');
    case 'signal.missed':
      return words('No signal came in time', 'waiting');
    case 'hook.completed':
      return words(
        `${hookPointTitles[event.data.point]}, hook ${event.data.hook} ${toHookWords(event.data.outcome)}`,
        hookTones[event.data.outcome.type],
      );
    case 'node.started':
      return words(event.data.attempt === 1 ? 'Started' : `Attempt ${event.data.attempt} started`);
    case 'node.succeeded':
      return words('Succeeded', 'succeeded');
    case 'node.failed': {
      const { error, consequence } = event.data;
      if (consequence.type === 'retry')
        return words(`Failed, tries again in ${formatDuration(consequence.dueAtMs - event.atMs)}: ${error.message}`, 'waiting');
      return words(consequence.type === 'skip' ? `Failed, left out: ${error.message}` : `Failed: ${error.message}`, 'failed');
    }
    case 'node.skipped':
      return words(`Skipped: ${toSkipWords(event.data.reason)}`);
    case 'node.cancelled':
      return words('Stopped');
    case 'branch.taken':
      return words(`Took “${event.data.case}”`);
    case 'turn.started':
      return words(`Turn ${event.data.turn} started`);
    case 'turn.completed':
      return words('Turn completed');
    case 'modelCall.started':
      return words(`Asked ${event.data.request.model}, ${event.data.request.keptMessages + event.data.request.messages.length} messages`);
    case 'modelCall.completed': {
      const { usage, toolCalls, text } = event.data.answer;
      const what = toolCalls.length > 0 ? `asked for ${toolCalls.map((call) => call.name).join(', ')}` : `answered “${toOneLine(text)}”`;
      return words(`Model ${what} · ${formatTokens(usage === null ? null : usage.inputTokens + usage.outputTokens)} tok`);
    }
    case 'modelCall.reused':
      return words(`Answer taken over from the run #${event.data.from.runId.slice(-6)}: “${toOneLine(event.data.answer.text)}”`);
    case 'modelCall.failed':
      return words(
        event.data.retryAtMs === null
          ? `Model call failed: ${event.data.error.message}`
          : `Model call failed, is sent again in ${formatDuration(event.data.retryAtMs - event.atMs)}: ${event.data.error.message}`,
        event.data.retryAtMs === null ? 'failed' : 'waiting',
      );
    case 'toolCall.requested':
      return words(`Asked for ${event.data.tool}`);
    case 'toolCall.started':
      return words(`${event.data.tool} started`);
    case 'toolCall.completed':
      return words(event.data.isTruncated ? 'Result came, cut to its cap' : 'Result came');
    case 'toolCall.reused':
      return words(`Result taken over from the run #${event.data.from.runId.slice(-6)}`);
    case 'toolCall.failed':
      return words(`Failed: ${event.data.error.message}`, 'failed');
    case 'toolCall.outcomeUnknown':
      return words('Nobody knows whether it happened', 'waiting');
    case 'approval.requested':
      return words(
        'tool' in event.data.subject ? `Asks you about ${event.data.subject.tool}` : `Asks you: ${event.data.subject.title}`,
        'waiting',
      );
    case 'approval.deadlineSet':
      return words(
        `An answer is due within ${formatDuration(event.data.dueAtMs - event.atMs)}, else: ${timeoutWords[event.data.onTimeout]}`,
      );
    case 'approval.escalated':
      return words(
        event.data.to === '' ? 'Nobody answered in time; it waits on' : `Nobody answered in time; ${event.data.to} is told`,
        'waiting',
      );
    case 'approval.granted':
      return words(`Approved by ${event.data.by}${event.data.isEdited ? ', edited' : ''}`, 'succeeded');
    case 'approval.denied':
      return words(event.data.reason === '' ? `Denied by ${event.data.by}` : `Denied by ${event.data.by}: ${event.data.reason}`, 'failed');
    case 'approval.resolved':
      return words(`${event.data.by} decided: ${decisionWords[event.data.decision.type]}`);
    case 'log.written':
      return words(
        `${event.data.level}: ${toOneLine(event.data.text)}`,
        event.data.level === 'error' ? 'failed' : event.data.level === 'warn' ? 'waiting' : 'plain',
      );
  }
}

/**
 * Narrows events by category, by words in the line, the node's id or the type, and to what happened at or inside `within`: the address
 * of a node or the path of a scope, empty for the whole run.
 */
export function filterEvents(events: readonly RunEvent[], category: EventCategory | 'all', text: string, within = ''): readonly RunEvent[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (category === 'all' && wanted.length === 0 && within === '') return events;
  return events.filter((event) => {
    if (category !== 'all' && toCategory(event.type) !== category) return false;
    if (within !== '' && !isWithin(toAddressOf(event), within)) return false;
    if (wanted.length === 0) return true;
    const words = describeEvent(event);
    const line = `${event.type} ${words.frame ?? ''} ${words.text}`.toLowerCase();
    return wanted.every((word) => line.includes(word));
  });
}

/** True for the node or scope itself and for everything inside it. */
export function isWithin(address: string | null, within: string): boolean {
  if (within === '') return true;
  if (address === null) return false;
  return address === within || address.startsWith(`${within}#`) || address.startsWith(`${within}/`);
}

function toPart({ part, workflow }: RunEventData['run.started']): string {
  return part === null ? '' : `, ${toPartWords(part, workflow.nodes.find(({ id }) => id === part.node)?.name || part.node)}`;
}

/** Why a node was skipped, as the end of a sentence. */
export function toSkipWords(reason: string): string {
  return skipReasons[reason] ?? reason;
}

/** Where an event belongs; those of a scope belong to the scope, not only to its opener. */
function toAddressOf(event: RunEvent): string | null {
  return 'scope' in event.data ? event.data.scope : toPlace(event).node;
}

const skipReasons: Readonly<Record<string, string>> = {
  branchNotTaken: 'its branch was not taken',
  upstreamSkipped: 'what comes before it was skipped',
  disabled: 'it is switched off',
  failed: 'it failed, and the run goes on without it',
  [notInPart]: 'it is not part of this run',
  [skippedWhereRecorded]: 'it was skipped in the run that its outputs are taken from',
};

const timeoutWords = { approve: 'approved', deny: 'denied', fail: 'failed', escalate: 'others are told' } as const;

const hookTones = { observed: 'plain', changed: 'waiting', vetoed: 'failed', failed: 'failed' } as const;

function toHookWords(outcome: RunEventData['hook.completed']['outcome']): string {
  switch (outcome.type) {
    case 'observed':
      return 'looked on';
    case 'changed':
      return outcome.before === undefined
        ? 'changed the value'
        : `changed ${toChangeWords(listValueChanges(outcome.before, outcome.value))}`;
    case 'vetoed':
      return `refused: ${outcome.reason}`;
    case 'failed':
      return `failed: ${outcome.error.message}`;
  }
}

function toSteeringWords(change: Steering): string {
  switch (change.type) {
    case 'model':
      return change.model === null ? 'the model back to each node’s own' : `the model to ${change.model}`;
    case 'budget':
      return change.budgetUsd === null ? 'the budget to no limit' : `the budget to ${formatMoney(change.budgetUsd)}`;
    case 'config':
      return `the settings of ${change.node}`;
    case 'policy':
      return `the policy of ${change.node}`;
    case 'lane':
      return `the lane of ${change.node} to ${change.lane}`;
    case 'path':
      return `the way at ${change.node} to “${change.case}”`;
    case 'skip':
      return `${change.node} to be left out`;
  }
}

/** What a scope is called without knowing whether it is an item, a round or a subflow. */
function toScopePart(path: string): string {
  return `#${Number(path.slice(path.lastIndexOf('/i') + 2)) + 1}`;
}

const decisionWords = { retry: 'do it again', assumeDone: 'take it as done', fail: 'fail the call' } as const;

function toCategory(type: RunEventType): EventCategory {
  const area = type.split('.')[0];
  switch (area) {
    case 'run':
    case 'approval':
    case 'log':
      return area;
    case 'scope':
    case 'saga':
      return 'scope';
    case 'timer':
    case 'signal':
      return 'wait';
    case 'hook':
      return 'hook';
    case 'modelCall':
      return 'model';
    case 'toolCall':
      return 'tool';
    default:
      return 'node';
  }
}

function toPlace(event: RunEvent): { readonly node: string | null; readonly frame: string | null } {
  const { data } = event;
  if ('frame' in data) return data.frame === '' ? nowhere : { node: parseFrame(data.frame).node, frame: data.frame };
  if ('scope' in data) {
    if (data.scope === '') return nowhere;
    const { node, attempt } = openerOf(data.scope);
    return { node, frame: toAttemptFrame(node, attempt) };
  }
  if ('node' in data && data.node !== null) return { node: data.node, frame: 'attempt' in data ? `${data.node}#${data.attempt}` : null };
  return nowhere;
}

const nowhere = { node: null, frame: null } as const;

function toOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
