import type { ErrorInfo } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { HookPoint, WorkflowDocument, WorkflowNode } from '../workflow/document.ts';
import type { ApprovalMode, ApprovalSubject, EffectClass, HookOutcome, OutcomeDecision, RunEventData } from './events.ts';
import type { ForkOrigin } from './fork-origin.ts';
import type { ModelAnswer, RecordedRequest, TokenUsage } from './message.ts';
import type { GivenSource, RunPart } from './part.ts';

/**
 * `waiting` means that nothing can go on before a person answers or a signal comes; the reducer derives it, no event records it.
 * A run that is interrupted keeps until it is told to go on; one that compensates undoes what it had done before it ends.
 */
export type RunStatus =
  | 'running'
  | 'waiting'
  | 'interrupting'
  | 'interrupted'
  | 'cancelling'
  | 'compensating'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

/** Sums over the model calls of a run or node. `costUsd` is null when a call had no price. */
export interface UsageTotals extends TokenUsage {
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly costUsd: number | null;
}

export type NodeState =
  | { readonly status: 'pending' }
  /** Ready, and waiting for room in its lane. */
  | ({ readonly status: 'queued'; readonly queuedAtMs: number; readonly lane: string; readonly inputs: JsonObject } & NodeProgress)
  | ({ readonly status: 'running'; readonly startedAtMs: number } & NodeProgress)
  | ({ readonly status: 'retrying'; readonly startedAtMs: number; readonly dueAtMs: number; readonly error: ErrorInfo } & NodeProgress)
  | ({
      readonly status: 'succeeded';
      readonly startedAtMs: number;
      readonly endedAtMs: number;
      readonly outputs: JsonObject;
    } & Settled)
  | ({ readonly status: 'failed'; readonly startedAtMs: number; readonly endedAtMs: number; readonly error: ErrorInfo } & Settled)
  | ({ readonly status: 'cancelled'; readonly startedAtMs: number; readonly endedAtMs: number } & Settled)
  | ({ readonly status: 'skipped'; readonly reason: string } & Settled);

/** A node that something has become of. */
export type BegunNode = Exclude<NodeState, { readonly status: 'pending' }>;

interface NodeProgress {
  readonly attempts: readonly AttemptState[];
  readonly usage: UsageTotals;
  /** The case a branch chose. */
  readonly takenCase?: string;
  /** Where its outputs come from, when it did not run because the run is of another part of the workflow. */
  readonly given?: GivenSource;
}

interface Settled extends NodeProgress {
  /** The event that settled the node; what started later may read its outputs. */
  readonly settledSeq: number;
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
  /** What a map, loop or subflow runs, in the order of their start. */
  readonly scopes: readonly ScopeState[];
  readonly openScopes: number;
  readonly waits: readonly WaitState[];
  readonly hooks: readonly HookState[];
  /** Approval ids and wait frames that this attempt cannot go on without, answered by a person or a signal. */
  readonly openQuestions: readonly string[];
  /** What it began with, when steering has changed that since: an attempt goes on as it began. */
  readonly began: { readonly node: WorkflowNode; readonly modelOverride: string | null } | null;
}

/** A wait for a time or for a signal. */
export interface WaitState {
  readonly frame: string;
  /** Null for a timer. */
  readonly signal: string | null;
  readonly startedAtMs: number;
  readonly dueAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly outcome:
    | { readonly type: 'open' }
    | { readonly type: 'fired' }
    | { readonly type: 'received'; readonly payload: JsonValue; readonly by: string };
}

/** What a hook said, so that it is never asked the same again. */
export interface HookState {
  readonly frame: string;
  readonly point: HookPoint;
  readonly ordinal: number;
  readonly hook: string;
  readonly outcome: HookOutcome;
  readonly atMs: number;
}

/** How far the undoing of a scope's completed nodes has come. */
export type SagaState =
  | { readonly status: 'compensating'; readonly reason: string; readonly startedAtMs: number }
  | {
      readonly status: 'completed';
      readonly reason: string;
      readonly startedAtMs: number;
      readonly endedAtMs: number;
      readonly failed: readonly string[];
    };

/** A graph at work: the run's own, or that of a scope. */
export interface GraphState {
  /** By place, see `node-states.ts`: an event copies this list, and copying a record of many keys costs a hundred times as much. */
  readonly nodes: readonly NodeState[];
  /** Nodes of the forward flow that have not settled yet; the graph is done when it is 0. */
  readonly unsettledNodes: number;
  /** Nodes that are queued, running or waiting for their next attempt. */
  readonly atWork: number;
  /** The first node (by its id) whose failure stops the graph: it is on its way to failing. */
  readonly failure: { readonly node: string; readonly error: ErrorInfo } | null;
  readonly saga: SagaState | null;
}

