import type { JsonObject } from '#shared/base/json.ts';
import { branchKind } from '#shared/nodes/branch/branch.ts';
import type { Steering } from '#shared/run/events.ts';
import { nodeIn } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { nodePolicySchema, type WorkflowDocument, type WorkflowNode } from '#shared/workflow/document.ts';

/** A node that steering may still change. */
export interface SteerableNode {
  /** Unique in the run: the workflow's path and the node's id. */
  readonly key: string;
  readonly workflow: string | null;
  readonly node: WorkflowNode;
  readonly label: string;
}

export type NodeAction = 'skip' | 'path' | 'config' | 'policy' | 'lane';

/** A change to one node as the form holds it. */
export interface NodeChange {
  readonly nodeKey: string;
  readonly action: NodeAction;
  readonly text: string;
}

/** Nodes of the run's own workflow that have not begun, and all of its subworkflows: another item or round may come. */
export function listSteerable(state: RunState): readonly SteerableNode[] {
  const own = state.workflow.nodes.flatMap((node) => {
    const status = nodeIn(state, node.id)?.status;
    return status === 'pending' || status === 'queued' || status === 'retrying' ? [toSteerable(null, state.workflow, node)] : [];
  });
  const below = Object.entries(state.subworkflows).flatMap(([path, document]) =>
    document.nodes.flatMap((node) => (node.kind === 'note' ? [] : [toSteerable(path, document, node)])),
  );
  return [...own, ...below];
}

/** What can be changed about a node. */
export function listActions({ node }: SteerableNode): readonly { readonly value: NodeAction; readonly label: string }[] {
  return [
    { value: 'skip', label: 'Leave it out' },
    ...(node.kind === branchKind.kind ? [{ value: 'path', label: 'Take the way' } as const] : []),
    { value: 'config', label: 'Use other settings' },
    { value: 'policy', label: 'Retry and limit it otherwise' },
    { value: 'lane', label: 'Put it into the lane' },
  ];
}

/** The ways out of a branch. */
export function listCases({ node }: SteerableNode): readonly string[] {
  const config = branchKind.configSchema.safeParse(node.config);
  return config.success ? [...config.data.cases.map(({ name }) => name), 'else'] : [];
}

/** What the field begins with when this change is chosen. */
export function toFirstText(steerable: SteerableNode, action: NodeAction): string {
  switch (action) {
    case 'skip':
      return '';
    case 'path':
      return listCases(steerable)[0] ?? '';
    case 'lane':
      return steerable.node.lane ?? 'default';
    case 'config':
      return JSON.stringify(steerable.node.config, null, 2);
    case 'policy':
      return JSON.stringify(steerable.node.policy ?? {}, null, 2);
  }
}

export type ReadChange = { readonly type: 'change'; readonly steering: Steering } | { readonly type: 'wrong'; readonly problem: string };

/** The change as it is sent, or what is wrong with what was typed. */
export function readChange({ workflow, node }: SteerableNode, { action, text }: Pick<NodeChange, 'action' | 'text'>): ReadChange {
  const place = { workflow, node: node.id };
  switch (action) {
    case 'skip':
      return { type: 'change', steering: { type: 'skip', ...place } };
    case 'path':
      return { type: 'change', steering: { type: 'path', ...place, case: text } };
    case 'lane':
      return text.trim() === '' ? wrong('Name a lane.') : { type: 'change', steering: { type: 'lane', ...place, lane: text.trim() } };
    case 'config': {
      const config = readRecord(text);
      return config === undefined
        ? wrong('This is not a JSON object.')
        : { type: 'change', steering: { type: 'config', ...place, config } };
    }
    case 'policy': {
      const policy = nodePolicySchema.safeParse(readRecord(text));
      return policy.success
        ? { type: 'change', steering: { type: 'policy', ...place, policy: policy.data } }
        : wrong(policy.error.issues[0]?.message ?? 'This is not a policy.');
    }
  }
}

/** One change in words: what was, and what will be. */
export function toChangeWords(state: RunState, steering: Steering): string {
  switch (steering.type) {
    case 'model':
      return `Model: ${state.modelOverride ?? 'as in the workflow'} → ${steering.model ?? 'as in the workflow'}`;
    case 'budget':
      return `Budget: ${toMoney(state.budgetUsd)} → ${toMoney(steering.budgetUsd)}`;
    case 'skip':
      return `${steering.node} is left out`;
    case 'path':
      return `${steering.node} takes the way “${steering.case}”`;
    case 'lane':
      return `${steering.node} goes into the lane “${steering.lane}”`;
    case 'config':
      return `${steering.node} gets other settings: ${listDifferences(nodeOf(state, steering)?.config ?? {}, steering.config)}`;
    case 'policy':
      return `${steering.node} is retried and limited otherwise: ${listDifferences(nodeOf(state, steering)?.policy ?? {}, steering.policy as JsonObject)}`;
  }
}

function toSteerable(workflow: string | null, document: WorkflowDocument, node: WorkflowNode): SteerableNode {
  const name = node.name || node.id;
  return { key: `${workflow ?? ''}:${node.id}`, workflow, node, label: workflow === null ? name : `${document.name} › ${name}` };
}

function nodeOf(
  state: RunState,
  { workflow, node: id }: { readonly workflow: string | null; readonly node: string },
): WorkflowNode | undefined {
  return (workflow === null ? state.workflow : state.subworkflows[workflow])?.nodes.find((node) => node.id === id);
}

function listDifferences(before: object, after: JsonObject): string {
  const was = before as JsonObject;
  const changed = [...new Set([...Object.keys(was), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(was[key]) !== JSON.stringify(after[key]),
  );
  return changed.length === 0 ? 'the same as before' : changed.join(', ');
}

function readRecord(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function toMoney(usd: number | null): string {
  return usd === null ? 'without limit' : `$${usd}`;
}

function wrong(problem: string): ReadChange {
  return { type: 'wrong', problem };
}
