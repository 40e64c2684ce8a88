import type { RunEvent, RunEventType } from '#shared/run/events.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { formatDuration, formatTokens } from '../../ui/format.ts';

export type EventCategory = 'run' | 'node' | 'model' | 'tool' | 'approval' | 'log';

/** An event in a list: what it is about, whose it is, and one line of what happened. */
export interface EventWords {
  readonly category: EventCategory;
  /** The node it belongs to, or null when it is the run's own. */
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
      return words(`Started “${event.data.workflow.name}”`);
    case 'run.resumed':
      return words(
        event.data.inFlightFrames.length === 0 ? 'Taken up again' : `Taken up again, ${event.data.inFlightFrames.length} in flight`,
      );
    case 'run.cancelRequested':
      return words(`Asked to stop: ${event.data.reason}`);
    case 'run.succeeded':
      return words('Succeeded', 'succeeded');
    case 'run.failed':
      return words(`Failed: ${event.data.error.message}`, 'failed');
    case 'run.cancelled':
      return words(`Stopped: ${event.data.reason}`);
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
      return words(`Skipped: ${skipReasons[event.data.reason]}`);
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
    case 'toolCall.failed':
      return words(`Failed: ${event.data.error.message}`, 'failed');
    case 'toolCall.outcomeUnknown':
      return words('Nobody knows whether it happened', 'waiting');
    case 'approval.requested':
      return words(
        event.data.subject.type === 'node' ? `Asks you: ${event.data.subject.title}` : `Asks you about ${event.data.subject.tool}`,
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

/** Narrows events by category and by words in the line, the node's id or the type. */
export function filterEvents(events: readonly RunEvent[], category: EventCategory | 'all', text: string): readonly RunEvent[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (category === 'all' && wanted.length === 0) return events;
  return events.filter((event) => {
    if (category !== 'all' && toCategory(event.type) !== category) return false;
    if (wanted.length === 0) return true;
    const words = describeEvent(event);
    const line = `${event.type} ${words.frame ?? ''} ${words.text}`.toLowerCase();
    return wanted.every((word) => line.includes(word));
  });
}

const skipReasons = {
  branchNotTaken: 'its branch was not taken',
  upstreamSkipped: 'what comes before it was skipped',
  disabled: 'it is switched off',
} as const;

const decisionWords = { retry: 'do it again', assumeDone: 'take it as done', fail: 'fail the call' } as const;

function toCategory(type: RunEventType): EventCategory {
  const area = type.split('.')[0];
  switch (area) {
    case 'run':
    case 'approval':
    case 'log':
      return area;
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
  if ('frame' in data) return { node: parseFrame(data.frame).node, frame: data.frame };
  if ('node' in data && data.node !== null) return { node: data.node, frame: 'attempt' in data ? `${data.node}#${data.attempt}` : null };
  return { node: null, frame: null };
}

function toOneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
