import type { WorkflowEdge, WorkflowNode } from './document.ts';
import { findCycles, orderTopologically } from './graph.ts';
import { viewNode } from './node-view.ts';
import type { Problem } from './problem.ts';
import { type Subject, toLabel } from './validation-subject.ts';

/** What is wrong with the workflow as a whole: cycles, nodes that never run or hang loose, outputs that are missing or share a name. */
export function checkFlow(subject: Subject): Problem[] {
  return [...checkCycles(subject), ...checkUnreachable(subject), ...checkUnconnected(subject), ...checkOutputs(subject)];
}

function checkCycles({ graph }: Subject): Problem[] {
  return findCycles(graph).map((cycle) => ({
    code: 'workflow.cycle',
    severity: 'error',
    node: cycle[0] ?? null,
    port: null,
    message: `These nodes wait for each other in a circle: ${[...cycle, cycle[0]].join(' → ')}. Remove one of the edges.`,
  }));
}

/** A node never runs when all that leads to one of its inputs is disabled, or never runs itself. */
function checkUnreachable({ document, nodes, graph }: Subject): Problem[] {
  if (!document.nodes.some((node) => node.disabled === true)) return [];
  const incoming = new Map<string, WorkflowEdge[]>();
  for (const edge of document.edges) {
    if (!nodes.has(edge.from.node)) continue;
    const known = incoming.get(edge.to.node);
    if (known === undefined) incoming.set(edge.to.node, [edge]);
    else known.push(edge);
  }
  const never = new Set<string>();
  const problems: Problem[] = [];
  for (const index of orderTopologically(graph)) {
    const node = nodes.get(graph.ids[index] as string) as WorkflowNode;
    if (node.disabled === true) {
      never.add(node.id);
      continue;
    }
    const ports = new Map<string, string[]>();
    for (const edge of incoming.get(node.id) ?? []) ports.set(edge.to.port, [...(ports.get(edge.to.port) ?? []), edge.from.node]);
    const dead = [...ports].find(([, sources]) => sources.every((source) => never.has(source)));
    if (dead === undefined) continue;
    never.add(node.id);
    const [port, sources] = dead;
    problems.push({
      code: 'node.unreachable',
      severity: 'warning',
      node: node.id,
      port,
      message: `${toLabel(node)} will be skipped: nothing can reach its input “${port}”, because ${sources.map((source) => `“${source}”`).join(', ')} ${sources.length === 1 ? 'is' : 'are'} disabled or skipped.`,
    });
  }
  return problems;
}

function checkUnconnected({ document, nodes, undoneBy }: Subject): Problem[] {
  const touched = new Set(document.edges.flatMap((edge) => [edge.from.node, edge.to.node]));
  const executable = [...nodes.values()].filter((node) => {
    const view = viewNode(node);
    return node.disabled !== true && view.type !== 'unknownKind' && view.kind.isExecutable;
  });
  if (executable.length < 2) return [];
  return executable
    .filter((node) => !touched.has(node.id) && node.kind !== 'input' && !undoneBy.has(node.id))
    .map((node) => ({
      code: 'node.unconnected',
      severity: 'warning',
      node: node.id,
      port: null,
      message: `${toLabel(node)} is connected to nothing. It runs on its own, and nothing uses what it gives.`,
    }));
}

function checkOutputs({ document }: Subject): Problem[] {
  const outputs = document.nodes.filter((node) => node.kind === 'output' && node.disabled !== true);
  if (outputs.length === 0) {
    return [
      {
        code: 'workflow.noOutput',
        severity: 'warning',
        node: null,
        port: null,
        message: 'The workflow has no output, so a run ends without a result. Add an output node.',
      },
    ];
  }
  const owners = new Map<string, WorkflowNode>();
  return outputs.flatMap((node): Problem[] => {
    const { name } = node.config;
    if (typeof name !== 'string') return [];
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, node);
      return [];
    }
    return [
      {
        code: 'output.duplicateName',
        severity: 'error',
        node: node.id,
        port: null,
        path: ['name'],
        message: `${toLabel(node)} and ${toLabel(owner)} both give the output “${name}”. Rename one of them.`,
      },
    ];
  });
}
