import { type Field, fieldListSchema } from '../nodes/field.ts';
import type { WorkflowDocument } from './document.ts';

/** What a run of this workflow asks for: the fields of its input nodes that are not disabled, each name once. */
export function listInputFields(document: WorkflowDocument): readonly Field[] {
  const fields = document.nodes
    .filter((node) => node.kind === 'input' && node.disabled !== true)
    .flatMap((node) => fieldListSchema.safeParse(node.config.fields).data ?? []);
  return fields.filter((field, index) => fields.findIndex((other) => other.name === field.name) === index);
}

/** The names of what a run of this workflow gives: its output nodes, in the order of the document. */
export function listOutputNames(document: WorkflowDocument): readonly string[] {
  const names = document.nodes.flatMap(({ kind, config: { name } }) => (kind === 'output' && typeof name === 'string' ? [name] : []));
  return [...new Set(names)];
}
