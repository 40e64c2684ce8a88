import type { WorkflowDocument } from '../workflow/document.ts';
import type { WorkflowEdit } from '../workflow/edit.ts';

/** One thing that can be undone, without what it did: that is in the events `first` to `last`. */
export interface StepMark {
  readonly id: string;
  /** What was done, as the undo button says it: `Move Writer`. */
  readonly label: string;
  /** Edits of the same group that follow each other are one step. */
  readonly group: string | null;
  readonly first: number;
  readonly last: number;
}

/** What a step did and what leads back. */
export interface StepEdits {
  readonly edit: WorkflowEdit;
  readonly inverse: WorkflowEdit;
}

/** Steps on top of each other. `depth` counts all; a window knows only the upper ones. */
export interface StepStack {
  readonly depth: number;
  readonly top: StepLink | null;
}

interface StepLink {
  readonly step: StepMark;
  readonly below: StepLink | null;
}

/** What a workflow's history adds up to: the document, and the way back and forth. */
export interface HistoryState {
  readonly path: string;
  readonly document: WorkflowDocument;
  /** The newest event that is in it; 0 when the history has not begun yet. */
  readonly seq: number;
  readonly undo: StepStack;
  readonly redo: StepStack;
  /** The newest command of each window, the windows in the order in which they were last heard. */
  readonly acknowledged: Readonly<Record<string, number>>;
  /** The text that was last written or read: its SHA-256, that of the one before, and the event after which it is the document. */
  readonly file: { readonly revision: string; readonly before: string | null; readonly seq: number };
  /** Names of versions, by event. */
  readonly names: Readonly<Record<number, string>>;
}

export const emptyStack: StepStack = { depth: 0, top: null };

export function pushStep(stack: StepStack, step: StepMark): StepStack {
  return { depth: stack.depth + 1, top: { step, below: stack.top } };
}

/** The stack without its top. */
export function popStep(stack: StepStack): StepStack {
  return { depth: Math.max(0, stack.depth - 1), top: stack.top?.below ?? null };
}

/** The upper steps, the top one first. */
export function listSteps(stack: StepStack, most = Number.POSITIVE_INFINITY): readonly StepMark[] {
  const steps: StepMark[] = [];
  for (let link = stack.top; link !== null && steps.length < most; link = link.below) steps.push(link.step);
  return steps;
}

/** A stack of which only these upper steps are known, the top one first. */
export function toStack(steps: readonly StepMark[], depth = steps.length): StepStack {
  return { ...steps.reduceRight(pushStep, emptyStack), depth };
}

/** The state before anything happened: a document as it was read. */
export function beginHistory(path: string, document: WorkflowDocument, revision: string): HistoryState {
  return {
    path,
    document,
    seq: 0,
    undo: emptyStack,
    redo: emptyStack,
    acknowledged: {},
    file: { revision, before: null, seq: 0 },
    names: {},
  };
}

/** True when this command of a window has been done. */
export function isAcknowledged(state: HistoryState, window: string, number: number): boolean {
  return number <= (state.acknowledged[window] ?? 0);
}
