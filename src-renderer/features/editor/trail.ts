import { create } from 'zustand';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import { toReference } from '#shared/workflow/reference.ts';
import { setSelectedNodes } from '../../state/selection.ts';
import { openTab, toTabId } from '../../state/tabs.ts';

/** The node of another workflow through which one was opened. */
export interface Step {
  readonly path: string;
  readonly node: string;
}

/** By the path of a workflow, from where it was opened last. */
export const useTrail = create<{ readonly cameFrom: Readonly<Record<string, Step>> }>()(() => ({ cameFrom: {} }));

/** Opens the workflow that a node runs, and remembers the way back. False when it runs none. */
export function openInside(path: string, node: WorkflowNode): boolean {
  const reference = toReference(node);
  if (reference === '') return false;
  if (reference !== path) useTrail.setState(({ cameFrom }) => ({ cameFrom: { ...cameFrom, [reference]: { path, node: node.id } } }));
  openTab({ type: 'workflow', path: reference });
  return true;
}

/** The way from the outermost workflow to this one, the nearest step last. */
export function listSteps(cameFrom: Readonly<Record<string, Step>>, path: string): readonly Step[] {
  const steps: Step[] = [];
  const seen = new Set([path]);
  for (let step = cameFrom[path]; step !== undefined && !seen.has(step.path); step = cameFrom[step.path]) {
    steps.unshift(step);
    seen.add(step.path);
  }
  return steps;
}

/** Goes back to the node through which a workflow was opened. */
export function goBack({ path, node }: Step): void {
  setSelectedNodes(toTabId({ type: 'workflow', path }), [node]);
  openTab({ type: 'workflow', path });
}
