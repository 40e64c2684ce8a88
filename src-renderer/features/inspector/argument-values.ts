import type { JsonObject, JsonSchema, JsonValue } from '#shared/base/json.ts';

/** One argument of a tool as the form shows it. */
export interface ArgumentField {
  readonly name: string;
  readonly description: string | null;
  readonly isRequired: boolean;
  /** False for arguments that are given but that the tool does not name. */
  readonly isKnown: boolean;
  /** The values to choose from, when there are only some. */
  readonly choices: readonly string[] | null;
  readonly takesText: boolean;
}

/** The arguments of a tool in the order of its schema, then those that are given beyond it. */
export function listArguments(schema: JsonSchema, given: JsonObject): readonly ArgumentField[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const known = Object.entries(properties).map(([name, property]): ArgumentField => {
    const details = isObject(property) ? property : {};
    const choices =
      Array.isArray(details.enum) && details.enum.every((value) => typeof value === 'string') ? (details.enum as readonly string[]) : null;
    return {
      name,
      description: typeof details.description === 'string' ? details.description : null,
      isRequired: required.has(name),
      isKnown: true,
      choices,
      takesText: details.type === 'string',
    };
  });
  const strangers = Object.keys(given).filter((name) => !Object.hasOwn(properties, name));
  return [
    ...known,
    ...strangers.map(
      (name): ArgumentField => ({ name, description: null, isRequired: false, isKnown: false, choices: null, takesText: false }),
    ),
  ];
}

/** An argument's value as text: texts as they are, everything else as JSON. */
export function toArgumentText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value that the text stands for; undefined for nothing. Where no text is taken, JSON is read as what it says. */
export function fromArgumentText(text: string, takesText: boolean): JsonValue | undefined {
  if (text === '') return undefined;
  if (takesText) return text;
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === 'string' ? text : value;
  } catch {
    return text;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
