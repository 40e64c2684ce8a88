import { toEdgeState } from '#shared/run/deliveries.ts';
import { notInPart, skippedWhereRecorded } from '#shared/run/fresh-graph.ts';
import { attemptsOf, type GraphView, listNodeStates, nodeIn, viewScope } from '#shared/run/node-states.ts';
import { toRunGraph } from '#shared/run/run-graph.ts';
import type { AttemptState, NodeState, RunState, ScopeState } from '#shared/run/state.ts';
import type { WorkflowEdge, WorkflowNode } from '#shared/workflow/document.ts';
import { toGivenWords } from '../../state/given-words.ts';
import { toWaitingStatus } from '../../state/waiting-status.ts';
import { formatCount, formatDuration, formatMoney, formatTokens } from '../../ui/format.ts';
import type { Status } from '../../ui/status.ts';
import { countItems } from './map-items.ts';

/** What a run did at a node, as its card shows it. */
export interface RunCard {
  readonly status: Status;
  /** Since when it works or waits in its lane, when it does; the card then counts. */
  readonly startedAtMs: number | null;
  /** When its timer fires or its wait ends; the card then counts down. */
  readonly dueAtMs: number | null;
  /** What it came to: duration, tokens, cost; or why nothing did. */
  readonly figures: readonly string[];
  /** The last words of the model that speaks, on one line. */
  readonly snippet: string | null;
  /** How far a map has come. */
  readonly progress: MapProgress | null;
  /** Its place in the undoing, from 1, when there is one. */
  readonly undoOrder: number | null;
  /** True when what it runs can be looked into. */
  readonly canEnter: boolean;
  /** True when the run is of a part of the workflow that this node is not in. */
  readonly isOutside: boolean;
}

/** Items of a map by how they stand; `total` is null while nobody knows how many there are. */
export interface MapProgress {
  readonly succeeded: number;
  readonly failed: number;
  readonly atWork: number;
  readonly total: number | null;
}

/** What the cards of a graph are made from: the run, the graph that is shown, and the order of its undoing by node id. */
export interface CardSource {
  readonly run: RunState;
  readonly graph: GraphView;
  readonly undoOrder: ReadonlyMap<string, number>;
}

/** The card of a node in a graph of a run. */
export function toRunCard({ run, graph, undoOrder }: CardSource, node: string, liveText: string | undefined): RunCard {
  const state = nodeIn(graph, node) ?? { status: 'pending' };
  const attempt = attemptsOf(state).at(-1);
  const place = toRunGraph(graph.workflow).get(node);
  const document = place?.node;
  const progress = document?.kind === 'map' && attempt !== undefined ? toMapProgress(graph, document, attempt) : null;
  const isUnneeded = state.status === 'pending' && place?.compensates != null;
  return {
    status: toStatus(run, state),
    startedAtMs: state.status === 'running' ? state.startedAtMs : state.status === 'queued' ? state.queuedAtMs : null,
    dueAtMs: state.status === 'running' ? toDueAtMs(attempt) : state.status === 'retrying' ? state.dueAtMs : null,
    figures: isUnneeded ? ['runs only to undo'] : toFigures(run, state, document, progress),
    snippet: liveText === undefined || state.status !== 'running' ? null : toSnippet(liveText),
    progress,
    undoOrder: undoOrder.get(node) ?? null,
    canEnter: (attempt?.scopes.length ?? 0) > 0,
    isOutside: state.status === 'skipped' && state.reason === notInPart,
  };
}

/** Makes the cards of all nodes of a graph; where nothing has happened since the last time, the card is the same object. */
export function createRunCards(): (source: CardSource, texts: ReadonlyMap<string, string>) => readonly RunCard[] {
  let before: CardSource | null = null;
  let known: readonly KnownCard[] = [];
  return (source, texts) => {
    const isSameRun = before !== null && before.run.status === source.run.status && before.run.approvals === source.run.approvals;
    known = source.graph.workflow.nodes.map(({ id }, index) => {
      const state = nodeIn(source.graph, id);
      const [text, order] = [texts.get(id), source.undoOrder.get(id)];
      const old = known[index];
      if (isSameRun && old?.id === id && old.state === state && old.text === text && old.order === order) return old;
      return { id, state, text, order, card: toRunCard(source, id, text) };
    });
    before = source;
    return known.map(({ card }) => card);
  };
}

interface KnownCard {
  readonly id: string;
  readonly state: NodeState | undefined;
  readonly text: string | undefined;
  readonly order: number | undefined;
  readonly card: RunCard;
}

/** How far a value has come along an edge. */
export type EdgeProgress = 'idle' | 'flowing' | 'taken' | 'skipped';

/** `flowing` while the model at its beginning speaks. */
export function toEdgeProgress(graph: GraphView, edge: WorkflowEdge, streamingNodes: ReadonlySet<string>): EdgeProgress {
  const state = toEdgeState(graph, edge);
  if (state.type === 'delivered') return 'taken';
  if (state.type === 'skipped') return 'skipped';
  return streamingNodes.has(edge.from.node) ? 'flowing' : 'idle';
}

