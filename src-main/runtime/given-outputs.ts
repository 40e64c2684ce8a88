import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import type { RunLoopDependencies } from './run-loop-dependencies.ts';

/**
 * Refuses with `pin.invalid` outputs that a node of this document cannot have given: of a node that is not there or gives nothing, for a port
 * that it does not have, or of another type than its port's. Ports may be left out, as a branch leaves out the ways it does not take.
 */
export function checkOutputs(
  document: WorkflowDocument,
  id: string,
  outputs: JsonObject,
  checkJson: RunLoopDependencies['checkJson'],
): void {
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw refusal(id, `“${document.name}” has no node “${id}”.`);
  const label = node.name || node.id;
  const view = viewNode(node);
  if (view.type !== 'valid')
    throw refusal(id, `The settings of ${label} are not valid, so nobody can say what it gives. Correct them first.`);
  const ports = view.ports.outputs;
  if (ports.length === 0) throw refusal(id, `${label} gives nothing, so there is nothing to put in its place.`);
  for (const [name, value] of Object.entries(outputs)) {
    const port = ports.find((candidate) => candidate.name === name);
    if (port === undefined)
      throw refusal(id, `${label} has no output “${name}”. It has: ${ports.map((candidate) => candidate.name).join(', ')}.`);
    const wrong = checkJson(port.schema, value);
    if (wrong !== undefined)
      throw refusal(id, `What stands for ${label} does not fit its output “${name}”: ${wrong.replace(/^the arguments /, 'it ')}`);
  }
}

function refusal(node: string, message: string): HeddleError {
  return new HeddleError('pin.invalid', message, { details: { node } });
}
