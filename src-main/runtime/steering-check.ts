import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { branchKind } from '#shared/nodes/branch/branch.ts';
import { findKind } from '#shared/nodes/registry.ts';
import type { Steering } from '#shared/run/events.ts';
import { findSubworkflow, nodeIn } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';

/** Refuses changes that mean nothing for this run, or that come too late to change anything. All or none are taken. */
export function checkSteering(state: RunState, changes: readonly Steering[]): void {
  for (const change of changes) if ('node' in change) checkNodeChange(state, change);
}

function checkNodeChange(state: RunState, change: Extract<Steering, { node: string }>): void {
  const document = change.workflow === null ? state.workflow : findSubworkflow(state, change.workflow);
  if (document === undefined) throw refusal(`This run has no subworkflow “${change.workflow}”.`);
  const node = document.nodes.find(({ id }) => id === change.node);
  if (node === undefined) throw refusal(`“${document.name}” has no node “${change.node}”.`);
  const label = node.name || node.id;
  if (change.workflow === null) refuseLate(state, document, node, change.type);
  if (change.type === 'config') {
    const config = findKind(node.kind)?.configSchema.safeParse(change.config);
    if (config?.success !== true)
      throw refusal(`The settings of ${label} are not valid: ${config?.error.issues[0]?.message ?? 'unknown kind'}`);
  }
  if (change.type === 'path') {
    if (node.kind !== branchKind.kind) throw refusal(`${label} is no branch.`);
    const config = branchKind.configSchema.safeParse(node.config);
    const cases = config.success ? [...config.data.cases.map(({ name }) => name), 'else'] : [];
    if (!cases.includes(change.case)) throw refusal(`${label} has no case “${change.case}”. It has: ${cases.join(', ')}.`);
  }
}

/** In subworkflows there may always be another item or round to come. */
function refuseLate(state: RunState, workflow: WorkflowDocument, node: WorkflowNode, type: Steering['type']): void {
  const current = nodeIn({ workflow, nodes: state.nodes }, node.id);
  const isOver =
    current?.status === 'succeeded' || current?.status === 'failed' || current?.status === 'cancelled' || current?.status === 'skipped';
  const hasBegun = isOver || current?.status === 'running';
  if (isOver || (hasBegun && type === 'skip')) {
    throw refusal(`${node.name || node.id} has ${isOver ? 'ended' : 'begun'}; fork the run from an earlier event to change it.`);
  }
}

function refusal(message: string): HeddleError {
  return new HeddleError('run.steeringInvalid', message, { details: {} satisfies JsonObject });
}