/** Nodes that wait for a person or signal say so; a node in a run that was stopped is not running any more. */
function toStatus(run: RunState, state: NodeState): Status {
  if (state.status !== 'running') return state.status;
  const attempt = attemptsOf(state).at(-1);
  if (attempt?.openQuestions.some((question) => run.approvals[question]?.subject.type === 'outcomeUnknown')) return 'unknown';
  const waiting = toWaitingStatus(attempt);
  if (waiting !== null) return waiting;
  return run.status === 'cancelling' || run.status === 'interrupting' || run.status === 'interrupted' ? run.status : 'running';
}

function toMapProgress(graph: GraphView, node: WorkflowNode, attempt: AttemptState): MapProgress {
  const count = (...statuses: readonly ScopeState['status'][]) =>
    attempt.scopes.reduce((sum, scope) => sum + (statuses.includes(scope.status) ? 1 : 0), 0);
  return {
    succeeded: count('succeeded'),
    failed: count('failed'),
    atWork: count('running', 'cancelling'),
    total: countItems(graph, node, attempt),
  };
}

function toFigures(run: RunState, state: NodeState, document: WorkflowNode | undefined, progress: MapProgress | null): readonly string[] {
  switch (state.status) {
    case 'pending':
      return ['not reached yet'];
    case 'skipped':
      return [skippedWords[state.reason] ?? 'skipped', ...(state.given === undefined ? [] : [toGivenWords(state.given)])];
    case 'queued':
      return [`in lane ${state.lane}`];
    case 'running':
    case 'retrying':
      return [...toActivity(run, state, document, progress), ...toUsage(state)];
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      if (state.given !== undefined) return [toGivenWords(state.given)];
      if (state.attempts.length === 0) return ['before it began'];
      return [...toSums(state, document, progress), formatDuration(state.endedAtMs - state.startedAtMs), ...toUsage(state)];
  }
}

/** What a node at work is at: its turn, round, items, or the node inside it. */
function toActivity(
  run: RunState,
  state: Extract<NodeState, { attempts: unknown }>,
  document: WorkflowNode | undefined,
  progress: MapProgress | null,
): readonly string[] {
  const attempt = state.attempts.at(-1);
  if (attempt === undefined) return [];
  if (progress !== null) return [toItemFigure(progress), ...(progress.failed === 0 ? [] : [`${progress.failed} failed`])];
  const scope = attempt.scopes.at(-1);
  if (document?.kind === 'loop' && scope !== undefined) return [`round ${scope.index + 1}`];
  if (scope !== undefined && scope.endedAtMs === null) return [toInnerWords(run, scope)];
  const turn = attempt.turns.at(-1)?.turn;
  return turn === undefined ? [] : [`turn ${turn}`];
}

function toSums(
  state: Extract<NodeState, { attempts: unknown }>,
  document: WorkflowNode | undefined,
  progress: MapProgress | null,
): readonly string[] {
  if (progress !== null) return [toItemFigure(progress), ...(progress.failed === 0 ? [] : [`${progress.failed} failed`])];
  const rounds = state.attempts.at(-1)?.scopes.length ?? 0;
  return document?.kind === 'loop' && rounds > 0 ? [formatCount(rounds, 'round')] : [];
}

function toItemFigure({ succeeded, failed, total }: MapProgress): string {
  return total === null
    ? `${(succeeded + failed).toLocaleString()} done`
    : `${(succeeded + failed).toLocaleString()}/${total.toLocaleString()}`;
}

/** What a subflow is at: the first node at work in it. */
function toInnerWords(run: RunState, scope: ScopeState): string {
  const graph = viewScope(run, scope);
  const busy = listNodeStates(graph).find(([, { status }]) => status === 'running' || status === 'queued' || status === 'retrying');
  if (busy === undefined) return scope.saga?.status === 'compensating' ? 'undoing' : 'at work';
  return `at ${graph.workflow.nodes.find(({ id }) => id === busy[0])?.name || busy[0]}`;
}

function toDueAtMs(attempt: AttemptState | undefined): number | null {
  return attempt?.waits.findLast((wait) => wait.endedAtMs === null)?.dueAtMs ?? null;
}

function toUsage({ usage }: Exclude<NodeState, { status: 'pending' }>): readonly string[] {
  if (usage.modelCalls === 0) return [];
  return [`${formatTokens(usage.inputTokens + usage.outputTokens)} tok`, formatMoney(usage.costUsd)];
}

const skippedWords: Readonly<Record<string, string>> = {
  branchNotTaken: 'skipped, way not taken',
  upstreamSkipped: 'skipped, nothing came',
  disabled: 'skipped, disabled',
  failed: 'failed, left out',
  [notInPart]: 'not part of this run',
  [skippedWhereRecorded]: 'skipped',
};

function toSnippet(text: string): string {
  return text.slice(-160).replace(/\s+/g, ' ').trim().slice(-80);
}
