import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { ForkReport } from '#shared/context/fork-report.ts';
import type { ApprovalAnswer, OpenApproval } from '#shared/contract/runs.ts';
import type { ApprovalMode, Steering } from '#shared/run/events.ts';
import type { ForkEdit, ForkOrigin, ForkReuse } from '#shared/run/fork-origin.ts';
import type { ModelDelta } from '#shared/run/message.ts';
import type { RunPart } from '#shared/run/part.ts';
import type { ReplayReport } from '#shared/run/replay-report.ts';
import type { RunState, RunSummary } from '#shared/run/state.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import type { RecordedFigures } from '#shared/workflow/problem.ts';

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
  /** The part of the workflow that runs; null or left out for the whole. */
  readonly part?: RunPart | null;
}

/** What a replay follows and when it gives up. */
export interface ReplayOptions {
  readonly workflow?: WorkflowDocument;
  readonly subworkflows?: Readonly<Record<string, WorkflowDocument>>;
  readonly signal?: AbortSignal;
}

/** What a fork is asked for. What is left out is as in the run that it is forked from. */
export interface ForkRun {
  readonly runId: string;
  readonly atSeq: number;
  readonly edits: readonly ForkEdit[];
  readonly reuse: ForkReuse;
  readonly startedBy: StartRun['startedBy'];
  readonly approvalMode?: ApprovalMode;
  /** Reads a subworkflow that an edited document runs and the origin had not; refused as a missing file when left out. */
  readonly openWorkflow?: (path: string) => Promise<WorkflowDocument>;
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
  /**
   * Starts a run that takes over what another recorded, as far as the edits leave it unaffected. Refuses with `request.invalid` an event or a
   * frame that the origin has not, and what `start` refuses.
   */
  fork(request: ForkRun): Promise<{ readonly runId: string }>;
  /** What a fork reused, what it did again, and why. Refuses with `request.invalid` a run that is no fork. */
  forkReport(runId: string): ForkReport;
  /**
   * Runs the executors again over what the journal says, without asking anyone: the same again, or what differs. With `workflow` it follows
   * that document instead of the one that the run was started with.
   */
  replay(runId: string, options: ReplayOptions): Promise<ReplayReport>;
  cancel(runId: string, reason: string): Promise<void>;
  /** Stops the run and undoes what it did by the compensations its nodes name. */
  compensate(runId: string, reason: string, by: string): Promise<void>;
  /** Starts nothing more until `continue`. Does nothing when it is interrupted already, except that `abandon` also drops what `finish` waits for. */
  interrupt(runId: string, mode: 'finish' | 'abandon', reason: string, by: string): Promise<void>;
  /** Refuses with `run.notInterrupted`, and with `run.overBudget` while the run has cost its budget. */
  continue(runId: string, by: string): Promise<void>;
  /** Refuses with `run.steeringInvalid` what the run's workflow has not, or what is too late. */
  steer(runId: string, changes: readonly Steering[], by: string): Promise<void>;
  /** Moves a node that waits for room to another lane. Refuses with `lane.notFound`, and with `run.steeringInvalid` when it does not wait. */
  move(runId: string, node: string, lane: string, by: string): Promise<void>;
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
  /** Median duration and cost of each node over the last finished runs of a workflow file. */
  recordedFigures(workflowPath: string): Readonly<Record<string, RecordedFigures>>;
  close(): Promise<void>;
}
