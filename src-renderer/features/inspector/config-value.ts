import type { JsonObject, JsonValue } from '#shared/base/json.ts';

/** The value under a key such as `model` or `limits.wallMs`; undefined when there is none. */
export function readConfig(config: JsonObject, key: string): JsonValue | undefined {
  let value: JsonValue | undefined = config;
  for (const part of key.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The config with this value under the key; undefined removes it, and an object that is empty then goes with it. */
export function withConfig(config: JsonObject, key: string, value: JsonValue | undefined): JsonObject {
  const [first = '', ...rest] = key.split('.');
  if (rest.length === 0) {
    if (value !== undefined) return { ...config, [first]: value };
    const { [first]: _removed, ...others } = config;
    return others;
  }
  const inner = config[first];
  const changed = withConfig(isObject(inner) ? inner : {}, rest.join('.'), value);
  if (Object.keys(changed).length > 0) return { ...config, [first]: changed };
  return withConfig(config, first, undefined);
}

/** The list with the item at `from` moved by `by` places; unchanged when there is no such place. */
export function withMoved<Item>(items: readonly Item[], from: number, by: number): readonly Item[] {
  const to = from + by;
  if (to < 0 || to >= items.length || items[from] === undefined) return items;
  return items.toSpliced(from, 1).toSpliced(to, 0, items[from]);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
