import type { JsonObject } from '#shared/base/json.ts';
import type { PartPreview } from '#shared/contract/parts.ts';
import { findKind } from '#shared/nodes/registry.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { toGivenWords } from '../../state/given-words.ts';
import { type FormField, type FormTexts, readForm, toSchemaFields } from '../../ui/value-form.ts';

/** A node of whose outputs nobody knows anything, with a control for each that is asked for. */
export interface MissingNode {
  readonly node: string;
  readonly name: string;
  readonly fields: readonly FormField[];
}

/** What has to be typed before a part of a workflow can run. Of a node that chooses a way, one way is enough. */
export function toMissingNodes(document: WorkflowDocument, missing: PartPreview['missing']): readonly MissingNode[] {
  return missing.map(({ node, name, ports }) => {
    const kind = findKind(document.nodes.find(({ id }) => id === node)?.kind ?? '');
    const choosesWay = (kind?.kind === 'branch' || kind?.category === 'human') && ports.length > 1;
    const schema = {
      properties: Object.fromEntries(ports.map((port) => [port.name, port.schema])),
      required: choosesWay ? [] : ports.map((port) => port.name),
    };
    const fields = toSchemaFields(schema, {}).map((field) => ({ ...field, key: toKey(node, field.key) }));
    return { node, name, fields };
  });
}

/** What was typed, by node and port, and what is wrong with it by control. */
export function readMissing(
  nodes: readonly MissingNode[],
  texts: FormTexts,
): { readonly given: Readonly<Record<string, JsonObject>>; readonly problems: Readonly<Record<string, string>> } {
  const given: Record<string, JsonObject> = {};
  const problems: Record<string, string> = {};
  for (const { node, fields } of nodes) {
    const read = readForm(fields, texts);
    Object.assign(problems, read.problems);
    given[node] = Object.fromEntries(Object.entries(read.value).map(([key, value]) => [key.slice(toKey(node, '').length), value]));
    const [first] = fields;
    if (first !== undefined && Object.keys(given[node]).length === 0) problems[first.key] ??= 'One of them needs a value.';
  }
  return { given, problems };
}

/** Where the outputs of nodes that do not run come from: a line for each source. */
export function toGivenLines(document: WorkflowDocument, given: PartPreview['given']): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { node, source, isSkipped } of given) {
    const words = toGivenWords(source);
    const name = document.nodes.find(({ id }) => id === node)?.name || node;
    names.set(words, [...(names.get(words) ?? []), isSkipped ? `${name} (skipped)` : name]);
  }
  return [...names].map(([words, of]) => `${of.join(', ')}: ${words}`);
}

function toKey(node: string, port: string): string {
  return `${node}.${port}`;
}
