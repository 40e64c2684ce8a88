import type { WorkflowDocument } from '../workflow/document.ts';
import { toNodePlaces } from './node-states.ts';
import type { GivenNode, RunPart } from './part.ts';
import { toUndoneNodes } from './run-graph.ts';
import type { GraphState, NodeState } from './state.ts';
import { noUsage } from './usage.ts';

/** Why a node does not run in a run of another part of the workflow, see `NodeState`. */
export const notInPart = 'notInPart';
/** As above, where the run that its outputs would come from had skipped it. */
export const skippedWhereRecorded = 'skippedWhereRecorded';

/** The part that a run is of, and the event that said so. */
export interface PartStart {
  readonly part: RunPart;
  readonly seq: number;
  readonly atMs: number;
}

/** The node states of a graph that has not begun: in a run of a part, what does not run has ended before it began. */
export function toFreshGraph(workflow: WorkflowDocument, start: PartStart | null = null): GraphState {
  const undone = toUndoneNodes(workflow);
  const ids = [...toNodePlaces(workflow).keys()];
  const toState = start === null ? () => pending : toPartState(start, (id) => undone.get(id) ?? null);
  const nodes = ids.map(toState);
  const isForward = (id: string | undefined) => id === undefined || !undone.has(id);
  const unsettledNodes = nodes.reduce((count, { status }, place) => count + Number(status === 'pending' && isForward(ids[place])), 0);
  return { nodes, unsettledNodes, atWork: 0, failure: null, saga: null };
}

const pending: NodeState = { status: 'pending' };

function toPartState({ part, seq, atMs }: PartStart, undoneBy: (id: string) => string | null): (id: string) => NodeState {
  const running = new Set(part.nodes);
  const outside: NodeState = { status: 'skipped', reason: notInPart, attempts: [], usage: noUsage, settledSeq: seq };
  return (id) => {
    // What undoes waits for its turn with the node that it undoes.
    if (running.has(undoneBy(id) ?? id)) return pending;
    const given = Object.hasOwn(part.given, id) ? part.given[id] : undefined;
    return given === undefined ? outside : toGivenState(given, seq, atMs);
  };
}

function toGivenState({ outputs, source }: GivenNode, seq: number, atMs: number): NodeState {
  const progress = { attempts: [], usage: noUsage, settledSeq: seq, given: source };
  return outputs === null
    ? { status: 'skipped', reason: skippedWhereRecorded, ...progress }
    : { status: 'succeeded', startedAtMs: atMs, endedAtMs: atMs, outputs, ...progress };
}
