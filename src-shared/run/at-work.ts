import type { WorkflowNode } from '../workflow/document.ts';
import { listCompensations, listUndoing } from './compensations.ts';
import { parseAddress, scopeOf } from './frame.ts';
import { attemptsOf, findGraph, findNodeState, findScope, listActive, listActiveIn, openerAddress } from './node-states.ts';
import { callsOf } from './reduce-calls.ts';
import { toRunGraph } from './run-graph.ts';
import type { NodeState, RunState } from './state.ts';

/** Whether a node is to be stopped: its graph, or one that it is in, is on its way to its end. What undoes goes on, with all that it runs. */
export function isStopping(state: RunState, address: string): boolean {
  for (let at = address; ; at = openerAddress(scopeOf(at))) {
    if (isUndoing(state, at)) return false;
    const path = scopeOf(at);
    const graph = path === '' ? state : findScope(state, path);
    if (graph === undefined || graph.failure !== null || graph.cancelReason !== null) return true;
    if (path === '') return false;
  }
}

/** Whether the node undoes another at this moment. */
function isUndoing(state: RunState, address: string): boolean {
  for (let path = scopeOf(address); ; path = scopeOf(openerAddress(path))) {
    const graph = findGraph(state, path);
    if (graph?.saga?.status === 'compensating') return listCompensations(state, path, graph).some((item) => item.address === address);
    if (path === '') return false;
  }
}

/** The addresses of all nodes whose executor should be at work, those of open scopes after the node that opened them. */
export function listRunning(state: RunState): readonly string[] {
  const isRunning = (node: NodeState) => node.status === 'running';
  // What undoes may be in a scope that has ended, where nothing else is at work.
  const undoing = listUndoing(state).flatMap((item) => [[item.address, item.state] as const, ...listActiveIn(state, item.state)]);
  return [...new Set([...listActive(state), ...undoing].flatMap(([address, node]) => (isRunning(node) ? [address] : [])))];
}

/** The frames of a node's calls that were at work outside, as far as the journal says. */
export function listInFlight(state: RunState, address: string): readonly string[] {
  const attempt = attemptsOf(findNodeState(state, address)).at(-1);
  return (attempt === undefined ? [] : callsOf(attempt))
    .filter((call) => (call.type === 'model' ? call.outcome.type === 'pending' : call.outcome.type === 'started'))
    .map((call) => call.frame);
}

/** True when a node's last attempt was stopped in the middle of an effect that must not be done twice: trying again could double it. */
export function leftDoubt(state: RunState, address: string): boolean {
  const attempt = attemptsOf(findNodeState(state, address)).at(-1);
  return (attempt === undefined ? [] : callsOf(attempt)).some(
    (call) => call.outcome.type === 'failed' && call.outcome.error.code === 'tool.outcomeUnknown',
  );
}

/** The node of the workflow that stands at an address. */
export function findWorkflowNode(state: RunState, address: string): WorkflowNode | undefined {
  const graph = findGraph(state, scopeOf(address));
  return graph === undefined ? undefined : toRunGraph(graph.workflow).get(parseAddress(address).id)?.node;
}
