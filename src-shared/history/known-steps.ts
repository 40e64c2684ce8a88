import { invertEdit } from '../workflow/edits.ts';
import type { HistoryEvent } from './events.ts';
import { joinSteps } from './join-steps.ts';
import type { HistoryState, StepEdits, StepMark } from './state.ts';

/** What the newest steps did, kept in memory; what older ones did is in the journal. */
export type KnownSteps = readonly KnownStep[];

interface KnownStep extends StepEdits {
  readonly id: string;
}

/** More are not kept in memory; undoing them takes a look into the journal. */
const mostKnown = 200;

/** What is known of steps after an event; `before` is the state that the event came to. */
export function rememberStep(known: KnownSteps, before: HistoryState, event: HistoryEvent): KnownSteps {
  switch (event.type) {
    case 'workflow.edited': {
      const { step, edit, inverse } = event.data;
      if (before.undo.top?.step.id !== step) return withKnown(known, step, { edit, inverse });
      const begun = findKnown(known, before.undo.top.step);
      // Half of a step is no step.
      return begun === null ? known : withKnown(known, step, joinSteps(begun, { edit, inverse }));
    }
    case 'workflow.changedOutside': {
      const { step, edit, inverse } = event.data;
      return withKnown(known, step, { edit, inverse });
    }
    case 'workflow.undone': {
      const { step, edit: inverse } = event.data;
      return hasStep(known, step) ? known : withKnown(known, step, { edit: invertEdit(before.document, inverse), inverse });
    }
    case 'workflow.redone': {
      const { step, edit } = event.data;
      return hasStep(known, step) ? known : withKnown(known, step, { edit, inverse: invertEdit(before.document, edit) });
    }
    default:
      return known;
  }
}

/** What a step did, or null when it is not known any more. */
export function findKnown(known: KnownSteps, { id }: Pick<StepMark, 'id'>): StepEdits | null {
  return known.findLast((step) => step.id === id) ?? null;
}

function hasStep(known: KnownSteps, id: string): boolean {
  return findKnown(known, { id }) !== null;
}

function withKnown(known: KnownSteps, id: string, { edit, inverse }: StepEdits): KnownSteps {
  const others = known.at(-1)?.id === id ? known.slice(0, -1) : known.filter((step) => step.id !== id);
  return [...others.slice(-(mostKnown - 1)), { id, edit, inverse }];
}
