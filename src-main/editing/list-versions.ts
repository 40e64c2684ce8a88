import type { VersionEntry } from '#shared/contract/histories.ts';
import { describeEdit } from '#shared/history/describe-edit.ts';
import { type HistoryEvent, toHistoryStream } from '#shared/history/events.ts';
import type { HistoryState } from '#shared/history/state.ts';
import type { EventStore } from '../event-store/event-store.ts';

/** What was done, the newest first, and where to go on. */
export interface VersionPage {
  readonly entries: readonly VersionEntry[];
  readonly nextBefore: number | null;
}

/** Events that are read at once on the way back. */
const stretch = 500;

/** A page of what was done to a workflow before event `before`. What was typed in one go is one entry. */
export function listVersions(store: EventStore, historyId: string, state: HistoryState, before: number, limit: number): VersionPage {
  const entries: VersionEntry[] = [];
  let step: string | null = null;
  let end = Math.min(before, state.seq + 1);
  while (end > 1) {
    const afterSeq = Math.max(0, end - 1 - stretch);
    const events = store.read(toHistoryStream(historyId), { afterSeq, limit: end - 1 - afterSeq }) as readonly HistoryEvent[];
    for (const event of events.toReversed()) {
      const entry = toEntry(event, state);
      if (entry === null) continue;
      const continued = event.type === 'workflow.edited' ? event.data.step : null;
      // Reading backwards: the entry is there already, with the version that the step led to. A version with a name stays apart.
      if (continued !== null && continued === step && entry.name === null) continue;
      if (entries.length >= limit) return { entries, nextBefore: event.seq + 1 };
      entries.push(entry);
      step = continued;
    }
    end = afterSeq + 1;
  }
  return { entries, nextBefore: null };
}

/** The versions that have a name, the newest first. */
export function listNamedVersions(store: EventStore, historyId: string, state: HistoryState): VersionPage {
  const seqs = Object.keys(state.names)
    .map(Number)
    .sort((a, b) => b - a);
  const entries = seqs.flatMap((seq) => {
    const [event] = store.read(toHistoryStream(historyId), { afterSeq: seq - 1, limit: 1 }) as readonly HistoryEvent[];
    return event === undefined ? [] : (toEntry(event, state) ?? []);
  });
  return { entries, nextBefore: null };
}

/** The event up to `seq` that made the document what it is after `seq`: only that one is in the list. */
export function findContent(store: EventStore, historyId: string, seq: number): number {
  for (let at = seq; at > 1; at -= 1) {
    const [event] = store.read(toHistoryStream(historyId), { afterSeq: at - 1, limit: 1 }) as readonly HistoryEvent[];
    if (event !== undefined && event.type !== 'workflow.saveBegun' && event.type !== 'workflow.versionNamed') return at;
  }
  return 1;
}

/** Null for what changed nothing that a person would look for. */
function toEntry(event: HistoryEvent, { names }: HistoryState): VersionEntry | null {
  const { seq, atMs } = event;
  const common = { seq, atMs, name: names[seq] ?? null, conflicts: [] };
  switch (event.type) {
    case 'workflow.begun':
      return { ...common, what: 'begun', label: 'The history begins', words: `as it was in ${event.data.path}`, author: null };
    case 'workflow.edited':
    case 'workflow.undone':
    case 'workflow.redone': {
      const { label, edit, author } = event.data;
      const what = ({ 'workflow.edited': 'edited', 'workflow.undone': 'undone', 'workflow.redone': 'redone' } as const)[event.type];
      return { ...common, what, label, words: describeEdit(edit), author };
    }
    case 'workflow.changedOutside': {
      const { label, edit, conflicts } = event.data;
      return { ...common, what: 'changedOutside', label, words: describeEdit(edit), author: null, conflicts };
    }
    case 'workflow.moved':
      return { ...common, what: 'moved', label: 'The file got another name', words: `now ${event.data.path}`, author: null };
    case 'workflow.saveBegun':
    case 'workflow.versionNamed':
      return null;
  }
}
