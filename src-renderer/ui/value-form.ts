import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';

/** One field of a form for a JSON object. */
export interface FormField {
  readonly key: string;
  readonly label: string;
  readonly help?: string | undefined;
  readonly isRequired: boolean;
  readonly control:
    | { readonly type: 'text'; readonly isLong: boolean; readonly hint?: string; readonly limits?: TextLimits }
    | { readonly type: 'number'; readonly isWhole: boolean; readonly limits?: NumberLimits }
    | { readonly type: 'toggle' }
    | { readonly type: 'choice'; readonly options: readonly JsonValue[] }
    | { readonly type: 'moment'; readonly form: 'date' | 'time' | 'date-time' }
    | { readonly type: 'json'; readonly expects?: 'array' | 'object' };
  /** Left empty, it is null where a value is required. */
  readonly isNullable?: boolean;
}

interface TextLimits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
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
      if (field.isNullable === true) {
        value[field.key] = null;
        continue;
      }
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
  const label = typeof schema.title === 'string' && schema.title !== '' ? schema.title : key;
  const isNullable = Array.isArray(schema.type) && schema.type.includes('null');
  return { key, label, help, isRequired, control: toControl(schema), ...(isNullable ? { isNullable } : {}) };
}

/** The control for a value of this schema. */
export function toControl(schema: JsonSchema): FormField['control'] {
  const options = Array.isArray(schema.enum) ? schema.enum : [];
  if (options.length > 0) return { type: 'choice', options };
  const type = Array.isArray(schema.type) ? schema.type.find((name) => name !== 'null') : schema.type;
  switch (type) {
    case 'string':
      return toTextControl(schema);
    case 'number':
    case 'integer': {
      const limits: Optional<NumberLimits> = {
        min: toNumber(schema.minimum),
        max: toNumber(schema.maximum),
        above: toNumber(schema.exclusiveMinimum),
        below: toNumber(schema.exclusiveMaximum),
      };
      return { type: 'number', isWhole: type === 'integer', limits: withoutMissing(limits) };
    }
    case 'boolean':
      return { type: 'toggle' };
    case 'array':
    case 'object':
      return { type: 'json', expects: type };
    default:
      return { type: 'json' };
  }
}

function toTextControl(schema: JsonSchema): FormField['control'] {
  const { format, pattern } = schema;
  if (format === 'date' || format === 'time' || format === 'date-time') return { type: 'moment', form: format };
  const hint = typeof format === 'string' ? formatHints[format] : undefined;
  const limits: Optional<TextLimits> = {
    min: toNumber(schema.minLength),
    max: toNumber(schema.maxLength),
    pattern: typeof pattern === 'string' ? pattern : undefined,
  };
  return { type: 'text', isLong: hint === undefined, limits: withoutMissing(limits), ...(hint === undefined ? {} : { hint }) };
}

const formatHints: Readonly<Record<string, string>> = {
  email: 'name@example.org',
  uri: 'https://…',
  file: 'A file, as a path inside the workspace',
  folder: 'A folder, as a path inside the workspace',
};

/** What a schema's properties say to begin with. */
export function toDefaults(schema: JsonSchema): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, property]) =>
      isObject(property) && property.default !== undefined ? [[key, property.default]] : [],
    ),
  );
}

function toGuessedSchema(value: JsonValue): JsonSchema {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { type: typeof value } : {};
}

function toText({ control }: FormField, value: JsonValue): string {
  if (control.type === 'json') return JSON.stringify(value, null, 2);
  if (control.type === 'choice') return toOptionText(value);
  if (control.type === 'moment' && control.form === 'date-time') return toLocalText(String(value));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function readText({ control }: FormField, text: string): { readonly value: JsonValue } | { readonly problem: string } {
  switch (control.type) {
    case 'text': {
      const problem = toTextProblem(text, control.limits ?? {});
      return problem === null ? { value: text } : { problem };
    }
    case 'toggle':
      return { value: text === 'true' };
    case 'choice': {
      const chosen = control.options.find((option) => toOptionText(option) === text);
      return chosen === undefined ? { problem: `Must be one of ${control.options.map(toOptionText).join(', ')}.` } : { value: chosen };
    }
    case 'moment': {
      if (control.form !== 'date-time') return { value: text };
      const moment = new Date(text);
      return Number.isNaN(moment.getTime()) ? { problem: 'Must be a date with a time.' } : { value: moment.toISOString() };
    }
    case 'number': {
      const number = Number(text);
      if (text.trim() === '' || !Number.isFinite(number)) return { problem: 'Must be a number.' };
      const problem =
        control.isWhole && !Number.isInteger(number) ? 'Must be a whole number.' : toNumberProblem(number, control.limits ?? {});
      return problem === null ? { value: number } : { problem };
    }
    case 'json':
      try {
        return toExpected(JSON.parse(text) as JsonValue, control.expects);
      } catch (error) {
        return { problem: `Is not JSON: ${error instanceof Error ? error.message : String(error)}.` };
      }
  }
}

/** A choice as it stands in its control. */
export function toOptionText(option: JsonValue): string {
  return typeof option === 'string' ? option : JSON.stringify(option);
}

/** A moment as a control for local time takes it; the text itself when it is none. */
function toLocalText(text: string): string {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return text;
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function toTextProblem(text: string, { min, max, pattern }: TextLimits): string | null {
  if (min !== undefined && text.length < min) return `Needs at least ${min} letters.`;
  if (max !== undefined && text.length > max) return `Takes at most ${max} letters.`;
  return pattern !== undefined && fits(text, pattern) === false ? `Must match ${pattern}.` : null;
}

/** Undefined when the pattern itself cannot be read: the host then decides. */
function fits(text: string, pattern: string): boolean | undefined {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return undefined;
  }
}

function toNumberProblem(number: number, { min, max, above, below }: NumberLimits): string | null {
  if (min !== undefined && number < min) return `Must be at least ${min.toLocaleString()}.`;
  if (max !== undefined && number > max) return `Must be at most ${max.toLocaleString()}.`;
  if (above !== undefined && number <= above) return `Must be more than ${above.toLocaleString()}.`;
  return below !== undefined && number >= below ? `Must be less than ${below.toLocaleString()}.` : null;
}

function toExpected(
  value: JsonValue,
  expects: 'array' | 'object' | undefined,
): { readonly value: JsonValue } | { readonly problem: string } {
  if (expects === 'array' && !Array.isArray(value)) return { problem: 'Must be a list: [ … ].' };
  if (expects === 'object' && !isObject(value)) return { problem: 'Must be an object: { … }.' };
  return { value };
}

function toNumber(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

type Optional<Limits> = { readonly [Key in keyof Limits]: Limits[Key] | undefined };

function withoutMissing<Limits extends object>(limits: Optional<Limits>): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)) as Limits;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
