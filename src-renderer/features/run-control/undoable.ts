import { listCompensations } from '#shared/run/compensations.ts';
import { toNodeName } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';

/** What stopping and undoing a run would do now, in the order it would do it. */
export function listUndoable(state: RunState): readonly { readonly address: string; readonly name: string }[] {
  return listCompensations(state, '', state)
    .filter(({ state: { status } }) => status === 'pending')
    .map(({ address }) => ({ address, name: toNodeName(state, address) }));
}
