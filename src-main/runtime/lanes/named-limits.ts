import type { SchedulingSettings } from '#shared/run/lane-settings.ts';
import { createGate, type Gate } from './admission.ts';
import type { LaneKeys } from './lane-ticket.ts';

/** Limits by sort and name (per provider, per agent, …). A gate is there only while somebody needs it. */
export interface NamedLimitGates {
  /** Adds the gates that these keys have to pass. */
  addGates(keys: LaneKeys, gates: Gate[]): void;
  /** Forgets those among them that nobody uses any more. */
  forgetUnused(keys: LaneKeys): void;
  list(): { readonly sort: string; readonly name: string; readonly limit: number; readonly atWork: number }[];
}

export function createNamedLimitGates(limits: SchedulingSettings['limits']): NamedLimitGates {
  const sorts = Object.entries(limits).map(([sort, { each, byName }]) => ({
    sort,
    each,
    byName: new Map(Object.entries(byName)),
    gates: new Map<string, Gate>(),
  }));
  return {
    addGates(keys, gates) {
      for (const { sort, each, byName, gates: known } of sorts) {
        const name = keys[sort];
        if (name === undefined) continue;
        let gate = known.get(name);
        if (gate === undefined) {
          const limit = byName.get(name) ?? each;
          if (limit === null) continue;
          gate = createGate(`${sort} ${name}`, limit);
          known.set(name, gate);
        }
        gates.push(gate);
      }
    },
    forgetUnused(keys) {
      for (const { sort, gates: known } of sorts) {
        const name = keys[sort];
        const gate = name === undefined ? undefined : known.get(name);
        if (gate !== undefined && gate.inUse === 0 && gate.groups === 0) known.delete(name as string);
      }
    },
    list: () => sorts.flatMap(({ sort, gates }) => [...gates].map(([name, { limit, inUse }]) => ({ sort, name, limit, atWork: inUse }))),
  };
}
