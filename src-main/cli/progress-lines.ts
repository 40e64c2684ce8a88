import { assertNever } from '#shared/base/assert-never.ts';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import type { RunEvent, RunEventData } from '#shared/run/events.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { openerAddress, toNodeName } from '#shared/run/node-states.ts';
import { toPartWords } from '#shared/run/part.ts';
import type { RunState } from '#shared/run/state.ts';

/** What of a run's progress is shown on a terminal: whole lines, or text that streams. */
export type Progress =
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'stream'; readonly frame: string; readonly text: string }
  | undefined;

/** The progress that one item means to a person; undefined when it is of no interest. */
export function toProgress(item: RunFollowItem, state: RunState | null): Progress {
  if (item.type === 'caughtUp') return undefined;
  if (item.type === 'delta') return item.delta.type === 'text' ? { type: 'stream', frame: item.frame, text: item.delta.text } : undefined;
  const text = toLine(item.event as unknown as RunEvent, state);
  return text === undefined ? undefined : { type: 'line', text };
}

/** One event in words; undefined for those that only the journal needs. */
export function toLine(event: RunEvent, state: RunState | null): string | undefined {
  const nameOf = (address: string): string => (state === null ? address : toNodeName(state, address));
  const ofFrame = (frame: string): string => nameOf(parseFrame(frame).node);
  switch (event.type) {
    case 'run.started':
      return `▶ ${event.data.workflow.name}${toPart(event.data, nameOf)} (run ${event.data.runId})`;
    case 'run.resumed':
      return '▶ taken up again';
    case 'run.cancelRequested':
      return `… stopping: ${event.data.reason}`;
    case 'run.compensationRequested':
      return `… stopped by ${event.data.by}, and undoing what was done: ${event.data.reason}`;
    case 'run.interruptRequested':
      return `… interrupting: ${event.data.reason}`;
    case 'run.interrupted':
      return '‖ interrupted; it keeps until it is continued';
    case 'run.continued':
      return `▶ continued by ${event.data.by}`;
    case 'run.steered':
      return `~ steered by ${event.data.by}: ${event.data.changes.map((change) => ('node' in change ? `${change.type} of ${change.node}` : change.type)).join(', ')}`;
    case 'run.succeeded':
      return '✔ succeeded';
    case 'run.failed':
      return `✘ failed${event.data.node === null ? '' : ` in ${nameOf(event.data.node)}`}: ${event.data.error.message}`;
    case 'run.cancelled':
      return `✘ cancelled: ${event.data.reason}`;
    case 'node.queued':
      return `  ${nameOf(event.data.node)} waits for room in lane ${event.data.lane}`;
    case 'node.moved':
      return `  ${nameOf(event.data.node)} moved to lane ${event.data.lane} by ${event.data.by}`;
    case 'node.started':
      return `  ${nameOf(event.data.node)}${event.data.attempt > 1 ? ` (try ${event.data.attempt})` : ''} …`;
    case 'node.succeeded':
      return `  ${nameOf(event.data.node)} ✔`;
    case 'node.failed':
      return `  ${nameOf(event.data.node)} ✘ ${event.data.error.message}`;
    case 'node.skipped':
      return `  ${nameOf(event.data.node)} skipped (${skipWords[event.data.reason]})`;
    case 'node.cancelled':
      return `  ${nameOf(event.data.node)} cancelled`;
    case 'scope.failed':
      return `  ${toScopeWords(nameOf, event.data.scope)} ✘ ${event.data.error.message}`;
    case 'scope.cancelled':
      return `  ${toScopeWords(nameOf, event.data.scope)} cancelled`;
    case 'saga.started':
      return `↺ undoing what was done${event.data.scope === '' ? '' : ` in ${toScopeWords(nameOf, event.data.scope)}`}: ${event.data.reason}`;
    case 'saga.completed':
      return event.data.failed.length === 0 ? '↺ all undone' : `↺ not undone: ${event.data.failed.map(nameOf).join(', ')}`;
    case 'timer.started':
      return `  ${ofFrame(event.data.frame)} waits until ${new Date(event.data.dueAtMs).toISOString()}`;
    case 'signal.awaited':
      return `  ${ofFrame(event.data.frame)} waits for the signal ${event.data.name}`;
    case 'signal.received':
      return `  signal ${event.data.name} from ${event.data.by} ${shorten(JSON.stringify(event.data.payload))}`;
    case 'signal.missed':
      return `  ${ofFrame(event.data.frame)}: no signal came in time`;
    case 'hook.completed':
      return toHookLine(event.data);
    case 'branch.taken':
      return `  ${nameOf(event.data.node)} → ${event.data.case}`;
    case 'toolCall.started':
      return `    ${ofFrame(event.data.frame)} calls ${event.data.tool} ${shorten(JSON.stringify(event.data.arguments))}`;
    case 'toolCall.failed':
      return `    ${ofFrame(event.data.frame)}: the call failed: ${event.data.error.message}`;
    case 'toolCall.outcomeUnknown':
      return `    ${ofFrame(event.data.frame)}: nobody knows whether the call happened`;
    case 'modelCall.failed':
      return `    ${ofFrame(event.data.frame)}: the model failed: ${event.data.error.message}`;
    case 'approval.requested':
      return `  ? ${nameOf(parseFrame(event.data.frame).node)} asks: ${toQuestion(event.data.subject)}`;
    case 'approval.escalated':
      return `  ? nobody answered in time; told ${event.data.to || 'others'} too`;
    case 'approval.granted':
      return `  ? approved by ${event.data.by}`;
    case 'approval.denied':
      return `  ? denied by ${event.data.by}: ${event.data.reason}`;
    case 'approval.resolved':
      return `  ? resolved by ${event.data.by}`;
    case 'log.written':
      return `    ${event.data.level}: ${event.data.text}`;
    case 'turn.started':
    case 'turn.completed':
    case 'modelCall.started':
    case 'modelCall.completed':
    case 'toolCall.requested':
    case 'toolCall.completed':
    case 'modelCall.reused':
    case 'toolCall.reused':
    case 'scope.started':
    case 'scope.succeeded':
    case 'scope.cancelRequested':
    case 'timer.fired':
    case 'approval.deadlineSet':
      return undefined;
    default:
      return assertNever(event);
  }
}

