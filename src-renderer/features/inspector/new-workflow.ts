import { inputKind } from '#shared/nodes/input/input.ts';
import { outputKind } from '#shared/nodes/output/output.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { getApi } from '../../state/connection.ts';

/** Creates a workflow for a node to run, with an input and an output to fill in between. Gives its path. */
export async function createWorkflowFor(node: WorkflowNode): Promise<string> {
  const document = toFirstWorkflow(node);
  const { path } = await getApi().workflow.create({ name: document.name, document });
  return path;
}

/** What such a workflow begins with: what a map hands over is an item, what a loop hands over is what came of the round before. */
export function toFirstWorkflow({ kind, name, id }: WorkflowNode): WorkflowDocument {
  const field = { map: 'item', loop: 'last' }[kind] ?? 'value';
  return {
    schemaVersion: 1,
    name: `${name || id} ${{ map: 'item', loop: 'round' }[kind] ?? 'steps'}`,
    nodes: [
      { id: 'start', kind: inputKind.kind, name: 'Input', position: { x: 0, y: 0 }, config: { fields: [{ name: field, type: 'any' }] } },
      {
        id: 'end',
        kind: outputKind.kind,
        name: 'Output',
        position: { x: 480, y: 0 },
        config: { ...outputKind.defaultConfig, name: 'result' },
      },
    ],
    edges: [{ from: { node: 'start', port: field }, to: { node: 'end', port: 'value' } }],
  };
}
