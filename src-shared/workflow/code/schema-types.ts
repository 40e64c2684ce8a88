import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { isRecord } from './code-content.ts';

/** The JSON Schema of what may be written for a zod schema: what has a default may be left out. */
export function toInputSchema(schema: z.ZodType): JsonObject {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    cycles: 'ref',
  }) as JsonObject;
  return rest;
}

/** A JSON Schema as a TypeScript type. */
export function toTypeText(schema: JsonValue | undefined, indent = ''): string {
  if (!isRecord(schema) || Object.keys(schema).length === 0) return 'Json';
  const { type, enum: values, const: only, anyOf, oneOf, properties, items, additionalProperties, required } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  const options = anyOf ?? oneOf;
  if (Array.isArray(options)) return [...new Set(options.map((option: JsonValue) => toTypeText(option, indent)))].join(' | ');
  if (Array.isArray(type)) return type.map((one: JsonValue) => toTypeText({ ...schema, type: one }, indent)).join(' | ');
  switch (type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return toListType(toTypeText(items, indent));
    case 'object':
      if (!isRecord(properties) || Object.keys(properties).length === 0)
        return `{ readonly [name: string]: ${isRecord(additionalProperties) ? toTypeText(additionalProperties, indent) : 'Json'} }`;
      return toRecordType(properties, Array.isArray(required) ? required.map(String) : [], indent);
    default:
      return 'Json';
  }
}

function toListType(item: string): string {
  return /^(?:\w+|\{[\s\S]*\})$/.test(item) && !item.includes(' | {') ? `readonly ${item}[]` : `readonly (${item})[]`;
}

function toRecordType(properties: JsonObject, required: readonly string[], indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(
    ([key, member]) =>
      `${toDoc(member, inner)}${inner}readonly ${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}${required.includes(key) ? '' : '?'}: ${toTypeText(member, inner)};`,
  );
  return `{\n${members.join('\n')}\n${indent}}`;
}

function toDoc(member: JsonValue, indent: string): string {
  const description = isRecord(member) ? member.description : undefined;
  return typeof description === 'string' ? `${indent}/** ${description.replaceAll('*/', '* /')} */\n` : '';
}
