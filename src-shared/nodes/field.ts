import { z } from 'zod';
import { type JsonSchema, type JsonValue, jsonValueSchema } from '../base/json.ts';
import type { Port } from './kind.ts';

/** What a field may hold. `file` and `folder` are paths (strings) that the window offers a picker for. */
export const fieldTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'any', 'file', 'folder'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** Port, field and case names are what expressions say after a dot, so they are identifiers. */
export const portNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must start with a letter or _ and hold only letters, digits and _ (at most 64)')
  // Records have members of these names that nobody put there.
  .refine((name) => !(name in Object.prototype), 'is not a usable name');

/** A named, typed value that a node takes or gives. */
export const fieldSchema = z
  .object({
    name: portNameSchema,
    type: z.enum(fieldTypes),
    description: z.string().max(1_000).optional(),
    required: z.boolean().optional(),
    default: jsonValueSchema.optional(),
  })
  .superRefine((field, context) => {
    if (field.default !== undefined && !isOfFieldType(field.default, field.type)) {
      context.addIssue({ code: 'custom', path: ['default'], message: `must be ${fieldTypeWords[field.type]}` });
    }
  });
export type Field = z.infer<typeof fieldSchema>;

/** A list of fields in which no name appears twice. */
export const fieldListSchema = z.array(fieldSchema).max(200).superRefine(refuseRepeatedNames);

/** Reports every item whose name an earlier one already has. */
export function refuseRepeatedNames(items: readonly { readonly name: string }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    if (seen.has(item.name)) context.addIssue({ code: 'custom', path: [index, 'name'], message: `“${item.name}” is used twice` });
    seen.add(item.name);
  });
}

/** The JSON Schema of a field's values. A field that may be left empty gives null then. */
export function toFieldSchema(field: Field): JsonSchema {
  if (field.type === 'any') return {};
  const isNullable = field.required !== true && field.default === undefined;
  const type = field.type === 'file' || field.type === 'folder' ? 'string' : field.type;
  return {
    type: isNullable ? [type, 'null'] : type,
    ...(field.type === 'file' || field.type === 'folder' ? { format: field.type } : {}),
  };
}

/** The output port that carries a field. */
export function toFieldPort(field: Field): Port {
  return { name: field.name, schema: toFieldSchema(field), ...(field.description === undefined ? {} : { description: field.description }) };
}

/** True when the value is one that a field of this type may hold. */
export function isOfFieldType(value: JsonValue, type: FieldType): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'file':
    case 'folder':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

const fieldTypeWords: Readonly<Record<FieldType, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  any: 'any value',
  file: 'a path',
  folder: 'a path',
};
