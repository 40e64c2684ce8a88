import type { FiledDeadLetter } from '#shared/contract/dead-letters.ts';
import { formatCount } from '../../ui/format.ts';

/** Why it is final, after how many tries. */
export function toReasonWords({ reason, attempts }: Pick<FiledDeadLetter, 'reason' | 'attempts'>): string {
  const tries = formatCount(attempts, 'try', 'tries');
  return {
    noTriesLeft: `Failed after ${tries}; no more were allowed`,
    outOfTime: `Failed after ${tries}; its time was over`,
    lasting: `Failed after ${tries}; trying again would meet the same`,
    inDoubt: 'Nobody knows what happened outside',
    decided: 'It was decided so',
  }[reason];
}

/** What the failure led to. */
export function toEffectWords({ effect }: Pick<FiledDeadLetter, 'effect'>): string {
  return {
    runFailed: 'The run failed of it',
    leftOut: 'The run went on without it',
    kept: 'The map went on without this item',
    notUndone: 'What it should undo is still done',
  }[effect];
}

/** What sort of thing failed, for a letter’s title. */
export function toSortWords({ type, scope }: Pick<FiledDeadLetter, 'type' | 'scope'>): string {
  const place = scope === null ? '' : ` in item ${scope.index + 1}`;
  return { node: `Node${place}`, compensation: `Undoing${place}`, item: 'Item of a map', run: 'Run' }[type];
}

/** The letters that have to be run again to answer for all: a run takes its letters along, but each undoing goes alone. */
export function toReruns(letters: readonly FiledDeadLetter[]): readonly FiledDeadLetter[] {
  const runs = new Set<string>();
  return letters.filter((letter) => {
    if (letter.type === 'compensation') return true;
    if (runs.has(letter.runId)) return false;
    runs.add(letter.runId);
    return true;
  });
}

/** The letter that is shown: the chosen one while it is there, else the newest. */
export function selectShownLetter(letters: readonly FiledDeadLetter[], id: string | null): FiledDeadLetter | null {
  return letters.find((letter) => letter.id === id) ?? letters[0] ?? null;
}
