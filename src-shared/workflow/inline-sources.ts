import { HeddleError } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';
import { type Field, fieldListSchema } from '../nodes/field.ts';
import { transformKind } from '../nodes/transform/transform.ts';
import { judgeCertainty, looksAtInputs } from './certainty.ts';
import type { PortReference, WorkflowDocument, WorkflowEdge, WorkflowNode } from './document.ts';
import { findPort } from './edge-verdict.ts';
import { toFreeId } from './free-names.ts';
import { listMentions } from './rewrite-references.ts';
import { splitTemplate } from './template.ts';

/** Where the inputs of the subflow come from: for each `input.field` inside, a port outside or of a transform. */
export interface Sources {
  readonly byField: ReadonlyMap<string, PortReference>;
  readonly computed: readonly WorkflowNode[];
}

/** Finds where each input that is used inside comes from, making transforms for those that are computed. */
export function toSources(
  document: WorkflowDocument,
  subflow: WorkflowNode,
  inner: WorkflowDocument,
  ids: ReadonlyMap<string, string>,
  arriving: readonly WorkflowEdge[],
): Sources {
  const certainty = judgeCertainty(document);
  const given = subflow.config.inputs as Readonly<Record<string, JsonValue>>;
  const taken = new Set([...document.nodes.map((node) => node.id), ...ids.values()]);
  const byField = new Map<string, PortReference>();
  const computed: WorkflowNode[] = [];
  for (const node of inner.nodes.filter(({ kind }) => kind === 'input')) {
    for (const field of fieldListSchema.safeParse(node.config.fields).data ?? []) {
      const users = listUsers(inner, node.id, field.name);
      if (users.length === 0) continue;
      const template = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
      const direct = toDirectPort(document, template);
      const isAlways =
        direct !== null &&
        (certainty.port(direct.node, direct.port) ||
          (arriving.length > 0 && arriving.every(({ from }) => from.node === direct.node && from.port === direct.port)));
      // Where several edges meet, what arrives is told apart by the id of its source.
      const keepsKey = direct?.node === node.id || !users.some(looksAtInputs);
      if (direct !== null && isAlways && keepsKey) byField.set(`${node.id}.${field.name}`, direct);
      else {
        if (arriving.length === 0)
          throw refusal(`${toName(subflow)} computes its input “${field.name}”, and nothing leads to it. Connect something to it first.`);
        const id = toFreeId(taken, node.id);
        taken.add(id);
        computed.push({
          id,
          kind: transformKind.kind,
          name: `${node.name || node.id}: ${field.name}`,
          position: { x: subflow.position.x - 256, y: subflow.position.y + computed.length * 104 },
          config: { expression: toExpression(subflow, field, template), outputType: 'any' },
        });
        byField.set(`${node.id}.${field.name}`, { node: id, port: 'value' });
      }
    }
  }
  return { byField, computed };
}

/** The nodes inside that use an input, by an edge or in an expression, be it of its input node as a whole. */
function listUsers(inner: WorkflowDocument, input: string, field: string): readonly WorkflowNode[] {
  return inner.nodes.filter((node) => {
    const isFed = inner.edges.some(({ from, to }) => to.node === node.id && from.node === input && from.port === field);
    return isFed || listMentions(node).some(({ root, members: [member] }) => root === input && (member === undefined || member === field));
  });
}

/** The port outside that a template passes on as it is, or null. */
function toDirectPort(document: WorkflowDocument, template: JsonValue | undefined): PortReference | null {
  const found = typeof template === 'string' ? /^\{\{\s*([A-Za-z]\w*)\.([A-Za-z_]\w*)\s*\}\}$/.exec(template) : null;
  const node = document.nodes.find(({ id }) => id === found?.[1]);
  if (found === null || node === undefined || findPort(node, 'outputs', found[2] as string) == null) return null;
  return { node: node.id, port: found[2] as string };
}

/** The CEL that gives what the subflow's input gets. */
function toExpression(subflow: WorkflowNode, field: Field, template: JsonValue | undefined): string {
  if (template === undefined) return JSON.stringify(field.default ?? null);
  if (typeof template === 'string') {
    const parts = splitTemplate(template);
    const [only] = parts;
    if (parts.length === 1 && only?.type === 'expression') return only.source.trim();
    if (parts.every((part) => part.type === 'text')) return JSON.stringify(template);
  } else if (!JSON.stringify(template).includes('{{')) return JSON.stringify(template);
  throw refusal(`${toName(subflow)} mixes words and expressions in its input “${field.name}”. Give it one expression first.`);
}

function toName(node: WorkflowNode): string {
  return `“${node.name || node.id}”`;
}

function refusal(message: string): HeddleError {
  return new HeddleError('workflow.invalid', message);
}
