import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonValue } from '#shared/base/json.ts';
import type { ApprovalSubject, HookOutcome, Steering } from '#shared/run/events.ts';
import type { ModelAnswer } from '#shared/run/message.ts';
import type { ApprovalState, ReusedFrom } from '#shared/run/state.ts';

/** What a tool call came to before, or that nobody knows whether it took effect. */
export type ReusedToolCall =
  | { readonly type: 'completed'; readonly result: JsonValue; readonly isTruncated: boolean; readonly from: ReusedFrom }
  | { readonly type: 'failed'; readonly error: ErrorInfo }
  | { readonly type: 'inDoubt' };

/**
 * Where a run gets answers that were given before, instead of asking the outside: a fork from the run that it was forked from, a replay
 * from its own journal. Undefined means that the outside is to be asked.
 */
export interface Reuse {
  modelCall(ask: {
    readonly frame: string;
    readonly requestHash: string;
  }): { readonly answer: ModelAnswer; readonly from: ReusedFrom } | undefined;
  toolCall(ask: {
    readonly frame: string;
    readonly tool: string;
    readonly arguments: JsonValue;
    readonly argumentsHash: string;
  }): ReusedToolCall | undefined;
  answer(ask: {
    readonly frame: string;
    readonly subject: ApprovalSubject;
  }): Exclude<ApprovalState['decision'], { type: 'open' }> | undefined;
  /** Whether this wait is over before it begins. */
  timer(ask: { readonly frame: string; readonly delayMs: number }): boolean;
  signal(ask: {
    readonly frame: string;
    readonly name: string;
  }): { readonly type: 'received'; readonly payload: JsonValue; readonly by: string } | { readonly type: 'missed' } | undefined;
  hook(ask: {
    readonly frame: string;
    readonly point: string;
    readonly ordinal: number;
    readonly hook: string;
  }): Promise<HookOutcome> | HookOutcome | undefined;
  /** How the run had been steered before it came to this attempt or turn, as far as that has not been done here yet. */
  steeringBefore(frame: string): readonly Steering[];
}
