import type { ErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import type { ToolApproval } from '#shared/nodes/agent/agent.ts';
import type { Delivery } from '#shared/run/deliveries.ts';
import type { ApprovalSubject } from '#shared/run/events.ts';
import type { ModelAnswer, ModelRequest, OfferedTool } from '#shared/run/message.ts';
import type { ApprovalTimeout } from '#shared/run/state.ts';
import type { WorkflowNode } from '#shared/workflow/document.ts';

export interface ToolCallOrder {
  readonly tool: string;
  /** Null when the model's text was no JSON object; the call then fails with `rawArguments` in its words and nothing runs. */
  readonly arguments: JsonObject | null;
  readonly rawArguments: string;
  /** The model's id of the call, or the node's id where no model asked. */
  readonly callId: string;
  readonly approval: ToolApproval;
  /** Why this call must not be made, when it must not: it is journalled as failed in these words. */
  readonly refusal?: string;
  /** The turn it belongs to; left out for calls directly below the attempt. */
  readonly turnFrame?: string;
}

export type ToolCallOutcome =
  | { readonly type: 'completed'; readonly value: JsonValue; readonly isTruncated: boolean; readonly isRecorded: boolean }
  | { readonly type: 'failed'; readonly error: ErrorInfo };

/** A workflow to run below the attempt, as the scope with this index. */
export interface ScopeOrder {
  readonly index: number;
  /** A path that the run's subworkflows know. */
  readonly workflowPath: string;
  readonly inputs: JsonObject;
  /** Stops this scope alone; it then ends as cancelled. */
  readonly signal?: AbortSignal;
}

export type ScopeOutcome =
  /** `endedSeq` says which of several ended first, also to an executor that hears of them after a restart. */
  | { readonly type: 'succeeded'; readonly outputs: JsonObject; readonly endedSeq: number }
  | { readonly type: 'failed'; readonly error: ErrorInfo }
  | { readonly type: 'cancelled' };

export type SignalOutcome = { readonly type: 'received'; readonly payload: JsonValue; readonly by: string } | { readonly type: 'missed' };

/** What happens to a question that nobody has answered in time. */
export interface AnswerDeadline {
  readonly afterMs: number;
  readonly onTimeout: ApprovalTimeout;
  /** Who is told besides when it escalates. */
  readonly escalateTo: string;
}

export type PersonAnswer = { readonly type: 'granted'; readonly value: JsonValue } | { readonly type: 'denied'; readonly reason: string };

/**
 * What an executor may do. Everything that comes from outside goes through here and is journalled;
 * when the run is resumed or replayed, the recorded answer is found by the content of the request and nothing happens twice.
 * Every promise rejects with the abort reason when the attempt is stopped.
 */
export interface NodeContext {
  readonly node: WorkflowNode;
  /** The attempt. */
  readonly frame: string;
  /** Input values by port. */
  readonly inputs: JsonObject;
  readonly signal: AbortSignal;
  /** What expressions may see of these names: `inputs`, and the outputs of upstream nodes by id (null for one that was skipped). */
  scopeOf(names: Iterable<string>): JsonObject;
  /** The inputs of the graph that the node is in: the run's, or its scope's. */
  readonly runInputs: JsonObject;
  /** The values at a port with the nodes they came from, in the order of the edges. */
  deliveries(port: string): readonly Delivery[];
  /** The model to ask: the run's override, or the one the node names. Refuses with `model.notConfigured` when there is none. */
  chooseModel(configured: string): string;
  startTurn(turn: number): { readonly frame: string };
  completeTurn(frame: string): void;
  /** Sends a request, tries again as the node's policy says, and gives the whole answer. */
  callModel(request: ModelRequest, turnFrame?: string): Promise<ModelAnswer>;
  /** Asks first when it must, then calls; a refusal or failure is an outcome, not an exception. */
  callTool(order: ToolCallOrder): Promise<ToolCallOutcome>;
  /** What a model is told of these tools. Rejects when one does not exist. */
  offerTools(names: readonly string[]): Promise<readonly OfferedTool[]>;
  askPerson(subject: Extract<ApprovalSubject, { type: 'node' | 'form' }>, deadline?: AnswerDeadline): Promise<PersonAnswer>;
  /** Runs a workflow below this attempt, to its end. One that an earlier attempt brought to its end with the same inputs is not run again. */
  runScope(order: ScopeOrder): Promise<ScopeOutcome>;
  /** The names of the inputs that a subworkflow asks for; none when the run has no such workflow. */
  inputNamesOf(workflowPath: string): readonly string[];
  /** Resolves when this much time has passed since it was first asked for, however often the host died in between. */
  waitFor(delayMs: number): Promise<void>;
  /** Resolves when the run is sent a signal of this name; one that came before counts. */
  awaitSignal(name: string, timeoutMs: number | null): Promise<SignalOutcome>;
  /** The case that steering has fixed for this node. */
  steeredCase(): string | undefined;
  takeBranch(caseName: string): void;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;
  /** Undefined when the value fits the schema, else what is wrong in one sentence. */
  checkJson(schema: JsonSchema, value: JsonValue): string | undefined;
}

/** Runs one kind of node: from its parsed config to its outputs by port. A port left out is not delivered. */
export type Executor<Config> = (config: Config, context: NodeContext) => Promise<JsonObject>;