/** One execution of a workflow below a node attempt: an item of a map, a round of a loop, or a subflow. */
export interface ScopeState extends GraphState {
  readonly path: string;
  readonly index: number;
  /** A key of `RunState.subworkflows`. */
  readonly workflowPath: string;
  readonly inputs: JsonObject;
  readonly status: 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** The event that ended it. */
  readonly endedSeq: number | null;
  readonly outputs: JsonObject | null;
  readonly error: ErrorInfo | null;
  readonly failedNode: string | null;
  readonly cancelReason: string | null;
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
    | { readonly type: 'completed'; readonly answer: ModelAnswer; readonly reusedFrom?: ReusedFrom }
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
    | { readonly type: 'completed'; readonly result: JsonValue; readonly isTruncated: boolean; readonly reusedFrom?: ReusedFrom }
    | { readonly type: 'failed'; readonly error: ErrorInfo };
}

/** The recorded call that was taken over from the run that this one was forked from. */
export interface ReusedFrom {
  readonly runId: string;
  readonly frame: string;
}

export interface ApprovalState {
  readonly approvalId: string;
  readonly frame: string;
  readonly node: string;
  readonly subject: ApprovalSubject;
  readonly requestedAtMs: number;
  readonly decidedAtMs: number | null;
  readonly deadline: { readonly dueAtMs: number; readonly onTimeout: ApprovalTimeout } | null;
  /** Who was told besides, when nobody had answered in time. */
  readonly escalatedTo: string | null;
  readonly decision:
    | { readonly type: 'open' }
    | { readonly type: 'granted'; readonly by: string; readonly value: JsonValue; readonly isEdited: boolean }
    | { readonly type: 'denied'; readonly by: string; readonly reason: string }
    | { readonly type: 'resolved'; readonly by: string; readonly outcome: OutcomeDecision };
}

export type ApprovalTimeout = RunEventData['approval.deadlineSet']['onTimeout'];

/** Everything that is true of a run at one moment: the fold of its events so far. Plain data, never mutated. */
export interface RunState extends GraphState {
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
  readonly subworkflows: Readonly<Record<string, WorkflowDocument>>;
  readonly forkedFrom: ForkOrigin | null;
  /** What the run is of, when it is not of the whole workflow; what was given stands in the nodes. */
  readonly part: Omit<RunPart, 'given'> | null;
  readonly budgetUsd: number | null;
  /** Node attempts that do work of their own, over all scopes, and those of them that cannot go on before a person or signal answers. */
  readonly activeNodes: number;
  readonly blockedNodes: number;
  readonly openApprovals: number;
  readonly approvals: Readonly<Record<string, ApprovalState>>;
  readonly outputs: JsonObject | null;
  readonly error: ErrorInfo | null;
  readonly failedNode: string | null;
  readonly cancelReason: string | null;
  /** True when the cancel asked for what was done to be undone. */
  readonly isCompensationRequested: boolean;
  readonly interrupt: {
    readonly mode: 'finish' | 'abandon';
    readonly reason: string;
    readonly requestedAtMs: number;
    readonly isReached: boolean;
  } | null;
  /** Cases that steering has fixed, by `path` of the workflow (empty for the run's own) and node id: `path:node`. */
  readonly steeredCases: Readonly<Record<string, string>>;
  /** Signals that nobody has waited for yet, oldest first. */
  readonly keptSignals: readonly { readonly name: string; readonly payload: JsonValue; readonly by: string; readonly atMs: number }[];
  /** Waits for a signal that are open, oldest first. */
  readonly openSignalWaits: readonly { readonly frame: string; readonly name: string }[];
  /** What hooks said about the run itself. */
  readonly hooks: readonly HookState[];
  readonly usage: UsageTotals;
  readonly timesResumed: number;
}

/** The line of a run in a list. */
export interface RunSummary {
  readonly runId: string;
  readonly status: RunStatus;
  readonly workflowName: string;
  readonly workflowPath: string | null;
  /** What it is of, in words, when it is not of the whole workflow. */
  readonly part?: string | undefined;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly usage: UsageTotals;
  readonly openApprovals: number;
  readonly lastSeq: number;
  /** Why it failed; or, while it has not ended, the fault that keeps the host from driving it. */
  readonly error: ErrorInfo | null;
}
