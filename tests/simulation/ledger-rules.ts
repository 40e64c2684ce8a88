import type { RunEvent } from '#shared/run/events.ts';
import type { Ledger } from './ledger.ts';

/** What the outside says of a run that has ended, against its journal: no effect lost, none doubled that nobody asked to do again. */
export function findBrokenEffect(runId: string, events: readonly RunEvent[], ledger: Ledger): string | undefined {
  const calls = listCalls(events);
  const retries = new Map<string, number>();
  for (const { key, retries: count } of calls) retries.set(key, (retries.get(key) ?? 0) + count);
  for (const entry of ledger.entries) {
    if (!entry.key.startsWith(`${runId}:`)) continue;
    const landed = ledger.countLanded(entry.key);
    const most = entry.effect === 'neither' ? 1 + (retries.get(entry.key) ?? 0) : Number.POSITIVE_INFINITY;
    if (landed > most) {
      // When an attempt had completed it and a later one made it again, neither a crash nor a doubt has doubled it, but the policy of its node.
      const attempts = calls.filter((call) => call.key === entry.key);
      const isMadeAgain = attempts.slice(0, -1).some((call) => call.isCompleted) && landed < most + attempts.length;
      const why = isMadeAgain ? ', completed before, because its node was tried again' : '';
      return `${entry.tool} took effect ${landed} times under ${entry.key}, of ${most} that may be${why}`;
    }
    if (entry.effect === 'dedupes-by-key' && landed > 1) return `${entry.tool} was not deduped under ${entry.key}`;
    if (!calls.some((call) => call.key === entry.key))
      return `${entry.tool} was called under ${entry.key}, which the journal does not know`;
  }
  const lost = calls.find((call) => call.isCompleted && !call.isAssumed && ledger.countLanded(call.key) === 0);
  return lost === undefined ? undefined : `${lost.tool} is said to be done at ${lost.frame}, but never took effect`;
}

/** The effects of a run as often as they happened, without the run's own name: what two runs of the same plan compare by. */
export function listEffects(runId: string, ledger: Ledger): readonly string[] {
  const landed = ledger.entries.filter((entry) => entry.hasLanded && entry.key.startsWith(`${runId}:`));
  const texts = landed.map(({ tool, key, effect }) => ({ effect, text: `${tool} ${key.slice(runId.length + 1)}` }));
  // Doing an idempotent thing again is no second effect.
  const once = new Set(texts.filter(({ effect }) => effect === 'idempotent').map(({ text }) => text));
  return [...once, ...texts.filter(({ effect }) => effect !== 'idempotent').map(({ text }) => text)].sort();
}

interface JournalledCall {
  readonly frame: string;
  readonly tool: string;
  readonly key: string;
  isCompleted: boolean;
  /** A person said that it was done. */
  isAssumed: boolean;
  /** How often a person said: do it again. */
  retries: number;
}

function listCalls(events: readonly RunEvent[]): readonly JournalledCall[] {
  const calls = new Map<string, JournalledCall>();
  const questions = new Map<string, string>();
  for (const event of events) {
    switch (event.type) {
      case 'toolCall.started': {
        const { frame, tool, idempotencyKey } = event.data;
        if (!calls.has(frame)) calls.set(frame, { frame, tool, key: idempotencyKey, isCompleted: false, isAssumed: false, retries: 0 });
        break;
      }
      case 'toolCall.completed': {
        const call = calls.get(event.data.frame);
        if (call !== undefined) call.isCompleted = true;
        break;
      }
      case 'approval.requested':
        if (event.data.subject.type === 'outcomeUnknown') questions.set(event.data.approvalId, event.data.subject.callFrame);
        break;
      case 'approval.resolved': {
        const call = calls.get(questions.get(event.data.approvalId) ?? '');
        if (call !== undefined && event.data.decision.type === 'retry') call.retries += 1;
        if (call !== undefined && event.data.decision.type === 'assumeDone') call.isAssumed = true;
        break;
      }
      default:
    }
  }
  return [...calls.values()];
}
