import type { RunEvent } from '#shared/run/events.ts';
import { parseFrame } from '#shared/run/frame.ts';
import { toAttemptOf } from '#shared/run/walk-attempts.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** What ended a model call or tool call in the journal, in order: a call that was asked again after a crash may have several. */
export interface RecordedEnds<End> {
  readonly frame: string;
  readonly ends: readonly End[];
}

export interface RecordedModelCall extends RecordedEnds<EventOf<'modelCall.completed' | 'modelCall.failed' | 'modelCall.reused'>> {
  readonly started: EventOf<'modelCall.started'>;
}

export interface RecordedToolCall
  extends RecordedEnds<EventOf<'toolCall.completed' | 'toolCall.failed' | 'toolCall.outcomeUnknown' | 'toolCall.reused'>> {
  readonly requested: EventOf<'toolCall.requested'>;
  readonly starts: readonly EventOf<'toolCall.started'>[];
  readonly wasAsked: boolean;
}

/** A journal as what a replay has to come to again, indexed once. */
export interface ReplayScript {
  readonly events: readonly RunEvent[];
  readonly started: EventOf<'run.started'>['data'];
  readonly isFinal: boolean;
  /** Recorded events by key, see `toKey`. */
  readonly byKey: ReadonlyMap<string, readonly RunEvent[]>;
  readonly models: ReadonlyMap<string, RecordedModelCall>;
  readonly tools: ReadonlyMap<string, RecordedToolCall>;
  /** Attempts that the journal knows. */
  readonly attempts: ReadonlySet<string>;
  /** Attempts that waited in a lane before they began. */
  readonly queued: ReadonlySet<string>;
  readonly approvalFrames: ReadonlyMap<string, string>;
}

export function toReplayScript(events: readonly RunEvent[]): ReplayScript {
  const [first] = events;
  if (first?.type !== 'run.started') throw new Error('A journal begins with run.started');
  const byKey = new Map<string, RunEvent[]>();
  const models = new Map<string, RecordedModelCall & { ends: RecordedModelCall['ends'][number][] }>();
  const tools = new Map<
    string,
    {
      frame: string;
      requested: EventOf<'toolCall.requested'>;
      starts: EventOf<'toolCall.started'>[];
      ends: RecordedToolCall['ends'][number][];
      wasAsked: boolean;
    }
  >();
  const attempts = new Set<string>();
  const queued = new Set<string>();
  const approvalFrames = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'approval.requested') {
      approvalFrames.set(event.data.approvalId, event.data.frame);
      const call = event.data.subject.type === 'toolCall' ? tools.get(event.data.subject.callFrame) : undefined;
      if (call !== undefined) call.wasAsked = true;
    }
    const key = toKey(event, approvalFrames);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [event]);
    else same.push(event);
    switch (event.type) {
      case 'node.started':
        attempts.add(`${event.data.node}#${event.data.attempt}`);
        break;
      case 'node.queued':
        queued.add(`${event.data.node}#${event.data.attempt}`);
        break;
      case 'modelCall.started':
        models.set(event.data.frame, { frame: event.data.frame, started: event, ends: [] });
        break;
      case 'modelCall.completed':
      case 'modelCall.failed':
      case 'modelCall.reused':
        models.get(event.data.frame)?.ends.push(event);
        break;
      case 'toolCall.requested':
        tools.set(event.data.frame, { frame: event.data.frame, requested: event, starts: [], ends: [], wasAsked: false });
        break;
      case 'toolCall.started':
        tools.get(event.data.frame)?.starts.push(event);
        break;
      case 'toolCall.completed':
      case 'toolCall.failed':
      case 'toolCall.outcomeUnknown':
      case 'toolCall.reused':
        tools.get(event.data.frame)?.ends.push(event);
        break;
      default:
    }
  }
  const last = events.at(-1)?.type;
  const isFinal = last === 'run.succeeded' || last === 'run.failed' || last === 'run.cancelled';
  return { events, started: first.data, isFinal, byKey, models, tools, attempts, queued, approvalFrames };
}

/** Which events are the same thing happening again: their type and place. How parallel places interleave is no part of it. */
export function toKey(event: Pick<RunEvent, 'type' | 'data'>, approvalFrames: ReadonlyMap<string, string>): string {
  const data = event.data as Readonly<Record<string, unknown>>;
  const of = (...parts: readonly unknown[]) => [event.type, ...parts].join(' ');
  if (event.type === 'hook.completed') return of(data.frame, data.point, data.ordinal, data.hook);
  if (event.type === 'node.queued') return of(data.node, data.attempt);
  if (typeof data.approvalId === 'string') return of(data.frame ?? approvalFrames.get(data.approvalId) ?? data.approvalId);
  if (typeof data.node === 'string' && typeof data.attempt === 'number') return of(`${data.node}#${data.attempt}`);
  return of(data.frame ?? data.scope ?? (event.type.startsWith('run.') ? '' : (data.node ?? data.name ?? '')));
}

/** The attempt whose executor brings an event about; undefined for what follows from the plan or comes from outside. */
export function toOwner(event: RunEvent, approvalFrames: ReadonlyMap<string, string>): string | undefined {
  switch (event.type) {
    case 'node.succeeded':
    case 'node.failed':
    case 'node.cancelled':
      return `${event.data.node}#${event.data.attempt}`;
    case 'scope.started':
    case 'scope.cancelRequested':
      return event.data.scope.slice(0, event.data.scope.lastIndexOf('/'));
    case 'hook.completed':
      return event.data.frame === '' ? undefined : toAttemptOf(event.data.frame);
    case 'approval.granted':
    case 'approval.denied':
    case 'approval.resolved':
    case 'approval.escalated':
    case 'approval.deadlineSet': {
      const frame = approvalFrames.get(event.data.approvalId);
      return frame === undefined ? undefined : toAttemptOf(frame);
    }
    default: {
      const { frame } = event.data as { readonly frame?: string };
      return typeof frame === 'string' && frame !== '' ? toAttemptOf(frame) : undefined;
    }
  }
}

/** Whether an event is the end of this attempt. */
export function isEndOf({ type, data }: RunEvent, attemptFrame: string): boolean {
  return (
    (type === 'node.succeeded' || type === 'node.failed' || type === 'node.cancelled') && `${data.node}#${data.attempt}` === attemptFrame
  );
}

/** The address of the node that an event is about; null for the run's own. */
export function toNodeOf(event: Pick<RunEvent, 'type' | 'data'>): string | null {
  const data = event.data as { readonly node?: unknown; readonly frame?: unknown; readonly scope?: unknown };
  if (typeof data.node === 'string' && event.type !== 'run.failed') return data.node;
  if (typeof data.frame === 'string' && data.frame !== '') return parseFrame(data.frame).node;
  if (typeof data.scope === 'string' && data.scope !== '') return parseFrame(data.scope.slice(0, data.scope.lastIndexOf('/'))).node;
  return null;
}
