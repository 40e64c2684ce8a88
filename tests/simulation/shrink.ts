import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { validateWorkflow } from '#shared/workflow/validation.ts';
import { simulatePlan } from './campaign.ts';
import type { PlannedRun, SimulationPlan } from './plan.ts';

/**
 * The smallest plan that is found to break the same promise: without disturbances, runs, nodes and settings that are not needed for it.
 * Chance goes by name, so what is left goes as it went before.
 */
export async function shrinkPlan(plan: SimulationPlan, breach: string, mostTries = 400): Promise<SimulationPlan> {
  const promise = toPromise(breach);
  let smallest = plan;
  let tries = 0;
  for (let hasShrunk = true; hasShrunk && tries < mostTries; ) {
    hasShrunk = false;
    for (const smaller of listSmaller(smallest)) {
      if (tries >= mostTries) break;
      tries += 1;
      const found = await simulatePlan(smaller);
      if (found.breach === null || toPromise(found.breach) !== promise) continue;
      smallest = smaller;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

/** A breach without its numbers and names: two that agree in this are taken for the same. */
function toPromise(breach: string): string {
  return breach
    .replaceAll(/[\w-]*\d[\w:#/-]*/g, '#')
    .replaceAll(/\{.*/g, '')
    .slice(0, 60);
}

function* listSmaller(plan: SimulationPlan): Iterable<SimulationPlan> {
  for (const index of plan.disturbances.keys()) yield { ...plan, disturbances: plan.disturbances.toSpliced(index, 1) };
  if (plan.runs.length > 1) {
    for (const index of plan.runs.keys()) yield { ...plan, runs: plan.runs.toSpliced(index, 1), disturbances: withoutRun(plan, index) };
  }
  for (const [index, run] of plan.runs.entries()) {
    for (const document of listSmallerDocuments(run.document)) {
      const smaller: PlannedRun = { ...run, document };
      if (isValid(document)) yield { ...plan, runs: plan.runs.with(index, smaller) };
    }
  }
}

/** Commands name their run by its place. */
function withoutRun({ disturbances }: SimulationPlan, gone: number): SimulationPlan['disturbances'] {
  return disturbances.flatMap((disturbance) => {
    if (disturbance.type !== 'command' || disturbance.run < gone) return [disturbance];
    return disturbance.run === gone ? [] : [{ ...disturbance, run: disturbance.run - 1 }];
  });
}

function* listSmallerDocuments(document: WorkflowDocument): Iterable<WorkflowDocument> {
  for (const node of [...document.nodes].reverse()) {
    yield {
      ...document,
      nodes: document.nodes.filter((other) => other !== node).map((other) => withoutCompensation(other, node.id)),
      edges: document.edges.filter(({ from, to }) => from.node !== node.id && to.node !== node.id),
    };
  }
  for (const [index, node] of document.nodes.entries()) {
    const { policy, priority, disabled, ...plain } = node;
    const plainer: WorkflowNode = plain;
    if (policy === undefined && priority === undefined && disabled === undefined) continue;
    yield { ...document, nodes: document.nodes.with(index, plainer) };
    if (policy !== undefined) yield { ...document, nodes: document.nodes.with(index, { ...plain, policy }) };
  }
}

function withoutCompensation(node: WorkflowNode, gone: string): WorkflowNode {
  if (node.compensation !== gone) return node;
  const { compensation: _compensation, ...rest } = node;
  return rest;
}

function isValid(document: WorkflowDocument): boolean {
  if (document.nodes.length === 0) return false;
  return validateWorkflow(document, { tools: null, providers: null }).every(({ severity }) => severity !== 'error');
}
