import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { ApprovalMode, ForkOrigin, Steering } from '#shared/run/events.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import type { RunState, RunSummary } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

export interface StartRun {
  readonly document: WorkflowDocument;
  readonly workflowPath: string | null;
  readonly inputs: JsonObject;
  readonly approvalMode: ApprovalMode;
  readonly modelOverride: string | null;
  readonly startedBy: 'window' | 'cli' | 'api' | 'test';
  /** The workflows that its maps, loops and subflows run, by path; see `subworkflows.ts`. */
  readonly subworkflows?: Readonly<Record<string, WorkflowDocument>>;
  /** Where the run interrupts itself, in US dollars; null or left out for no limit. */
  readonly budgetUsd?: number | null;
  readonly forkedFrom?: ForkOrigin | null;
}

/** All runs of a workspace: what the API and the command line ask of the runtime. Refusals are HeddleErrors. */
export interface Runs {
  /** Validates, journals `run.started` and sets off. Resolves when that event is durable. */
  start(request: StartRun): Promise<{ readonly runId: string }>;
  /** Newest first. */
  summaries(): readonly RunSummary[];
  /** Rejects with `run.notFound`. */
  summary(runId: string): RunSummary;
  /** The fold of everything journalled so far, or of the events up to `atSeq`. */
  state(runId: string, atSeq?: number): RunState;
  cancel(runId: string, reason: string): Promise<void>;
  /** Stops the run and undoes what it did by the compensations its nodes name. */
  compensate(runId: string, reason: string): Promise<void>;
  /** Starts nothing more until `continue`. Does nothing when it is interrupted already, except that `abandon` also drops what `finish` waits for. */
  interrupt(runId: string, mode: 'finish' | 'abandon', reason: string, by: string): Promise<void>;
  /** Refuses with `run.notInterrupted`, and with `run.overBudget` while the run has cost its budget. */
  continue(runId: string, by: string): Promise<void>;
  /** Refuses with `run.steeringInvalid` what the run's workflow has not, or what is too late. */
  steer(runId: string, changes: readonly Steering[], by: string): Promise<void>;
  signal(runId: string, name: string, payload: JsonValue, by: string): Promise<void>;
  /** Takes up a run that is not finished and not being driven, after a fault stopped it. */
  resume(runId: string): Promise<void>;
  decide(runId: string, approvalId: string, answer: ApprovalAnswer, by: string): Promise<void>;
  openApprovals(): readonly OpenApproval[];
  /** Resolves when the run has ended or nothing in it can go on before a person answers. */
  settled(runId: string, signal: AbortSignal): Promise<RunState>;
  onSummary(listener: (summary: RunSummary) => void): () => void;
  onDelta(runId: string, listener: (frame: string, delta: ModelDelta) => void): () => void;
  /** Takes up everything that was running when the host last stopped. Called once, after start. */
  recover(): Promise<{
    readonly resumed: readonly string[];
    readonly refused: readonly { readonly runId: string; readonly reason: string }[];
  }>;
  /** Mean duration of each node over the last finished runs of a workflow file, in milliseconds. */
  recordedDurations(workflowPath: string): Readonly<Record<string, number>>;
  close(): Promise<void>;
}
