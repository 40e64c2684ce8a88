import type { JsonObject } from '#shared/base/json.ts';
import type { EffectClass } from '#shared/run/events.ts';

/** One time that a tool was really called. It stands outside every host and outlives them. */
export interface LedgerEntry {
  readonly tool: string;
  readonly effect: EffectClass;
  readonly key: string;
  readonly args: JsonObject;
  readonly atStep: number;
  /** Which host called, counted from 1. */
  readonly host: number;
  /** True when this call has changed the world. A `dedupes-by-key` tool that has seen the key changes nothing again. */
  hasLanded: boolean;
}

/** What happened outside, in order. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  enter(entry: Omit<LedgerEntry, 'hasLanded'>): LedgerEntry;
  land(entry: LedgerEntry): void;
  /** How often calls with this key were made. */
  countCalls(key: string): number;
  /** How often calls with this key changed the world. */
  countLanded(key: string): number;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const entries: LedgerEntry[] = [];
  const ofKey = (key: string) => entries.filter((entry) => entry.key === key);
  return {
    entries,
    enter(entry) {
      const entered = { ...entry, hasLanded: false };
      entries.push(entered);
      return entered;
    },
    land(entry) {
      if (entry.effect === 'dedupes-by-key' && ofKey(entry.key).some((other) => other.hasLanded)) return;
      entry.hasLanded = true;
    },
    countCalls: (key) => ofKey(key).length,
    countLanded: (key) => ofKey(key).filter((entry) => entry.hasLanded).length,
  };
}
