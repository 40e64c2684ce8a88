import type { JsonSchema } from '../base/json.ts';
import { type FieldType, toFieldSchema } from '../nodes/field.ts';
import type { PortReference, WorkflowDocument } from './document.ts';
import { findPort, verdictOnEdge } from './edge-verdict.ts';
import { isReservedInExpressions } from './expression.ts';
import { verdictOnConnection } from './port-types.ts';

/** A transform that would make a refused connection fit. */
export interface SuggestedTransform {
  /** The config of the transform between the two ports. */
  readonly expression: string;
  readonly outputType: FieldType;
  /** What it does, completing “Insert a transform that …”. */
  readonly words: string;
}

/** The transform between two ports whose types do not fit, or null when a transform would not help. */
export function suggestTransform(document: WorkflowDocument, from: PortReference, to: PortReference): SuggestedTransform | null {
  const output = toSchema(document, 'outputs', from);
  const input = toSchema(document, 'inputs', to);
  if (output === null || input === null || isReservedInExpressions(from.node)) return null;
  // Refused for its types alone: with an output that may be anything it would be let through.
  if (
    verdictOnConnection(output, input).verdict !== 'refused' ||
    verdictOnEdge(withAnything(document, from), from, to).verdict === 'refused'
  )
    return null;
  const source = `${from.node}.${from.port}`;
  return [...listConversions(source, output, input)].find(({ outputType }) => fitsInto(toGiven(outputType), input)) ?? null;
}

/** Ways to make a value of one type from one of another, the most telling first. */
function* listConversions(source: string, output: JsonSchema, input: JsonSchema): Generator<SuggestedTransform> {
  const given = toTypes(output);
  const wanted = toTypes(input);
  const takes = (type: string) => wanted.has(type);
  if (given.has('object')) {
    for (const [name, schema] of Object.entries(toProperties(output))) {
      const type = toFieldType(schema);
      if (type !== null && fitsInto(schema, input))
        yield { expression: `${source}.${name}`, outputType: type, words: `takes its “${name}”` };
    }
  }
  if (given.has('array')) {
    const item = isSchema(output.items) ? output.items : {};
    const type = toFieldType(item) ?? wantedType(wanted);
    if (type !== null && !takes('array') && verdictOnConnection(item, input).verdict !== 'refused')
      yield { expression: `${source}[0]`, outputType: type, words: 'takes its first item' };
    if (takes('string'))
      yield toTypes(item).has('string')
        ? { expression: `${source}.join("\\n")`, outputType: 'string', words: 'joins its items to one text' }
        : { expression: `json(${source})`, outputType: 'string', words: 'writes it as JSON text' };
  }
  if (takes('string')) {
    if (given.has('object')) yield { expression: `json(${source})`, outputType: 'string', words: 'writes it as JSON text' };
    else if (!given.has('array')) yield { expression: `string(${source})`, outputType: 'string', words: 'writes it as text' };
  }
  if (given.has('string')) {
    if (takes('integer') && !takes('number'))
      yield { expression: `int(${source})`, outputType: 'integer', words: 'reads it as a whole number' };
    if (takes('number')) yield { expression: `double(${source})`, outputType: 'number', words: 'reads it as a number' };
    if (takes('boolean')) yield { expression: `${source} == "true"`, outputType: 'boolean', words: 'asks whether it says “true”' };
  }
  if ((given.has('number') || given.has('integer')) && takes('boolean'))
    yield { expression: `${source} != 0`, outputType: 'boolean', words: 'asks whether it is not 0' };
  if (takes('array')) yield { expression: `[${source}]`, outputType: 'array', words: 'makes a list of it' };
  if (takes('object')) {
    const required = Array.isArray(input.required) ? input.required : [];
    const [name] = required.length === 0 ? ['value'] : required;
    if (required.length <= 1 && typeof name === 'string')
      yield { expression: `{"${name}": ${source}}`, outputType: 'object', words: `makes an object of it, with “${name}”` };
  }
}

function wantedType(wanted: ReadonlySet<string>): FieldType | null {
  for (const type of ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const) if (wanted.has(type)) return type;
  return null;
}

function toFieldType(schema: JsonSchema): FieldType | null {
  const types = toTypes(schema);
  types.delete('null');
  return types.size === 1 ? wantedType(types) : null;
}

function toGiven(type: FieldType): JsonSchema {
  return toFieldSchema({ name: 'value', type, required: true });
}

function fitsInto(schema: JsonSchema, input: JsonSchema): boolean {
  return verdictOnConnection(schema, input).verdict !== 'refused';
}

function toTypes(schema: JsonSchema): Set<string> {
  const parts = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : [schema];
  return new Set(
    parts.flatMap((part) => {
      if (!isSchema(part)) return [];
      if (Array.isArray(part.type)) return part.type.filter((type) => typeof type === 'string');
      return typeof part.type === 'string'
        ? [part.type]
        : part.properties !== undefined
          ? ['object']
          : part.items !== undefined
            ? ['array']
            : [];
    }),
  );
}

function toProperties(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return isSchema(schema.properties)
    ? Object.fromEntries(Object.entries(schema.properties).map(([name, value]) => [name, isSchema(value) ? value : {}]))
    : {};
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toSchema(document: WorkflowDocument, side: 'inputs' | 'outputs', { node, port }: PortReference): JsonSchema | null {
  const owner = document.nodes.find((candidate) => candidate.id === node);
  return owner === undefined ? null : (findPort(owner, side, port)?.schema ?? null);
}

/** The document with a node in the place of the source whose outputs may be anything. */
function withAnything(document: WorkflowDocument, from: PortReference): WorkflowDocument {
  const fields = { inputs: [], outputs: [{ name: from.port, type: 'any' }], source: 'return {};' };
  return { ...document, nodes: document.nodes.map((node) => (node.id === from.node ? { ...node, kind: 'code', config: fields } : node)) };
}
