import { type JsonSchema, type JsonValue, toCanonicalJson } from '../base/json.ts';

/** Whether values of one schema may go where another is asked for: always, perhaps (checked at run time), or never. */
export type ConnectionVerdict =
  | { readonly verdict: 'fits' }
  | { readonly verdict: 'maybe'; readonly reason: string }
  | { readonly verdict: 'refused'; readonly reason: string };

/**
 * Compares two JSON Schemas: types, enums, objects with their required properties, lists and unions.
 * Limits it does not weigh (patterns, lengths, references, …) make the verdict `maybe`, never `refused`.
 */
export function verdictOnConnection(from: JsonSchema, to: JsonSchema): ConnectionVerdict {
  return compare(from, to, 0);
}

const fits: ConnectionVerdict = { verdict: 'fits' };
const maybe = (reason: string): ConnectionVerdict => ({ verdict: 'maybe', reason });
const refused = (reason: string): ConnectionVerdict => ({ verdict: 'refused', reason });

const maxDepth = 40;

function compare(from: JsonSchema, to: JsonSchema, depth: number): ConnectionVerdict {
  if (from === to || isAnything(to)) return fits;
  if (isAnything(from)) return maybe(`it may be anything, and ${toTypeWords(to)} is needed`);
  if (depth > maxDepth) return maybe('the types are nested too deeply to compare');
  const sources = listAlternatives(from);
  const targets = listAlternatives(to);
  if (sources === null || targets === null) return maybe('the types can only be compared when it runs');
  const verdicts = sources.map((source) =>
    best(
      targets.map((target) => compareSingle(source, target, depth)),
      source,
      to,
    ),
  );
  const refusals = verdicts.filter((verdict) => verdict.verdict === 'refused');
  const [first] = refusals;
  if (first !== undefined && refusals.length === verdicts.length) {
    return verdicts.length === 1 ? first : refused(`it is ${toTypeWords(from)}, but ${toTypeWords(to)} is needed`);
  }
  if (first !== undefined) return maybe(first.reason);
  return verdicts.find((verdict) => verdict.verdict === 'maybe') ?? fits;
}

/** The kindest verdict among the alternatives of the target; several refusals are told as one. */
function best(verdicts: readonly ConnectionVerdict[], source: JsonSchema, to: JsonSchema): ConnectionVerdict {
  const kindest = verdicts.find((verdict) => verdict.verdict === 'fits') ?? verdicts.find((verdict) => verdict.verdict === 'maybe');
  if (kindest !== undefined) return kindest;
  const [only] = verdicts;
  return verdicts.length === 1 && only !== undefined ? only : refused(`it is ${toTypeWords(source)}, but ${toTypeWords(to)} is needed`);
}

/** Both schemas have one type each (or none, when they are an enum or something this function does not weigh). */
function compareSingle(from: JsonSchema, to: JsonSchema, depth: number): ConnectionVerdict {
  if (isAnything(to)) return fits;
  const values = listValues(from);
  const allowed = listValues(to);
  if (values !== null) return compareValues(values, to, allowed);
  const fromType = toTypeName(from);
  const toType = toTypeName(to);
  if (fromType === null) return maybe('what it gives shows only when it runs');
  if (allowed !== null) {
    return allowed.some((value) => isOfType(value, fromType))
      ? maybe(`only ${toTypeWords(to)} is taken`)
      : refused(`it is ${toTypeWords(from)}, but ${toTypeWords(to)} is needed`);
  }
  if (toType === null) return maybe('what is needed can only be checked when it runs');
  if (fromType === 'number' && toType === 'integer') return maybe('only whole numbers are taken');
  if (fromType !== toType && !(fromType === 'integer' && toType === 'number')) {
    return refused(`it is ${toTypeWords(from)}, but ${toTypeWords(to)} is needed`);
  }
  const shape = fromType === 'object' ? compareObjects(from, to, depth) : fromType === 'array' ? compareLists(from, to, depth) : fits;
  return shape.verdict === 'fits' && hasOtherLimits(from, to) ? maybe('its limits are checked when it runs') : shape;
}

function compareValues(values: readonly JsonValue[], to: JsonSchema, allowed: readonly JsonValue[] | null): ConnectionVerdict {
  const allowedTexts = allowed === null ? null : new Set(allowed.map(toCanonicalJson));
  const toType = toTypeName(to);
  const isTaken = (value: JsonValue) =>
    allowedTexts === null ? toType === null || isOfType(value, toType) : allowedTexts.has(toCanonicalJson(value));
  const strangers = values.filter((value) => !isTaken(value));
  if (strangers.length === 0) return fits;
  const reason = `${JSON.stringify(strangers[0])} is not taken; ${toTypeWords(to)} is needed`;
  return strangers.length === values.length ? refused(reason) : maybe(reason);
}

