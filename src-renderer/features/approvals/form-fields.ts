import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';
import type { ApprovalSubject } from '#shared/run/events.ts';
import { type FormField, toControl, toDefaults, toSchemaFields } from '../../ui/value-form.ts';

/** The key of the only control when the schema is not that of an object. */
const wholeValue = '';

/** The controls for a value of this schema: one for each property, or one for the whole. */
export function toFormFields(schema: JsonSchema): readonly FormField[] {
  if (isObjectSchema(schema)) return toSchemaFields(schema, {});
  const title = typeof schema.title === 'string' ? schema.title : 'Value';
  const help = typeof schema.description === 'string' ? schema.description : undefined;
  return [{ key: wholeValue, label: title, help, isRequired: true, control: toControl(schema) }];
}

/** What the form begins with: the schema's defaults, and what came with the question. */
export function toFirstValue({ schema, value }: Extract<ApprovalSubject, { type: 'form' }>): JsonObject {
  if (!isObjectSchema(schema)) {
    const first = value ?? schema.default;
    return first === undefined || first === null ? {} : { [wholeValue]: first };
  }
  return { ...toDefaults(schema), ...(isObject(value) ? value : {}) };
}

/** The value that the controls stand for. */
export function fromFormValue(schema: JsonSchema, read: JsonObject): JsonValue {
  return isObjectSchema(schema) ? read : (read[wholeValue] ?? null);
}

function isObjectSchema({ type, properties }: JsonSchema): boolean {
  return isObject(properties) || type === 'object' || type === undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
