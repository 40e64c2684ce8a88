import { assertNever } from '../base/assert-never.ts';
import type { WorkflowDocument, WorkflowNode } from '../workflow/document.ts';
import { changeNode } from './change-graph.ts';
import type { Steering } from './events.ts';
import { parseAddress, scopeOf } from './frame.ts';
import { attemptsOf, findGraph, listActive } from './node-states.ts';
import type { RunState } from './state.ts';

/** The run after a change to it while it lives. What has started goes on as it was; what starts later follows the change. */
export function withSteering(state: RunState, steering: Steering): RunState {
  switch (steering.type) {
    case 'model':
      return { ...state, modelOverride: steering.model };
    case 'budget':
      return { ...state, budgetUsd: steering.budgetUsd };
    case 'path':
      return {
        ...state,
        steeredCases: { ...state.steeredCases, [toCaseKey(steering.workflow, steering.node)]: steering.case },
      };
    case 'config':
      return changeDocumentNode(state, steering, (node) => ({ ...node, config: steering.config }));
    case 'policy':
      return changeDocumentNode(state, steering, (node) => ({ ...node, policy: steering.policy }));
    case 'lane':
      return changeDocumentNode(state, steering, (node) => ({ ...node, lane: steering.lane }));
    case 'skip':
      return changeDocumentNode(state, steering, (node) => ({ ...node, disabled: true }));
    default:
      return assertNever(steering);
  }
}

/** The run with what its attempts at work have begun with noted beside them, before a change to it. */
export function withBeginnings(state: RunState): RunState {
  return listActive(state).reduce((current, [address, active]) => {
    if (active.status !== 'running' || active.attempts.at(-1)?.began !== null) return current;
    const { id } = parseAddress(address);
    const node = findGraph(state, scopeOf(address))?.workflow.nodes.find((candidate) => candidate.id === id);
    if (node === undefined) return current;
    const began = { node, modelOverride: state.modelOverride };
    return changeNode(current, address, (before) => {
      const attempts = attemptsOf(before);
      const last = attempts.at(-1);
      return before.status !== 'running' || last === undefined ? before : { ...before, attempts: attempts.with(-1, { ...last, began }) };
    });
  }, state);
}

/** Under which key `RunState.steeredCases` keeps the case of a branch. */
export function toCaseKey(workflowPath: string | null, node: string): string {
  return `${workflowPath ?? ''}:${node}`;
}

function changeDocumentNode(
  state: RunState,
  { workflow: path, node: id }: { readonly workflow: string | null; readonly node: string },
  change: (node: WorkflowNode) => WorkflowNode,
): RunState {
  const document = path === null ? state.workflow : state.subworkflows[path];
  if (document === undefined) throw new Error(`The run has no subworkflow ${path}`);
  const changed: WorkflowDocument = { ...document, nodes: document.nodes.map((node) => (node.id === id ? change(node) : node)) };
  return path === null ? { ...state, workflow: changed } : { ...state, subworkflows: { ...state.subworkflows, [path]: changed } };
}