function compareObjects(from: JsonSchema, to: JsonSchema, depth: number): ConnectionVerdict {
  const given = toProperties(from);
  const wanted = toProperties(to);
  const required = toNames(to.required);
  const certain = new Set(toNames(from.required));
  let verdict = fits;
  for (const name of new Set([...required, ...Object.keys(wanted)])) {
    const isRequired = required.includes(name);
    const source = Object.hasOwn(given, name) ? given[name] : undefined;
    if (source === undefined) {
      if (!isRequired) continue;
      if (from.additionalProperties === false) return refused(`“${name}” is missing`);
      verdict = maybe(`“${name}” may be missing`);
      continue;
    }
    if (isRequired && !certain.has(name)) verdict = maybe(`“${name}” may be missing`);
    const target = wanted[name];
    if (target === undefined) continue;
    const member = compare(source, target, depth + 1);
    if (member.verdict === 'fits') continue;
    const reason = `“${name}”: ${member.reason}`;
    if (member.verdict === 'refused' && (isRequired || certain.has(name))) return refused(reason);
    verdict = maybe(reason);
  }
  if (verdict.verdict === 'fits' && to.additionalProperties === false) {
    const stranger = Object.keys(given).find((name) => !Object.hasOwn(wanted, name));
    if (stranger !== undefined && certain.has(stranger)) return refused(`“${stranger}” is not taken`);
    if (stranger !== undefined || from.additionalProperties !== false) return maybe('other members are not taken');
  }
  return verdict;
}

/** An empty list fits every list, but a list of texts where numbers are needed is a mistake all the same. */
function compareLists(from: JsonSchema, to: JsonSchema, depth: number): ConnectionVerdict {
  if (!isSchema(to.items)) return fits;
  const items = compare(isSchema(from.items) ? from.items : {}, to.items, depth + 1);
  return items.verdict === 'fits' ? fits : { verdict: items.verdict, reason: `its items: ${items.reason}` };
}

/** The schema as a list of schemas with one type each; null when it is made of parts this file does not weigh. */
function listAlternatives(schema: JsonSchema): readonly JsonSchema[] | null {
  const found: JsonSchema[] = [];
  const open = [schema];
  for (const next of open) {
    if (unweighed.some((keyword) => Object.hasOwn(next, keyword))) return null;
    const union = next.anyOf ?? next.oneOf;
    if (Array.isArray(union)) {
      // Limits beside a union hold for each of its parts; only a plain union is weighed.
      if (Object.keys(next).some((key) => key !== 'anyOf' && key !== 'oneOf' && !annotations.has(key))) return null;
      for (const part of union) open.push(isSchema(part) ? part : {});
    } else if (Array.isArray(next.type)) for (const type of next.type) open.push({ ...next, type: type as string });
    else found.push(next);
    if (open.length > 200) return null;
  }
  return found;
}

const unweighed = ['$ref', '$dynamicRef', 'allOf', 'not', 'if'] as const;
const annotations: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  'format',
  '$schema',
  '$id',
  '$defs',
  'definitions',
  '$comment',
  'deprecated',
  'readOnly',
  'writeOnly',
]);
const weighed: ReadonlySet<string> = new Set([
  ...annotations,
  'type',
  'enum',
  'const',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'oneOf',
]);

function hasOtherLimits(from: JsonSchema, to: JsonSchema): boolean {
  return Object.keys(to).some(
    (key) => !weighed.has(key) && (from[key] === undefined || toCanonicalJson(from[key]) !== toCanonicalJson(to[key] as JsonValue)),
  );
}

function isAnything(schema: JsonSchema): boolean {
  return Object.keys(schema).every((key) => annotations.has(key));
}

function listValues(schema: JsonSchema): readonly JsonValue[] | null {
  if (Array.isArray(schema.enum)) return schema.enum;
  return schema.const === undefined ? null : [schema.const];
}

function toTypeName(schema: JsonSchema): string | null {
  if (typeof schema.type === 'string') return schema.type;
  if (schema.properties !== undefined || schema.required !== undefined) return 'object';
  return schema.items === undefined ? null : 'array';
}

function isOfType(value: JsonValue, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function isSchema(value: JsonValue | undefined): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toProperties(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return isSchema(schema.properties)
    ? Object.fromEntries(Object.entries(schema.properties).map(([name, value]) => [name, isSchema(value) ? value : {}]))
    : {};
}

function toNames(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}

const wordsByType: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'nothing',
};

/** A schema in a few words: `a text`, `a list`, `one of "a", "b"`. */
function toTypeWords(schema: JsonSchema): string {
  const values = listValues(schema);
  if (values !== null)
    return `${values.length === 1 ? '' : 'one of '}${values
      .slice(0, 5)
      .map((value) => JSON.stringify(value))
      .join(', ')}${values.length > 5 ? ', …' : ''}`;
  const alternatives = listAlternatives(schema);
  if (alternatives === null) return 'something else';
  const words = alternatives.map((part) => wordsByType[toTypeName(part) ?? ''] ?? 'anything');
  return [...new Set(words)].join(' or ');
}
