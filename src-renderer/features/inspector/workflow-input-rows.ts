import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { Field, FieldType } from '#shared/nodes/field.ts';

/** An input of the workflow that a node runs, as the inspector shows it. */
export interface InputRow {
  readonly name: string;
  /** Its type, and whether it must be given. */
  readonly words: string;
  readonly help: string | undefined;
  readonly placeholder: string | undefined;
  readonly problem: string | null;
  readonly value: JsonValue | undefined;
  /** False for what is given but not asked for. */
  readonly isKnown: boolean;
  readonly takesText: boolean;
}

/** The inputs that the workflow asks for, then those that are given beyond them. `kind` is that of the node that runs it. */
export function listInputRows(fields: readonly Field[], given: JsonObject, kind: string): readonly InputRow[] {
  // A map whose inputs are all left empty hands the item to the only input.
  const takesItem = kind === 'map' && fields.length === 1 && Object.keys(given).length === 0;
  const known = fields.map((field): InputRow => {
    const isNeeded = field.required === true && field.default === undefined;
    return {
      name: field.name,
      words: isNeeded ? `${typeWords[field.type]}, required` : typeWords[field.type],
      help: field.description,
      placeholder: takesItem
        ? '{{ item }}'
        : field.default === undefined
          ? undefined
          : `left out: ${typeof field.default === 'string' ? field.default : JSON.stringify(field.default)}`,
      problem: isNeeded && !takesItem && given[field.name] === undefined ? 'The workflow needs this.' : null,
      value: given[field.name],
      isKnown: true,
      takesText: field.type === 'string' || field.type === 'file' || field.type === 'folder',
    };
  });
  const names = new Set(fields.map(({ name }) => name));
  const strangers = Object.keys(given).filter((name) => !names.has(name));
  return [
    ...known,
    ...strangers.map(
      (name): InputRow => ({
        name,
        words: 'not asked for',
        help: undefined,
        placeholder: undefined,
        problem: 'The workflow has no such input, and refuses to start with it. Remove it.',
        value: given[name],
        isKnown: false,
        takesText: false,
      }),
    ),
  ];
}

const typeWords: Readonly<Record<FieldType, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'yes or no',
  object: 'object',
  array: 'list',
  any: 'any value',
  file: 'file',
  folder: 'folder',
};
