import type { Port } from '../nodes/kind.ts';
import { toEdgeId, type WorkflowEdge, type WorkflowNode } from './document.ts';
import { viewNode } from './node-view.ts';
import { verdictOnConnection } from './port-types.ts';
import type { Problem } from './problem.ts';
import { type Subject, toLabel } from './validation-subject.ts';

/** What is wrong with edges and ports: ends that do not exist, types that do not fit, inputs with too few edges or too many. */
export function checkEdges({ document, nodes, undoneBy }: Subject): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const edgesInto = new Map<string, number>();
  const ports = createPortLookup();
  for (const edge of document.edges) {
    const id = toEdgeId(edge);
    if (seen.has(id))
      problems.push({
        ...problem(
          edge.to.node,
          edge.to.port,
          'edge.duplicate',
          `The edge from ${words(edge.from)} to ${words(edge.to)} is there twice. Remove one.`,
        ),
        severity: 'warning',
        edge: id,
      });
    else {
      const place = `${edge.to.node}.${edge.to.port}`;
      edgesInto.set(place, (edgesInto.get(place) ?? 0) + 1);
      problems.push(...checkEdge(edge, nodes, ports).map((found) => ({ ...found, edge: id })));
    }
    seen.add(id);
  }
  for (const node of nodes.values()) {
    const [given] = undoneBy.has(node.id) ? ports.list(node, 'inputs') : [];
    for (const port of ports.list(node, 'inputs')) {
      // What the undone node gave comes to the first input of its compensation.
      if (port === given) continue;
      const count = edgesInto.get(`${node.id}.${port.name}`) ?? 0;
      if (count === 0 && port.isRequired === true)
        problems.push(
          problem(node.id, port.name, 'port.notConnected', `${toLabel(node)} needs something at its input “${port.name}”. Connect it.`),
        );
      if (count > 1 && port.takesMany !== true) {
        problems.push(
          problem(
            node.id,
            port.name,
            'port.tooManyEdges',
            `The input “${port.name}” of ${toLabel(node)} takes one edge, but ${count} lead there. Put a merge in between.`,
          ),
        );
      }
    }
  }
  return problems;
}

function checkEdge(edge: WorkflowEdge, nodes: ReadonlyMap<string, WorkflowNode>, ports: PortLookup): Problem[] {
  const source = nodes.get(edge.from.node);
  const target = nodes.get(edge.to.node);
  if (source === undefined || target === undefined) {
    const missing = source === undefined ? edge.from.node : edge.to.node;
    const [node, port] =
      source === undefined ? [target?.id ?? null, target === undefined ? null : edge.to.port] : [source.id, edge.from.port];
    return [
      problem(
        node,
        port,
        'edge.dangling',
        `The edge from ${words(edge.from)} to ${words(edge.to)} leads to a node that is not there: “${missing}”. Remove the edge.`,
      ),
    ];
  }
  const output = ports.find(source, 'outputs', edge.from.port);
  const input = ports.find(target, 'inputs', edge.to.port);
  const problems: Problem[] = [];
  if (output === null)
    problems.push(
      problem(
        source.id,
        edge.from.port,
        'edge.unknownPort',
        `${toLabel(source)} has no output “${edge.from.port}”, but an edge to ${words(edge.to)} begins there. Remove the edge, or bring the output back.`,
      ),
    );
  if (input === null)
    problems.push(
      problem(
        target.id,
        edge.to.port,
        'edge.unknownPort',
        `${toLabel(target)} has no input “${edge.to.port}”, but an edge from ${words(edge.from)} ends there. Remove the edge, or bring the input back.`,
      ),
    );
  if (output == null || input == null) return problems;
  const verdict = verdictOnConnection(output.schema, input.schema);
  if (verdict.verdict === 'refused') {
    problems.push(
      problem(
        target.id,
        edge.to.port,
        'edge.mistyped',
        `What ${words(edge.from)} gives does not fit the input “${edge.to.port}” of ${toLabel(target)}: ${verdict.reason}.`,
      ),
    );
  }
  return problems;
}

interface PortLookup {
  list(node: WorkflowNode, side: 'inputs' | 'outputs'): readonly Port[];
  /** Null when the node has no such port, undefined when its ports cannot be known. */
  find(node: WorkflowNode, side: 'inputs' | 'outputs', name: string): Port | null | undefined;
}

/** Ports by name, looked up once per node: an input node may have hundreds. */
function createPortLookup(): PortLookup {
  const known = { inputs: new Map<WorkflowNode, ReadonlyMap<string, Port>>(), outputs: new Map<WorkflowNode, ReadonlyMap<string, Port>>() };
  const list: PortLookup['list'] = (node, side) => {
    const view = viewNode(node);
    return view.type === 'valid' ? view.ports[side] : [];
  };
  return {
    list,
    find(node, side, name) {
      if (viewNode(node).type !== 'valid') return undefined;
      let ports = known[side].get(node);
      if (ports === undefined) {
        ports = new Map(list(node, side).map((port) => [port.name, port]));
        known[side].set(node, ports);
      }
      return ports.get(name) ?? null;
    },
  };
}

function problem(node: string | null, port: string | null, code: string, message: string): Problem {
  return { code, severity: 'error', node, port, message };
}

function words({ node, port }: { readonly node: string; readonly port: string }): string {
  return `${node}.${port}`;
}
