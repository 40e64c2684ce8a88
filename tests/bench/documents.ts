import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toDocument } from '../support/workflow-builder.ts';

/** A chain of tool nodes, each of which journals a request, an intent, a result and its own two ends. */
export function toToolChain(steps: number): WorkflowDocument {
  return toDocument(
    Object.fromEntries(
      Array.from({ length: steps }, (_, index) => [`n${index + 1}`, { kind: 'tool', config: { tool: 'look', arguments: { at: index } } }]),
    ),
    Array.from({ length: steps - 1 }, (_, index) => `n${index + 1}.result->n${index + 2}.in`),
  );
}

/** A chain of so many steps, each of which computes a value from the one before: what a peer's step is when nothing outside is called. */
export function toComputingChain(steps: number): WorkflowDocument {
  return toDocument(
    {
      start: { kind: 'input', config: { fields: [{ name: 'text', type: 'string', default: 'start' }] } },
      ...Object.fromEntries(
        Array.from(
          { length: steps },
          (_, index) => [`n${index + 1}`, { kind: 'transform', config: { expression: 'inputs.in + "."' } }] as const,
        ),
      ),
    },
    ['start.text->n1.in', ...Array.from({ length: steps - 1 }, (_, index) => `n${index + 1}.value->n${index + 2}.in`)],
  );
}

/** A chain of tool nodes with a person to ask at its end. */
export function toWaitingChain(steps: number): WorkflowDocument {
  const chain = toToolChain(steps);
  const ask = toDocument({ ask: { kind: 'approval', config: { title: 'Go on?' } } }, []);
  const edge = { from: { node: `n${steps}`, port: 'result' }, to: { node: 'ask', port: 'in' } };
  return { ...chain, nodes: [...chain.nodes, ...ask.nodes], edges: [...chain.edges, edge] };
}

/** Agents side by side, each in a conversation of its own. */
export function toAgentTeam(model: string, agents: number, maxTurns: number): WorkflowDocument {
  const config = { model, prompt: 'go', tools: [{ name: 'look' }], maxTurns };
  return toDocument(
    Object.fromEntries(Array.from({ length: agents }, (_, index) => [`agent${index + 1}`, { kind: 'agent', config }] as const)),
    [],
  );
}
