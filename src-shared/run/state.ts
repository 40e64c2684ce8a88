import type { ErrorInfo } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { WorkflowDocument } from '../workflow/document.ts';
import type { ApprovalMode, ApprovalSubject, EffectClass, OutcomeDecision } from './events.ts';
import type { ModelAnswer, RecordedRequest, TokenUsage } from './message.ts';

/** `waiting` means that nothing can go on before a person answers; the reducer derives it, no event records it. */
export type RunStatus = 'running' | 'waiting' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';

/** Sums over the model calls of a run or node. `costUsd` is null when a call had no price. */
export interface UsageTotals extends TokenUsage {
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly costUsd: number | null;
}

export type NodeState =
  | { readonly status: 'pending' }
  | ({ readonly status: 'running'; readonly startedAtMs: number } & NodeProgress)
  | ({ readonly status: 'retrying'; readonly startedAtMs: number; readonly dueAtMs: number; readonly error: ErrorInfo } & NodeProgress)
  | ({
      readonly status: 'succeeded';
      readonly startedAtMs: number;
      readonly endedAtMs: number;
      readonly outputs: JsonObject;
    } & NodeProgress)
  | ({ readonly status: 'failed'; readonly startedAtMs: number; readonly endedAtMs: number; readonly error: ErrorInfo } & NodeProgress)
  | ({ readonly status: 'cancelled'; readonly startedAtMs: number; readonly endedAtMs: number } & NodeProgress)
  | ({ readonly status: 'skipped'; readonly reason: string } & NodeProgress);

interface NodeProgress {
  /** The event that settled the node; what started later may read its outputs. */
  readonly settledSeq?: number;
  readonly attempts: readonly AttemptState[];
  readonly usage: UsageTotals;
  /** The case a branch chose. */
  readonly takenCase?: string;
}

/** One try at a node: its inputs, and the frames below it. */
export interface AttemptState {
  readonly frame: string;
  readonly attempt: number;
  readonly inputs: JsonObject;
  readonly startedAtMs: number;
  readonly startedSeq: number;
  readonly endedAtMs: number | null;
  readonly error: ErrorInfo | null;
  readonly turns: readonly TurnState[];
  /** Calls outside any turn (prompt, tool and code nodes). */
  readonly calls: readonly CallState[];
}

export interface TurnState {
  readonly frame: string;
  readonly turn: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly calls: readonly CallState[];
}

export type CallState = ModelCallState | ToolCallState;

export interface ModelCallState {
  readonly type: 'model';
  readonly frame: string;
  /** As journalled; `toSentRequest` gives the whole. */
  readonly request: RecordedRequest;
  readonly requestHash: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly outcome:
    | { readonly type: 'pending' }
    | { readonly type: 'completed'; readonly answer: ModelAnswer }
    | { readonly type: 'failed'; readonly error: ErrorInfo; readonly retryAtMs: number | null };
}

export interface ToolCallState {
  readonly type: 'tool';
  readonly frame: string;
  readonly tool: string;
  readonly callId: string;
  readonly arguments: JsonValue;
  readonly argumentsHash: string;
  readonly requestedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly effect: EffectClass | null;
  readonly approvalId: string | null;
  readonly outcome:
    | { readonly type: 'requested' }
    | { readonly type: 'started' }
    | { readonly type: 'unknown' }
    | { readonly type: 'completed'; readonly result: JsonValue; readonly isTruncated: boolean }
    | { readonly type: 'failed'; readonly error: ErrorInfo };
}

export interface ApprovalState {
  readonly approvalId: string;
  readonly frame: string;
  readonly node: string;
  readonly subject: ApprovalSubject;
  readonly requestedAtMs: number;
  readonly decidedAtMs: number | null;
  readonly decision:
    | { readonly type: 'open' }
    | { readonly type: 'granted'; readonly by: string; readonly value: JsonValue; readonly isEdited: boolean }
    | { readonly type: 'denied'; readonly by: string; readonly reason: string }
    | { readonly type: 'resolved'; readonly by: string; readonly outcome: OutcomeDecision };
}

/** Everything that is true of a run at one moment: the fold of its events so far. Plain data, never mutated. */
export interface RunState {
  readonly runId: string;
  readonly lastSeq: number;
  readonly status: RunStatus;
  readonly workflow: WorkflowDocument;
  readonly workflowPath: string | null;
  readonly inputs: JsonObject;
  readonly approvalMode: ApprovalMode;
  readonly modelOverride: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** By place, see `node-states.ts`: an event copies this list, and copying a record of many keys costs a hundred times as much. */
  readonly nodes: readonly NodeState[];
  /** Executable nodes that have not settled yet; the run can end when it is 0. */
  readonly unsettledNodes: number;
  readonly openApprovals: number;
  readonly approvals: Readonly<Record<string, ApprovalState>>;
  readonly outputs: JsonObject | null;
  readonly error: ErrorInfo | null;
  readonly failedNode: string | null;
  /** The first node whose failure stops the run: it is on its way to failing. */
  readonly failure: { readonly node: string; readonly error: ErrorInfo } | null;
  readonly cancelReason: string | null;
  readonly usage: UsageTotals;
  readonly timesResumed: number;
}

/** The line of a run in a list. */
export interface RunSummary {
  readonly runId: string;
  readonly status: RunStatus;
  readonly workflowName: string;
  readonly workflowPath: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly usage: UsageTotals;
  readonly openApprovals: number;
  readonly lastSeq: number;
  /** Why it failed; or, while it has not ended, the fault that keeps the host from driving it. */
  readonly error: ErrorInfo | null;
}
