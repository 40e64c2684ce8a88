import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';

/** One field of a form for a JSON object. */
export interface FormField {
  readonly key: string;
  readonly label: string;
  readonly help?: string | undefined;
  readonly isRequired: boolean;
  readonly control:
    | { readonly type: 'text'; readonly isLong: boolean; readonly hint?: string }
    | { readonly type: 'number'; readonly isWhole: boolean }
    | { readonly type: 'toggle' }
    | { readonly type: 'choice'; readonly options: readonly string[] }
    | { readonly type: 'json' };
}

/** What stands in the controls, as text. A missing key is an empty control. */
export type FormTexts = Readonly<Record<string, string>>;

/** The controls for this value. */
export function toFormTexts(fields: readonly FormField[], value: JsonObject): FormTexts {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const item = value[field.key];
      if (item === undefined || (item === null && !field.isRequired)) return [];
      return [[field.key, toText(field, item)]];
    }),
  );
}

/** What the controls say, and by key what is wrong with them. Empty controls that are not required are left out. */
export function readForm(
  fields: readonly FormField[],
  texts: FormTexts,
): { readonly value: JsonObject; readonly problems: Readonly<Record<string, string>> } {
  const value: Record<string, JsonValue> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const text = texts[field.key] ?? '';
    if (text === '' && field.control.type !== 'toggle') {
      if (!field.isRequired) continue;
      if (field.control.type !== 'text') {
        problems[field.key] = 'Needs a value.';
        continue;
      }
      problems[field.key] = 'Needs a text.';
      continue;
    }
    const read = readText(field, text);
    if ('problem' in read) problems[field.key] = read.problem;
    else value[field.key] = read.value;
  }
  return { value, problems };
}

/** The fields of an object schema; keys of the value that the schema does not name come as JSON, so that nothing is lost. */
export function toSchemaFields(schema: JsonSchema, value: JsonObject): readonly FormField[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const named = Object.entries(properties).map(([key, property]) =>
    toField(key, isObject(property) ? property : {}, required.includes(key)),
  );
  const others = Object.keys(value).filter((key) => !(key in properties));
  return [...named, ...others.map((key) => toField(key, toGuessedSchema(value[key] as JsonValue), false))];
}

function toField(key: string, schema: JsonSchema, isRequired: boolean): FormField {
  const help = typeof schema.description === 'string' ? schema.description : undefined;
  return { key, label: key, help, isRequired, control: toControl(schema) };
}

function toControl(schema: JsonSchema): FormField['control'] {
  const options = Array.isArray(schema.enum) ? schema.enum : [];
  if (options.length > 0 && options.every((option) => typeof option === 'string')) return { type: 'choice', options };
  switch (schema.type) {
    case 'string':
      return { type: 'text', isLong: true };
    case 'number':
      return { type: 'number', isWhole: false };
    case 'integer':
      return { type: 'number', isWhole: true };
    case 'boolean':
      return { type: 'toggle' };
    default:
      return { type: 'json' };
  }
}

function toGuessedSchema(value: JsonValue): JsonSchema {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { type: typeof value } : {};
}

function toText({ control }: FormField, value: JsonValue): string {
  if (control.type === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function readText({ control }: FormField, text: string): { readonly value: JsonValue } | { readonly problem: string } {
  switch (control.type) {
    case 'text':
      return { value: text };
    case 'toggle':
      return { value: text === 'true' };
    case 'choice':
      return control.options.includes(text) ? { value: text } : { problem: `Must be one of ${control.options.join(', ')}.` };
    case 'number': {
      const number = Number(text);
      if (text.trim() === '' || !Number.isFinite(number)) return { problem: 'Must be a number.' };
      return control.isWhole && !Number.isInteger(number) ? { problem: 'Must be a whole number.' } : { value: number };
    }
    case 'json':
      try {
        return { value: JSON.parse(text) as JsonValue };
      } catch (error) {
        return { problem: `Is not JSON: ${error instanceof Error ? error.message : String(error)}.` };
      }
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
