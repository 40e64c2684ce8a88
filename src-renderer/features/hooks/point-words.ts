import { type HookPoint, hookPoints } from '#shared/workflow/document.ts';
import { hookPointTitles } from '../../state/hook-words.ts';

interface PointWords {
  /** When it is asked, and what it is told. */
  readonly sentence: string;
  /** What `{"change": …}` has to hold there. */
  readonly change: string;
}

/** The nine moments at which a hook can be asked, in the order of a run. */
export const pointWords: Readonly<Record<HookPoint, PointWords>> = {
  beforeRun: {
    sentence: 'Once, before anything begins; value is the inputs of the run.',
    change: 'other inputs, as a record',
  },
  afterRun: {
    sentence: 'Once, before the run ends; value has its status, and its outputs or what it failed of.',
    change: '{"outputs": …}, when it succeeded',
  },
  beforeNode: {
    sentence: 'At each attempt of a node; value is what arrived, by input.',
    change: 'other inputs, as a record by input',
  },
  afterNode: {
    sentence: 'When an attempt has given something; value is what it gave, by output.',
    change: 'other outputs, as a record by output',
  },
  beforeModelCall: {
    sentence: 'Before each request; value is the whole request with its model, messages and tools.',
    change: 'the whole request',
  },
  afterModelCall: {
    sentence: 'When the answer has come; value is its text, its tool calls and its usage.',
    change: 'the whole answer',
  },
  beforeToolCall: {
    sentence: 'Before each use of a tool, also before a person is asked; value has tool and arguments.',
    change: '{"arguments": …}',
  },
  afterToolCall: {
    sentence: 'When the tool has given its result; value is that result.',
    change: 'another result',
  },
  onError: {
    sentence: 'When an attempt of a node has failed; value is the error with its code and message.',
    change: '{"message": …, "consequence": "stop" | "skip" | "retry"}',
  },
};

/** Whether the hook is asked about the run itself: then it cannot be narrowed to nodes. */
export function isAboutRun(point: HookPoint): boolean {
  return point === 'beforeRun' || point === 'afterRun';
}

/** Every point with its title. */
export const pointOptions = hookPoints.map((value) => ({ value, label: hookPointTitles[value] }));
