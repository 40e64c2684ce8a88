import { assertNever } from '../base/assert-never.ts';
import { applyEdit } from '../workflow/edits.ts';
import type { CommandKey, HistoryEvent } from './events.ts';
import { beginHistory, emptyStack, type HistoryState, popStep, pushStep, type StepMark, type StepStack } from './state.ts';

/** The state after an event. Pure: the host and every window come to the same one. `state` is null before the first event. */
export function reduceHistory(state: HistoryState | null, event: HistoryEvent): HistoryState {
  const { seq } = event;
  if (event.type === 'workflow.begun') {
    const { path, document, revision } = event.data;
    return { ...beginHistory(path, document, revision), seq, file: { revision, before: null, seq } };
  }
  if (state === null) throw new Error(`The history begins with ${event.type}`);
  switch (event.type) {
    case 'workflow.edited': {
      const { step, label, group, edit, command } = event.data;
      return {
        ...state,
        seq,
        document: applyEdit(state.document, edit),
        undo: withStep(state.undo, { id: step, label, group, first: seq, last: seq }),
        redo: emptyStack,
        acknowledged: withCommand(state.acknowledged, command),
      };
    }
    case 'workflow.undone': {
      const { step, label, edit, command } = event.data;
      return {
        ...state,
        seq,
        document: applyEdit(state.document, edit),
        undo: popStep(state.undo),
        redo: pushStep(state.redo, state.undo.top?.step ?? { id: step, label, group: null, first: seq, last: seq }),
        acknowledged: withCommand(state.acknowledged, command),
      };
    }
    case 'workflow.redone': {
      const { step, label, edit, command } = event.data;
      const mark = state.redo.top?.step ?? { id: step, label, group: null, first: seq, last: seq };
      return {
        ...state,
        seq,
        document: applyEdit(state.document, edit),
        // What is typed after a redo is a step of its own.
        undo: pushStep(state.undo, { ...mark, group: null }),
        redo: popStep(state.redo),
        acknowledged: withCommand(state.acknowledged, command),
      };
    }
    case 'workflow.changedOutside': {
      const { step, label, revision, edit } = event.data;
      return {
        ...state,
        seq,
        document: applyEdit(state.document, edit),
        undo: pushStep(state.undo, { id: step, label, group: null, first: seq, last: seq }),
        redo: emptyStack,
        file: { revision, before: null, seq },
      };
    }
    case 'workflow.saveBegun':
      return { ...state, seq, file: { ...event.data, seq } };
    case 'workflow.versionNamed': {
      const { [event.data.seq]: _before, ...names } = state.names;
      return { ...state, seq, names: event.data.name === null ? names : { ...names, [event.data.seq]: event.data.name } };
    }
    case 'workflow.moved':
      return { ...state, seq, path: event.data.path };
    default:
      return assertNever(event);
  }
}

/** On the stack, or in its top when it continues that. */
function withStep(stack: StepStack, step: StepMark): StepStack {
  const top = stack.top?.step;
  return top?.id === step.id ? pushStep(popStep(stack), { ...top, last: step.last }) : pushStep(stack, step);
}

/** Windows that were not heard for longest are forgotten: theirs cannot come again. */
const mostWindows = 200;

function withCommand(acknowledged: HistoryState['acknowledged'], command: CommandKey): HistoryState['acknowledged'] {
  if (command === null) return acknowledged;
  const { [command.window]: before, ...others } = acknowledged;
  const windows = Object.keys(others);
  if (before === undefined && windows.length >= mostWindows) delete (others as Record<string, number>)[windows[0] as string];
  return { ...others, [command.window]: command.number };
}
