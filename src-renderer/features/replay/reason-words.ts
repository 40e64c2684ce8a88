import type { ForkReason, ForkStep } from '#shared/context/fork-report.ts';
import type { DivergenceClass } from '#shared/run/replay-report.ts';

/** Why a step of a fork was taken over or done again, as a reader wants it. */
export function toReasonWords(reason: ForkReason): string {
  switch (reason.type) {
    case 'sameContent':
      return 'asked for exactly the same';
    case 'edited':
      return 'its answer was edited';
    case 'changed':
      return reason.changes.length === 0
        ? 'asked for something else'
        : `${reason.changes.map(({ label }) => label).join(', ')} ${reason.changes.length === 1 ? 'differs' : 'differ'}`;
    case 'new':
      return 'new in this run';
    case 'notReached':
      return 'the run it comes from had no answer yet';
    case 'failedBefore':
      return 'it had failed before';
    case 'consentUsed':
      return 'an approval holds for one effect';
    case 'askedFor':
      return 'asked to run again';
  }
}

/** What became of a step, in one word. */
export const decisionWords: Readonly<Record<ForkStep['decision'], string>> = {
  reused: 'reused',
  edited: 'edited',
  ranAgain: 'ran again',
};

/** What sort of thing came out differently in a replay. */
export const classWords: Readonly<Record<DivergenceClass, string>> = {
  prompt: 'Prompt',
  toolArguments: 'Tool arguments',
  order: 'Order',
  time: 'Time',
  chance: 'Chance',
  model: 'Model',
  hook: 'Hook',
  value: 'Value',
  workflowChanged: 'Workflow changed',
};