const skipWords = {
  branchNotTaken: 'its branch was not taken',
  upstreamSkipped: 'what it needs was skipped',
  disabled: 'it is disabled',
  failedButSkippable: 'it failed and may be left out',
} as const;

/** `Each, item 4`: what runs inside is counted from 1 for people. */
function toScopeWords(nameOf: (address: string) => string, scope: string): string {
  const index = Number(scope.slice(scope.lastIndexOf('/i') + 2));
  return `${nameOf(openerAddress(scope))}, item ${index + 1}`;
}

function toHookLine({ hook, point, outcome }: Extract<RunEvent, { type: 'hook.completed' }>['data']): string | undefined {
  switch (outcome.type) {
    case 'observed':
      return undefined;
    case 'changed':
      return `    hook ${hook} (${point}) changed the value`;
    case 'vetoed':
      return `    hook ${hook} (${point}) said no: ${outcome.reason}`;
    case 'failed':
      return `    hook ${hook} (${point}) failed: ${outcome.error.message}`;
  }
}

type Subject = Extract<RunEvent, { type: 'approval.requested' }>['data']['subject'];

/** What a person is asked, in one line. */
export function toQuestion(subject: Subject): string {
  switch (subject.type) {
    case 'node':
    case 'form':
      return subject.message === '' ? subject.title : subject.message;
    case 'toolCall':
      return `may it call ${subject.tool} ${shorten(JSON.stringify(subject.arguments))}?`;
    case 'outcomeUnknown':
      return `did ${subject.tool} ${shorten(JSON.stringify(subject.arguments))} happen?`;
    default:
      return assertNever(subject);
  }
}

function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}

function toPart({ part }: RunEventData['run.started'], nameOf: (node: string) => string): string {
  return part === null ? '' : `, ${toPartWords(part, nameOf(part.node))}`;
}
