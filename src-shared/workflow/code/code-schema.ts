import type { JsonObject, JsonValue } from '../../base/json.ts';
import { nodeKindNames, nodeKinds } from '../../nodes/registry.ts';
import { workflowDocumentSchema, workflowEdgeSchema, workflowNodeSchema, workflowSchemaVersion } from '../document.ts';
import { isRecord } from './code-content.ts';
import { toInputSchema } from './schema-types.ts';

/** The JSON Schema of a workflow written as JSON or YAML, made from the schemas of the document and of every kind. */
export function toCodeSchema(): JsonObject {
  const document = propertiesOf(toInputSchema(workflowDocumentSchema));
  const { schemaVersion: _version, comments: _shownAsSuch, nodes: _nodes, edges: _edges, ...members } = document;
  return {
    type: 'object',
    required: ['name', 'nodes'],
    additionalProperties: false,
    properties: {
      heddle: { const: workflowSchemaVersion, description: 'The version of the format.' },
      ...members,
      nodes: { type: 'array', items: toNodeSchema() },
      edges: { type: 'array', items: toEdgeSchema() },
    },
  };
}

/** The config is that of its kind; a kind that this build does not know may have any. */
function toNodeSchema(): JsonObject {
  const { id, kind, name, config: _config, ...more } = propertiesOf(toInputSchema(workflowNodeSchema));
  const kinds = nodeKindNames.map((known): JsonObject => ({ const: known, description: nodeKinds[known].description }));
  return {
    type: 'object',
    required: ['id', 'kind'],
    additionalProperties: false,
    properties: {
      id: { ...(id as JsonObject), description: 'What expressions and edges call the node.' },
      kind: { anyOf: [...kinds, kind as JsonObject], description: 'What sort of node it is.' },
      name: { ...(name as JsonObject), description: 'What the card says; left out, made from the id.' },
      config: { type: 'object', description: 'What it does; which members there are depends on the kind.' },
      ...more,
    },
    allOf: nodeKindNames.map((known) => ({
      if: { required: ['kind'], properties: { kind: { const: known } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nothing here is awaited.
      then: { properties: { config: toConfigSchema(known) } },
    })),
  };
}

/** The config of a kind, each member with the words of the inspector. */
export function toConfigSchema(name: (typeof nodeKindNames)[number]): JsonObject {
  const { configSchema, fields, description } = nodeKinds[name];
  const words = new Map(fields.map(({ key, label, help }) => [key, help === undefined ? label : `${label}. ${help}`]));
  const schema = toInputSchema(configSchema);
  const properties = Object.entries(propertiesOf(schema)).map(([key, member]): [string, JsonValue] => {
    const said = words.get(key);
    return [key, said !== undefined && isRecord(member) ? { ...member, description: said } : member];
  });
  return { ...schema, description, properties: Object.fromEntries(properties) };
}

function toEdgeSchema(): JsonObject {
  const { label } = propertiesOf(toInputSchema(workflowEdgeSchema));
  const end = (words: string) => ({ type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}\\..+$', description: words });
  return {
    type: 'object',
    required: ['from', 'to'],
    additionalProperties: false,
    properties: { from: end('The output it leads from: node.output'), to: end('The input it leads to: node.input'), label: label ?? {} },
  };
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isRecord(schema.properties) ? schema.properties : {};
}
