import type { ErrorInfo } from '#shared/base/errors.ts';
import type { RunEvent } from '#shared/run/events.ts';
import { parseFrame } from '#shared/run/frame.ts';

/** A piece of the console: something a model said, or a line that a node wrote. */
export interface ConsoleEntry {
  readonly key: string;
  readonly node: string;
  readonly atMs: number;
  readonly kind: 'model' | 'tool' | 'debug' | 'info' | 'warn' | 'error' | 'live';
  readonly text: string;
}

/** What was said and written up to `seq`, oldest first; then what is being said right now. */
export function toConsoleEntries(
  events: readonly RunEvent[],
  seq: number,
  liveText: Readonly<Record<string, string>>,
): readonly ConsoleEntry[] {
  const entries: ConsoleEntry[] = [];
  for (const event of events.slice(0, seq)) {
    switch (event.type) {
      case 'modelCall.completed': {
        const calls = event.data.answer.toolCalls.map((call) => `→ ${call.name} ${call.rawArguments}`);
        const text = [event.data.answer.text, ...calls].filter(Boolean).join('\n');
        if (text !== '') entries.push(toEntry(event, event.data.frame, 'model', text));
        break;
      }
      case 'modelCall.failed':
      case 'toolCall.failed':
        entries.push(toEntry(event, event.data.frame, toErrorKind(event.data.error), event.data.error.message));
        break;
      case 'node.failed':
        entries.push(toEntry(event, `${event.data.node}#${event.data.attempt}`, 'error', event.data.error.message));
        break;
      case 'log.written':
        entries.push(toEntry(event, event.data.frame, event.data.level, event.data.text));
        break;
      default:
        break;
    }
  }
  const live = Object.entries(liveText).map(([frame, text]) => ({
    key: `live ${frame}`,
    node: parseFrame(frame).node,
    atMs: Number.POSITIVE_INFINITY,
    kind: 'live' as const,
    text,
  }));
  return [...entries, ...live];
}

function toEntry(event: RunEvent, frame: string, kind: ConsoleEntry['kind'], text: string): ConsoleEntry {
  return { key: String(event.seq), node: parseFrame(frame).node, atMs: event.atMs, kind, text };
}

/** What was stopped on request did not go wrong. */
function toErrorKind({ code }: ErrorInfo): ConsoleEntry['kind'] {
  return code === 'run.cancelled' ? 'info' : 'error';
}
