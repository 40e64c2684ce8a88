import { z } from 'zod';
import { assertNever } from '../base/assert-never.ts';
import { HeddleError } from '../base/errors.ts';
import { workflowEditSchema } from '../workflow/edit.ts';
import { applyEdit, invertEdit } from '../workflow/edits.ts';
import { type Author, type CommandKey, type NewHistoryEvent, toHistoryEvent } from './events.ts';
import type { HistoryState, StepEdits, StepMark } from './state.ts';

/** What a window asks of the history of a workflow. `step` of undo and redo is the one it means; null for whatever is on top. */
export const historyCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('edit'),
    number: z.int().positive(),
    edit: workflowEditSchema,
    label: z.string().max(1000),
    group: z.string().max(1000).nullable(),
    /** The step that this goes on with, when that is still the newest. */
    continues: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('undo'), number: z.int().positive(), step: z.string().nullable() }),
  z.strictObject({ type: z.literal('redo'), number: z.int().positive(), step: z.string().nullable() }),
]);
export type HistoryCommand = z.infer<typeof historyCommandSchema>;

/** What a step did, where that is known here. */
export type FindStep = (step: StepMark) => StepEdits | null;

/** Who asks, when, and what the new step is called, as facts. */
export interface Asking {
  readonly author: Author;
  readonly command: CommandKey;
  readonly stepId: string;
  readonly atMs: number;
}

/**
 * The event that a command leads to, or null when there is nothing to do. Throws `workflow.invalid`, saying why, when it cannot
 * be done to the document as it now is.
 */
export function decideCommand(state: HistoryState, command: HistoryCommand, asking: Asking, findStep: FindStep): NewHistoryEvent | null {
  const { author, atMs } = asking;
  switch (command.type) {
    case 'edit': {
      const { edit, label, group, continues } = command;
      const top = state.undo.top?.step;
      const isContinued = continues !== null && top?.id === continues && state.redo.depth === 0;
      // Tried before it is recorded: a fact that cannot be folded would be the end of the history.
      applyEdit(state.document, edit);
      const inverse = invertEdit(state.document, edit);
      const step = isContinued ? continues : asking.stepId;
      return toHistoryEvent('workflow.edited', { command: asking.command, author, step, label, group, edit, inverse }, atMs);
    }
    case 'undo': {
      const { top, depth } = state.undo;
      if (depth === 0) return null;
      const known = top === null ? null : findStep(top.step);
      if (top === null || known === null) return null;
      requireOnTop(command, top.step);
      applyEdit(state.document, known.inverse);
      const { id: step, label } = top.step;
      return toHistoryEvent('workflow.undone', { command: asking.command, author, step, label, edit: known.inverse }, atMs);
    }
    case 'redo': {
      const { top } = state.redo;
      const known = top === null ? null : findStep(top.step);
      if (top === null || known === null) return null;
      requireOnTop(command, top.step);
      applyEdit(state.document, known.edit);
      const { id: step, label } = top.step;
      return toHistoryEvent('workflow.redone', { command: asking.command, author, step, label, edit: known.edit }, atMs);
    }
    default:
      return assertNever(command);
  }
}

/** The id of the step that a command of a window begins. */
export function toStepId(window: string, number: number): string {
  return `${window}:${number}`;
}

function requireOnTop(command: Extract<HistoryCommand, { step: string | null }>, top: StepMark): void {
  if (command.step === null || command.step === top.id) return;
  const doing = command.type === 'undo' ? 'undone' : 'redone';
  throw new HeddleError('workflow.invalid', `It was not ${doing}, because the workflow was changed in between. Look at it and try again.`);
}
