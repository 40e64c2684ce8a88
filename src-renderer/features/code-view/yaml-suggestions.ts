import type { JsonObject, JsonValue } from '#shared/base/json.ts';

/** Something that may be written at a place of the text. */
export interface YamlSuggestion {
  readonly label: string;
  readonly insert: string;
  readonly isKey: boolean;
  readonly description: string | null;
}

/**
 * What may stand at the end of `before`, the text up to the cursor, by the schema: keys that are not there yet, or the values of a
 * key that has only a few. By indentation alone, so that it works while the text is still wrong.
 */
export function suggestYaml(before: string, after: string, schema: JsonObject): readonly YamlSuggestion[] {
  const lines = before.split('\n');
  const current = lines.at(-1) ?? '';
  const value = /^(\s*(?:- )*)([\w$-]+):\s+\S*$/.exec(current);
  const here = resolve(schema, toPath(lines), siblingsOf(lines, after));
  if (value !== null) return listValues(propertiesOf(here)[value[2] as string]);
  if (!/^\s*(?:- )*[\w$-]*$/.test(current)) return [];
  const present = siblingsOf(lines, after);
  return Object.entries(propertiesOf(here))
    .filter(([key]) => !present.has(key))
    .map(([key, member]) => ({
      label: key,
      insert: toInsert(key, member, indentOf(current)),
      isKey: true,
      description: descriptionOf(member),
    }));
}

/** The keys and list items that lead to the current line, from the outside. */
function toPath(lines: readonly string[]): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let column = indentOf(lines.at(-1) ?? '');
  if (/^\s*- /.test(lines.at(-1) ?? '')) path.unshift(0);
  for (let at = lines.length - 2; at >= 0 && column > 0; at -= 1) {
    const line = lines[at] ?? '';
    const found = /^(\s*)((?:- )*)([\w$-]+):\s*(?:[#|>].*)?$/.exec(line);
    const isItem = /^\s*- /.test(line);
    const outer = /^\s*/.exec(line)?.[0].length ?? 0;
    if (line.trim() === '' || indentOf(line) > column) continue;
    // A line as far in as this one is beside it; when it begins an item, both are in that item.
    if (indentOf(line) === column) {
      if (isItem && path[0] !== 0) {
        path.unshift(0);
        column = outer;
      }
      continue;
    }
    if (found === null) continue;
    path.unshift(found[3] as string);
    column = indentOf(line);
    if (isItem) {
      path.unshift(0);
      column = outer;
    }
  }
  return path;
}

/** Where the content of a line begins, behind the dashes of list items. */
function indentOf(line: string): number {
  return /^\s*(?:- )*/.exec(line)?.[0].length ?? 0;
}

/** The keys beside the cursor, with their values where these stand on the line. */
function siblingsOf(lines: readonly string[], after: string): ReadonlyMap<string, string> {
  const column = indentOf(lines.at(-1) ?? '');
  const siblings = new Map<string, string>();
  const collect = (line: string): boolean => {
    if (line.trim() === '') return true;
    if (indentOf(line) < column) return false;
    const found = /^\s*(?:- )*([\w$-]+):\s*(.*)$/.exec(line);
    if (indentOf(line) === column && found !== null) siblings.set(found[1] as string, (found[2] as string).trim());
    return true;
  };
  const isItem = (line: string) => indentOf(line) === column && /^\s*- /.test(line);
  if (!isItem(lines.at(-1) ?? '')) {
    for (const line of lines.slice(0, -1).toReversed()) if (!collect(line) || isItem(line)) break;
  }
  for (const line of after.split('\n').slice(1)) if (isItem(line) || !collect(line)) break;
  return siblings;
}

/** The schema at a path; `siblings` tell which of several alternatives holds. */
function resolve(schema: JsonValue | undefined, path: readonly (string | number)[], siblings: ReadonlyMap<string, string>): JsonObject {
  const here = isObject(schema) ? schema : {};
  const [key, ...rest] = path;
  if (key === undefined) return withAlternatives(here, siblings);
  if (typeof key === 'number') return resolve(here.items, rest, siblings);
  return resolve(propertiesOf(here)[key] ?? here.additionalProperties, rest, siblings);
}

function withAlternatives(schema: JsonObject, siblings: ReadonlyMap<string, string>): JsonObject {
  const options = [...toList(schema.anyOf), ...toList(schema.oneOf)].filter(isObject);
  const fits = (option: JsonObject) =>
    Object.entries(propertiesOf(option)).every(([key, member]) => {
      const only = isObject(member) ? member.const : undefined;
      return only === undefined || !siblings.has(key) || siblings.get(key) === only;
    });
  const all = options.filter(fits).map(propertiesOf);
  return { ...schema, properties: Object.assign({}, propertiesOf(schema), ...all) as JsonObject };
}

function listValues(schema: JsonValue | undefined): readonly YamlSuggestion[] {
  if (!isObject(schema)) return [];
  const toSuggestion = (value: JsonValue, description: string | null): YamlSuggestion => ({
    label: String(value),
    insert: String(value),
    isKey: false,
    description,
  });
  if (schema.const !== undefined) return [toSuggestion(schema.const, descriptionOf(schema))];
  if (Array.isArray(schema.enum)) return schema.enum.map((value: JsonValue) => toSuggestion(value, null));
  if (schema.type === 'boolean') return [true, false].map((value) => toSuggestion(value, null));
  return [...toList(schema.anyOf), ...toList(schema.oneOf)].flatMap(listValues);
}

function toInsert(key: string, member: JsonValue, indent: number): string {
  const type = isObject(member) ? member.type : undefined;
  const inner = ' '.repeat(indent + 2);
  return type === 'object' ? `${key}:\n${inner}` : type === 'array' ? `${key}:\n${inner}- ` : `${key}: `;
}

function propertiesOf(schema: JsonValue | undefined): JsonObject {
  return isObject(schema) && isObject(schema.properties) ? schema.properties : {};
}

function descriptionOf(schema: JsonValue): string | null {
  return isObject(schema) && typeof schema.description === 'string' ? schema.description : null;
}

function toList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema of a workflow in which the config of a node is that of the kind named before the cursor. */
export function toSchemaAt(schema: JsonObject, before: string, toConfig: (kind: string) => JsonObject | undefined): JsonObject {
  const kind = /^ *(?:- )?kind: *(\S+)/.exec(before.split('\n').findLast((line) => /^ *(?:- )?kind: *\S/.test(line)) ?? '')?.[1];
  const config = kind === undefined ? undefined : toConfig(kind);
  if (config === undefined) return schema;
  const { nodes } = propertiesOf(schema);
  const items = isObject(nodes) && isObject(nodes.items) ? nodes.items : {};
  const node = { ...items, properties: { ...propertiesOf(items), config } };
  return { ...schema, properties: { ...propertiesOf(schema), nodes: { ...(nodes as JsonObject), items: node } } };
}
